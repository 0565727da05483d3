import LanguageModel

/// What a model is asked in one turn, once everything that came with its messages is read.
struct Question: Sendable {
    /// The text, with documents, quotes and forwarded messages in it, each marked as material.
    var text = ""
    var images: [ChatImage] = []
    /// What the person wrote or said, without the material.
    var spoken = ""
    /// The text of a file that came alone and is a conversation: minutes are wanted of that.
    var transcript: String?

    var message: ChatMessage { images.isEmpty ? .user(text) : .user(text, images: images) }
}

/// Text that somebody else wrote, as a model is shown it: between tags, so that it cannot be taken for instructions.
enum Material {
    /// The text between tags of this name. What looks like one of the tags in it or in an attribute is made harmless.
    static func wrapped(_ text: String, as tag: String, _ attributes: [(String, String)] = []) -> String {
        let opening = attributes.map { " \($0.0)=\"\(attribute($0.1))\"" }.joined()
        return "<\(tag)\(opening)>\n\(defused(text))\n</\(tag)>"
    }

    /// The names of the tags that are used.
    static let tags = ["document", "quote", "forwarded", "passage", "tool_result"]

    private static func defused(_ text: String) -> String {
        var output = text
        for tag in tags {
            for opening in ["<\(tag)", "</\(tag)"] where output.contains(opening) {
                output = output.split(separator: opening, omittingEmptySubsequences: false)
                    .joined(separator: "<\u{200B}" + opening.dropFirst())
            }
        }
        return output
    }

    private static func attribute(_ text: String) -> String {
        String(text.prefix(200).map { $0 == "\"" || $0 == "<" || $0 == ">" || $0.isNewline ? " " : $0 })
    }
}
