/// Text that somebody else wrote, as a model is shown it: between tags, so that it cannot be taken for instructions.
package enum Material {
    /// The text between tags of this name. What looks like one of the tags in it or in an attribute is made harmless.
    package static func wrapped(_ text: String, as tag: String, _ attributes: [(String, String)] = []) -> String {
        let opening = attributes.map { " \($0.0)=\"\(attribute($0.1))\"" }.joined()
        return "<\(tag)\(opening)>\n\(defused(text))\n</\(tag)>"
    }

    /// What somebody said where several speak. Only the first line begins at the margin, so that nobody speaks for
    /// another by writing `Name: …` on a line of their own.
    package static func said(_ text: String, by name: String) -> String {
        let name = String(name.prefix(60).map { $0.isNewline || ":：<>".contains($0) ? " " : $0 })
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        return "\(name): " + lines.joined(separator: "\n  ")
    }

    /// The names of the tags that are used.
    static let tags: Set = [
        "document", "quote", "forwarded", "passage", "tool_result", "summary", "transcript", "minutes", "conversation",
        "facts",
    ]

    private static let longestTag = tags.map(\.count).max() ?? 0

    /// A zero-width space behind each `<` that begins one of the tags, in whatever case and spacing, or a mark such as
    /// `<|im_start|>`, with which servers of models tell roles apart.
    private static func defused(_ text: String) -> String {
        var output = String.UnicodeScalarView()
        let scalars = text.unicodeScalars
        var rest = scalars.startIndex
        while let open = scalars[rest...].firstIndex(where: isOpening) {
            let next = scalars.index(after: open)
            output += scalars[rest..<next]
            rest = next
            if beginsTag(scalars[next...]) { output.append("\u{200B}") }
        }
        guard rest != scalars.startIndex else { return text }
        output += scalars[rest...]
        return String(output)
    }

    /// Also the wide and the small form, which many models read as the same.
    private static func isOpening(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "<" || scalar == "\u{FF1C}" || scalar == "\u{FE64}"
    }

    private static func beginsTag(_ text: Substring.UnicodeScalarView) -> Bool {
        // Bounded, since a text may be nothing but openings and blanks.
        let name = text.prefix(longestTag + 16).drop {
            $0.properties.isWhitespace || $0 == "/" || $0 == "\u{FF0F}" || $0.properties.generalCategory == .format
        }
        if name.first == "|" || name.first == "\u{FF5C}" { return true }
        let letters = name.prefix { $0 == "_" || $0.isASCII && $0.properties.isAlphabetic }
        return tags.contains(String(letters).lowercased())
    }

    private static func attribute(_ text: String) -> String {
        String(text.prefix(200).map { $0 == "\"" || $0 == "<" || $0 == ">" || $0.isNewline ? " " : $0 })
    }
}
