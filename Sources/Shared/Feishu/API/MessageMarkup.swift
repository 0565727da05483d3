/// The tags that Feishu obeys in text that a bot sends.
package enum MessageMarkup {
    /// `at` notifies people; the others style. The rest of what looks like a tag is text to Feishu.
    private static let tags: Set<String> = ["at", "b", "i", "u", "s", "a", "person", "font", "link"]

    /// The text with a zero-width space after each `<` that begins one of Feishu's tags.
    ///
    /// So it looks the same and mentions nobody. An HTML entity would do too, were it certain that every client of
    /// Feishu's shows it as the character; code such as `Array<Int>` is left as it is.
    package static func defused(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "<")) else { return text }
        var output = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "<") {
            let next = rest.index(after: open)
            output += rest[..<next]
            rest = rest[next...]
            if beginsTag(rest) { output += "\u{200B}" }
        }
        return output + rest
    }

    private static func beginsTag(_ text: Substring) -> Bool {
        let unspaced = text.drop { $0.isWhitespace }
        let name = unspaced.drop { $0 == "/" }.prefix(8).prefix { $0.isASCII && $0.isLetter }.lowercased()
        // Blanks first make it a comparison, `a < b`; only for the tag that notifies people it is safer to doubt that.
        return tags.contains(name) && (name == "at" || unspaced.startIndex == text.startIndex)
    }
}
