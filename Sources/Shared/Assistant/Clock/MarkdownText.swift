extension String {
    /// As it reads, in Markdown: what could make a link, a mention, a heading or emphasis there is escaped.
    package var plainInMarkdown: String {
        var result = ""
        result.reserveCapacity(utf8.count)
        for character in self {
            switch character {
            case "\\", "`", "*", "_", "[", "]", "~", "#", "|", "!":
                result.append("\\")
                result.append(character)
            // A mention is a tag, `<at id=all></at>`.
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\n", "\r", "\r\n": result.append(" ")
            default: result.append(character)
            }
        }
        return result
    }
}

extension String {
    /// With single spaces in place of line ends and other white space.
    var onOneLine: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
