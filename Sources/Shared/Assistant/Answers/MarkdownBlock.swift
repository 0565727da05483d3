/// A piece of Markdown that is not to be torn: a heading, a paragraph or list, a table, a fenced code block.
struct MarkdownBlock: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        case heading
        /// Lines without a blank one between them: a paragraph, a list, a quote.
        case text
        /// Its first two lines are the header and the delimiter row.
        case table
        /// Its first line opens the fence, its last one closes it.
        case code
    }

    let kind: Kind
    /// Without line ends; never empty.
    let lines: [Substring]

    var text: String { lines.joined(separator: "\n") }

    /// The blocks of a text in their order. A fence that is never closed is closed at the end.
    static func blocks(of markdown: String) -> [MarkdownBlock] {
        var blocks: [MarkdownBlock] = []
        var lines = markdown.split(separator: "\n", omittingEmptySubsequences: false)[...]
        while let line = lines.first {
            if line.allSatisfy(\.isWhitespace) {
                lines.removeFirst()
            } else if let fence = Fence(opening: line) {
                blocks.append(code(fence, from: &lines))
            } else if isHeading(line) {
                blocks.append(MarkdownBlock(kind: .heading, lines: [lines.removeFirst()]))
            } else if isTable(lines) {
                blocks.append(MarkdownBlock(kind: .table, lines: take(&lines) { $0.contains("|") }))
            } else {
                blocks.append(paragraph(from: &lines))
            }
        }
        return blocks
    }

    private static func code(_ fence: Fence, from lines: inout ArraySlice<Substring>) -> MarkdownBlock {
        var taken = [lines.removeFirst()]
        while let line = lines.popFirst() {
            taken.append(line)
            if fence.isClosed(by: line) { return MarkdownBlock(kind: .code, lines: taken) }
        }
        return MarkdownBlock(kind: .code, lines: taken + [Substring(fence.mark)])
    }

    private static func paragraph(from lines: inout ArraySlice<Substring>) -> MarkdownBlock {
        var taken = [lines.removeFirst()]
        while let line = lines.first, !line.allSatisfy(\.isWhitespace), Fence(opening: line) == nil, !isHeading(line),
            !isTable(lines)
        {
            taken.append(lines.removeFirst())
        }
        return MarkdownBlock(kind: .text, lines: taken)
    }

    private static func take(
        _ lines: inout ArraySlice<Substring>,
        while belongs: (Substring) -> Bool
    ) -> [Substring] {
        let taken = lines.prefix(while: belongs)
        lines.removeFirst(taken.count)
        return Array(taken)
    }

    private static func isHeading(_ line: Substring) -> Bool {
        let marks = line.prefix { $0 == "#" }
        return (1...6).contains(marks.count) && line.dropFirst(marks.count).first == " "
    }

    /// A table has a row of dashes under its header (GitHub Flavored Markdown, 4.10).
    private static func isTable(_ lines: ArraySlice<Substring>) -> Bool {
        guard let header = lines.first, header.contains("|"), let delimiter = lines.dropFirst().first else {
            return false
        }
        return delimiter.contains("-") && delimiter.contains("|")
            && delimiter.allSatisfy { "-:| \t".contains($0) }
    }
}

/// The mark that opens and closes a code block (CommonMark, 4.5).
struct Fence: Sendable, Equatable {
    /// Three or more backticks or tildes.
    let mark: String

    /// Nil where the line opens none.
    init?(opening line: Substring) {
        let trimmed = line.drop { $0 == " " }
        guard let character = trimmed.first, character == "`" || character == "~" else { return nil }
        let mark = trimmed.prefix { $0 == character }
        guard mark.count >= 3, character == "~" || !trimmed.dropFirst(mark.count).contains("`") else { return nil }
        self.mark = String(mark)
    }

    func isClosed(by line: Substring) -> Bool {
        let trimmed = line.drop { $0 == " " }
        guard trimmed.hasPrefix(mark), let character = mark.first else { return false }
        return trimmed.drop { $0 == character }.allSatisfy(\.isWhitespace)
    }
}
