/// Refusals about files and images (interface specification, section 5.5).
extension APIError {
    static let resourceParameter = badRequest(234_001, "Invalid request param.")
    static let resourceNotInMessage = badRequest(234_003, "File not in message.")
    static let resourceOutsideChat = badRequest(234_004, "The bot is not in the chat of the message.")
    static let resourceTooBig = badRequest(234_006, "The file size exceeds the limit.")
    static let resourceForeign = badRequest(234_008, "The app is not the owner of the resource.")
    static let resourceEmpty = badRequest(234_010, "The file is empty.")
    static let notAnImage = badRequest(234_011, "Can't recognise the image format.")
    static let downloadTooBig = badRequest(234_037, "The file to download exceeds 100 MB.")
    static let imageTooLarge = badRequest(234_039, "The resolution of the image exceeds the limit.")
    static let resourceOfForward = badRequest(234_043, "Resources of this message type cannot be downloaded.")
}
