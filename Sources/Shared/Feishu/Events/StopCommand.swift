import JSON

/// Recognises a message that is nothing but the command to stop, in the content as it stands in the event.
enum StopCommand {
    /// Longer contents are no stop command, in bytes between their quotes: what nearly all messages are told by.
    static let maximumBytes = 64

    private static let words: Set<String> = ["stop", "停止", "停", "停下"]

    /// Whether the content, JSON inside JSON, is a stop command once the keys of mentions are gone.
    static func isMeant(by content: JSONStringSlice, in plaintext: [UInt8]) -> Bool {
        guard content.range.count <= maximumBytes,
            let text = try? JSONValue(parsing: content.text(in: plaintext))["text"]?.string
        else { return false }
        let command = text.split(whereSeparator: \.isWhitespace).filter { !$0.hasPrefix("@_") }
        guard command.count == 1, var word = command.first else { return false }
        if word.hasPrefix("/") || word.hasPrefix("／") { word = word.dropFirst() }
        return words.contains(word.lowercased())
    }
}
