import LanguageModel

extension String {
    /// On one line, without controls and what turns the direction of what stands around; a long text ends with `…` after so
    /// many bytes.
    ///
    /// - Parameter bytes: By scalars, so that no letter with a thousand accents gets past it.
    /// - Returns: The line.
    package func plainLine(atMost bytes: Int) -> String {
        var kept = String.UnicodeScalarView()
        var count = 0
        for scalar in unicodeScalars where !scalar.isUnseen {
            count += UTF8.width(scalar)
            guard count <= bytes else {
                kept.append("…")
                break
            }
            kept.append(scalar)
        }
        return String(kept).onOneLine
    }

    /// A stranger's or a model's words as a part of one line of Markdown, where they stay words: no link, bare or not, no
    /// mention, image, list or code comes of them.
    package func shownInLine(atMost bytes: Int = .max) -> String {
        plainLine(atMost: bytes).withoutEntities.plainInMarkdown.withoutBareLinks.withoutListMark
    }

    /// Clients make a link of whatever looks like an address.
    private var withoutBareLinks: String {
        contains("://")
            ? split(separator: "://", omittingEmptySubsequences: false).joined(separator: ":\u{200B}//") : self
    }

    /// `&#91;` is a bracket to clients.
    private var withoutEntities: String {
        guard contains("&") else { return self }
        var result = ""
        var rest = self[...]
        while let mark = rest.firstIndex(of: "&") {
            let next = rest.index(after: mark)
            result += rest[..<next]
            rest = rest[next...]
            let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "#") }
            if !name.isEmpty, rest[name.endIndex...].first == ";" { result += "\u{200B}" }
        }
        return result + rest
    }

    /// `- `, `+ ` and `1. ` begin a list within the line's own.
    private var withoutListMark: String {
        if hasPrefix("-") || hasPrefix("+") { return "\\" + self }
        let digits = prefix { $0.isASCII && $0.isNumber }
        let mark = self[digits.endIndex...].first
        guard !digits.isEmpty, mark == "." || mark == ")" else { return self }
        return digits + "\\" + self[digits.endIndex...]
    }
}

extension Unicode.Scalar {
    /// Controls, and what turns the direction of writing.
    fileprivate var isUnseen: Bool {
        switch value {
        case 0x202A...0x202E, 0x2066...0x2069: true
        default: properties.generalCategory == .control && !properties.isWhitespace
        }
    }
}
