extension String {
    /// As it reads, in Markdown: what could make a link, a mention, a heading or emphasis there is escaped.
    ///
    /// By code points, as clients read Markdown: a mark that a combining accent follows is still that mark to them.
    package var plainInMarkdown: String {
        var result = ""
        result.reserveCapacity(utf8.count)
        var isAfterReturn = false
        for scalar in unicodeScalars {
            switch scalar {
            case "\\", "`", "*", "_", "[", "]", "~", "#", "|", "!":
                result.unicodeScalars.append("\\")
                result.unicodeScalars.append(scalar)
            // A mention is a tag, `<at id=all></at>`.
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\n": if !isAfterReturn { result += " " }
            case "\r": result += " "
            default: result.unicodeScalars.append(scalar)
            }
            isAfterReturn = scalar == "\r"
        }
        return result
    }

    /// With single spaces in place of line ends and other white space.
    package var onOneLine: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
