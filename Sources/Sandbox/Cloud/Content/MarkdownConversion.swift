import JSON

/// Blocks made of Markdown, as the real conversion makes them: headings, lists, to-dos, quotes, code, tables, rules, text.
///
/// Source: interface specification, section 5.10 (kinds of blocks, temporary ids, `merge_info` of tables).
struct MarkdownConversion {
    private(set) var blocks: [DocumentBlock] = []
    private(set) var firstLevel: [String] = []
    private var lines: ArraySlice<Substring>
    private var paragraph: [Substring] = []
    /// The items that a deeper one belongs to: their indentation and place in `blocks`.
    private var items: [(indent: Int, block: Int)] = []

    init(_ markdown: String) {
        lines = markdown.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }[...]
        while let line = lines.popFirst() { read(line) }
        endParagraph()
    }

    /// The answer of the conversion.
    var json: JSONValue {
        ["first_level_block_ids": .array(firstLevel.map(JSONValue.string)), "blocks": .array(blocks.map(\.converted))]
    }

    private mutating func read(_ line: Substring) {
        let trimmed = line.drop { $0 == " " || $0 == "\t" }
        let indent = line.count - trimmed.count
        if trimmed.isEmpty {
            endParagraph()
            return
        }
        if let item = MarkdownItem(trimmed) {
            endParagraph(keepingItems: true)
            add(item, indent: indent)
            return
        }
        // A line that is indented goes on with the item above it.
        if indent > 0, paragraph.isEmpty, let item = items.last {
            blocks[item.block].append(MarkdownInline.runs("\n" + trimmed))
            return
        }
        if let heading = Self.heading(trimmed) {
            endParagraph()
            add(2 + heading.level, runs: MarkdownInline.runs(heading.text))
        } else if trimmed.hasPrefix("```") || trimmed.hasPrefix("~~~") {
            endParagraph()
            addCode(until: trimmed.prefix(3))
        } else if Self.isRule(trimmed) {
            endParagraph()
            addFirst(DocumentBlock(type: 22, content: [:]))
        } else if trimmed.first == ">" {
            endParagraph()
            addQuote(trimmed)
        } else if trimmed.contains("|"), let next = lines.first, Self.isTableRule(next) {
            endParagraph()
            addTable(trimmed)
        } else {
            items = []
            paragraph.append(trimmed)
        }
    }

    private mutating func endParagraph(keepingItems: Bool = false) {
        if !paragraph.isEmpty {
            add(2, runs: MarkdownInline.runs(paragraph.joined(separator: "\n")))
            paragraph = []
        }
        if !keepingItems { items = [] }
    }

    private mutating func add(_ type: Int, runs: [TextRun]) {
        addFirst(DocumentBlock(type: Int64(type), content: DocumentBlock.text(runs)))
    }

    private mutating func addFirst(_ block: DocumentBlock) {
        blocks.append(block)
        firstLevel.append(block.id)
    }

    private mutating func add(_ item: MarkdownItem, indent: Int) {
        var style: JSONObject = ["align": 1, "folded": false]
        if let isDone = item.isDone { style["done"] = .bool(isDone) }
        let block = DocumentBlock(
            type: item.type,
            content: DocumentBlock.text(MarkdownInline.runs(item.text), style: style)
        )
        while let last = items.last, last.indent >= indent { items.removeLast() }
        blocks.append(block)
        if let parent = items.last {
            blocks[parent.block].children.append(block.id)
        } else {
            firstLevel.append(block.id)
        }
        items.append((indent, blocks.count - 1))
    }

    private mutating func addCode(until fence: Substring) {
        var code: [Substring] = []
        while let line = lines.popFirst(), !line.drop(while: { $0 == " " }).hasPrefix(fence) { code.append(line) }
        let style: JSONObject = ["language": 1, "wrap": false]
        let run = TextRun(code.joined(separator: "\n"))
        addFirst(DocumentBlock(type: 14, content: DocumentBlock.text([run], style: style)))
    }

    private mutating func addQuote(_ first: Substring) {
        var quoted = [first]
        while let line = lines.first, line.first == ">" {
            quoted.append(line)
            lines.removeFirst()
        }
        let text = quoted.map { $0.dropFirst().drop { $0 == " " } }.joined(separator: "\n")
        add(15, runs: MarkdownInline.runs(text))
    }

    private mutating func addTable(_ head: Substring) {
        lines.removeFirst()
        var rows = [Self.cells(head)]
        while let line = lines.first, line.contains("|") {
            rows.append(Self.cells(line))
            lines.removeFirst()
        }
        let width = rows[0].count
        var cells: [String] = []
        var inner: [DocumentBlock] = []
        for row in rows {
            for column in 0..<width {
                let text = DocumentBlock(
                    type: 2,
                    content: DocumentBlock.text(column < row.count ? MarkdownInline.runs(row[column]) : [])
                )
                var cell = DocumentBlock(type: 32, content: [:])
                cell.children = [text.id]
                cells.append(cell.id)
                inner += [cell, text]
            }
        }
        let merges = cells.map { _ -> JSONValue in ["row_span": 1, "col_span": 1] }
        var table = DocumentBlock(
            type: 31,
            content: [
                "cells": .array(cells.map(JSONValue.string)),
                "property": [
                    "row_size": .integer(Int64(rows.count)), "column_size": .integer(Int64(width)),
                    "column_width": .array(Array(repeating: 100, count: width)), "merge_info": .array(merges),
                ],
            ]
        )
        table.children = cells
        addFirst(table)
        blocks += inner
    }

    private static func heading(_ line: Substring) -> (level: Int, text: Substring)? {
        let level = line.prefix { $0 == "#" }.count
        let rest = line.dropFirst(level)
        guard (1...9).contains(level), rest.first == " " else { return nil }
        return (level, rest.drop { $0 == " " })
    }

    private static func isRule(_ line: Substring) -> Bool {
        let signs = line.filter { $0 != " " }
        return signs.count >= 3 && Set(signs).count == 1 && "-*_".contains(signs.first ?? "x")
    }

    private static func isTableRule(_ line: Substring) -> Bool {
        line.contains("-") && line.contains("|") && line.allSatisfy { "-|: ".contains($0) }
    }

    /// The cells of a row; a bar behind a backslash belongs to one.
    private static func cells(_ line: Substring) -> [String] {
        var cells = [""]
        var isEscaped = false
        for character in line {
            if character == "|", !isEscaped {
                cells.append("")
            } else {
                cells[cells.count - 1].append(character)
            }
            isEscaped = character == "\\" && !isEscaped
        }
        if cells.first?.allSatisfy(\.isWhitespace) == true { cells.removeFirst() }
        if cells.last?.allSatisfy(\.isWhitespace) == true, cells.count > 1 { cells.removeLast() }
        return cells.map { cell in
            let text = cell.drop(while: \.isWhitespace)
            return String(text.prefix(text.count - text.reversed().prefix(while: \.isWhitespace).count))
        }
    }
}

/// An item of a list in Markdown.
private struct MarkdownItem {
    /// 12 for one with a dot, 13 for one with a number, 17 for something to do.
    let type: Int64
    let text: Substring
    /// Whether it is done; nil for what is not to be done.
    let isDone: Bool?

    init?(_ line: Substring) {
        let digits = line.prefix { $0.isASCII && $0.isNumber }
        let rest: Substring
        if (1...9).contains(digits.count), line.dropFirst(digits.count).first.map({ ".)".contains($0) }) == true {
            type = 13
            rest = line.dropFirst(digits.count + 1)
            isDone = nil
        } else if let mark = line.first, "-*+".contains(mark) {
            let words = line.dropFirst().drop { $0 == " " }
            isDone = words.hasPrefix("[ ] ") ? false : words.hasPrefix("[x] ") || words.hasPrefix("[X] ") ? true : nil
            type = isDone == nil ? 12 : 17
            rest = isDone == nil ? line.dropFirst() : line.dropFirst().drop { $0 == " " }.dropFirst(3)
        } else {
            return nil
        }
        guard rest.first == " " else { return nil }
        text = rest.drop { $0 == " " }
    }
}
