import JSON

/// A document read back: as Markdown, or as its words alone.
struct DocumentText {
    let document: CloudDocument
    /// Whether signs of Markdown are written.
    let isMarkdown: Bool

    var text: String { lines(of: document.children).joined(separator: "\n") }

    private func lines(of ids: [String], depth: Int = 0) -> [String] {
        guard depth < 20 else { return [] }
        var lines: [String] = []
        var previous: Int64?
        var number = 0
        for block in ids.compactMap({ document.blocks[$0] }) {
            number = block.type == 13 && previous == 13 ? number + 1 : 1
            // Items follow each other; everything else stands apart.
            let isItem = [12, 13, 17].contains(block.type)
            if depth == 0, previous != nil, isMarkdown, !(isItem && previous == block.type) { lines.append("") }
            lines += own(block, number)
            let indent = isMarkdown ? (block.type == 13 ? "   " : "  ") : ""
            if block.type != 31 {
                lines += self.lines(of: block.children, depth: depth + 1).map { isItem ? indent + $0 : $0 }
            }
            previous = block.type
        }
        return lines
    }

    private func own(_ block: DocumentBlock, _ number: Int) -> [String] {
        let words = words(of: block)
        guard isMarkdown else { return block.type == 31 ? rows(of: block).map { $0.joined(separator: "\t") } : [words] }
        switch block.type {
        case 3...11: return [String(repeating: "#", count: Int(block.type) - 2) + " " + words]
        case 12: return ["- " + words]
        case 13: return ["\(number). " + words]
        case 14: return ["```", words, "```"]
        case 15: return words.split(separator: "\n", omittingEmptySubsequences: false).map { "> " + $0 }
        case 17: return [(block.content["style"]?["done"]?.bool == true ? "- [x] " : "- [ ] ") + words]
        case 22: return ["---"]
        case 31: return table(block)
        case 19, 24, 25, 32, 34: return []
        default: return [words]
        }
    }

    private func words(of block: DocumentBlock) -> String {
        block.runs.map { isMarkdown && block.type != 14 ? $0.markdown : $0.text }.joined()
    }

    /// The words of each cell, row by row.
    private func rows(of table: DocumentBlock) -> [[String]] {
        let width = Int(clamping: table.content["property"]?["column_size"]?.integer ?? 1)
        let cells = table.children.map { id in
            (document.blocks[id]?.children ?? []).compactMap { document.blocks[$0] }.map { words(of: $0) }
                .joined(separator: " ")
        }
        guard width > 0 else { return [] }
        return stride(from: 0, to: cells.count, by: width).map { Array(cells[$0..<min($0 + width, cells.count)]) }
    }

    private func table(_ block: DocumentBlock) -> [String] {
        var lines: [String] = []
        for (index, row) in rows(of: block).enumerated() {
            let cells = row.map { String($0.flatMap { $0 == "|" ? Array("\\|") : [$0] }) }
            lines.append("| " + cells.joined(separator: " | ") + " |")
            if index == 0 { lines.append("|" + String(repeating: " --- |", count: row.count)) }
        }
        return lines
    }
}
