/// A file or image that came along with a message.
package struct FeishuResource: Sendable, Equatable {
    /// How to ask for it: images, also those in rich text, are one kind, everything else the other.
    package enum Kind: String, Sendable {
        case image
        /// Files, audio and video.
        case file
    }

    package let bytes: [UInt8]
    /// What Feishu says it is; nil where it does not.
    package let contentType: String?
}

/// What a file is sent as (`file_type`).
package enum UploadType: String, Sendable, CaseIterable {
    /// Audio in Opus: the only form in which it can be played in the chat.
    case opus
    /// Video.
    case mp4
    case pdf
    case doc
    case xls
    case ppt
    /// Anything else.
    case stream

    /// The type of a file by the end of its name.
    package init(fileName: String) {
        let end = fileName.split(separator: ".").last.map { $0.lowercased() } ?? ""
        self =
            switch end {
            case "opus": .opus
            case "mp4": .mp4
            case "pdf": .pdf
            case "doc", "docx": .doc
            case "xls", "xlsx", "csv": .xls
            case "ppt", "pptx": .ppt
            default: .stream
            }
    }
}
