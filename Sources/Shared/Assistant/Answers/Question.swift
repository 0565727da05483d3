import LanguageModel

/// What a model is asked in one turn, once everything that came with its messages is read.
struct Question: Sendable {
    /// The text, with documents, quotes and forwarded messages in it, each marked as material.
    var text = ""
    var images: [ChatImage] = []
    /// What the person wrote or said, without the material.
    var spoken = ""
    /// A file that came alone and is a conversation: minutes are wanted of that.
    var transcript: SentFile?

    /// Whether there is nothing to answer but the images.
    var isNothingElse = false

    /// What the model is asked, behind what was looked up for it.
    func message(after passages: [String?]) -> ChatMessage {
        let text = (passages + [text]).compactMap(\.self).joined(separator: "\n\n")
        return images.isEmpty ? .user(text) : .user(text, images: images)
    }
}
