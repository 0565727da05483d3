package import Feishu

/// Where the transcript of minutes is, other than in the message that asks for them.
package enum MinutesSource: Sendable, Equatable, Codable {
    /// What came with a message: a file of text, or a recording to be listened to.
    case file(sent: SentFile)
    /// Whatever the message of this id holds: files, forwarded messages, a link, text; else the file that was sent last.
    case message(id: String)
    /// What Feishu recorded and wrote down.
    case recording(link: MinutesLink)
}

extension MinutesLink {
    /// The longest text that is taken for a link alone, in bytes of UTF-8.
    private static let longest = 1_000

    /// The link that is all of a text, also with its title, as `[title](address)`; nil for any other text.
    static func alone(in text: String) -> MinutesLink? {
        let text = text.trimmed
        guard text.utf8.count <= longest else { return nil }
        let links = find(in: text, atMost: 2)
        let isTitled = text.hasPrefix("[") && text.hasSuffix(")") && text.contains("](")
        guard links.count == 1, isTitled || !text.contains(where: \.isWhitespace) else { return nil }
        return links[0]
    }

    /// A text without what stands together with a link: the words that tell its language.
    static func words(beside text: String) -> String {
        let pieces = text.split(whereSeparator: \.isWhitespace)
        return pieces.filter { find(in: String($0), atMost: 1).isEmpty }.joined(separator: " ")
    }
}
