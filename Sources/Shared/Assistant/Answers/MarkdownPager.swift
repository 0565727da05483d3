import Feishu

/// Cuts a long answer into pages that fit into a card each.
///
/// A page ends before a heading where one stands in its second half, else behind a block, so that nothing is torn. A
/// block that is larger than a page is cut so that each piece is whole: code is fenced again, a table gets its header
/// again, a paragraph is cut where a reader would.
struct MarkdownPager: Sendable {
    /// The text of a card may take this much of a request, in bytes, counted after both escapings. Feishu takes
    /// 30 KB; the rest is for what is around the text.
    static let cardBytes = 24_000
    /// Tables of one card; a fourth is refused (230099, 11310).
    static let cardTables = 3

    let maximumBytes: Int
    let maximumTables: Int

    init(maximumBytes: Int = Self.cardBytes, maximumTables: Int = Self.cardTables) {
        precondition(maximumBytes >= 256 && maximumTables >= 1, "a page has to hold something")
        self.maximumBytes = maximumBytes
        self.maximumTables = maximumTables
    }

    /// The pages in order; none for a text without a visible character.
    func pages(_ markdown: String) -> [String] {
        var pages: [String] = []
        var page = Page()
        for block in MarkdownBlock.blocks(of: markdown).flatMap({ whole($0) }) {
            while !page.blocks.isEmpty, !fits(block, on: page) {
                let rest = page.split()
                pages.append(page.text)
                page = rest
            }
            page.add(block, bytes: bytes(of: block))
        }
        if !page.blocks.isEmpty { pages.append(page.text) }
        return pages
    }

    private func fits(_ block: MarkdownBlock, on page: Page) -> Bool {
        page.bytes + bytes(of: block) <= maximumBytes
            && (block.kind != .table || page.tables < maximumTables)
    }

    /// What a block takes in a request, the blank line before it included.
    private func bytes(of block: MarkdownBlock) -> Int {
        block.lines.reduce(Self.lineEnd) { $0 + TextSplitter.requestBytes(of: $1) + Self.lineEnd }
    }

    /// A line end after both escapings: `\\n`.
    private static let lineEnd = 3

    // MARK: Blocks larger than a page

    private func whole(_ block: MarkdownBlock) -> [MarkdownBlock] {
        guard bytes(of: block) > maximumBytes else { return [block] }
        switch block.kind {
        case .code: return pieces(of: block, head: 1, foot: 1)
        case .table: return pieces(of: block, head: 2, foot: 0)
        case .heading, .text:
            return TextSplitter(maximumBytes: maximumBytes - 2 * Self.lineEnd).split(block.text).map {
                MarkdownBlock(kind: .text, lines: $0.split(separator: "\n", omittingEmptySubsequences: false))
            }
        }
    }

    /// Pieces of a block that each begin with its first `head` lines and end with its last `foot` lines.
    private func pieces(of block: MarkdownBlock, head: Int, foot: Int) -> [MarkdownBlock] {
        let first = Array(block.lines.prefix(head))
        let last = Array(block.lines.suffix(foot))
        let frame = bytes(of: MarkdownBlock(kind: block.kind, lines: first + last))
        let room = maximumBytes - frame
        // A header that fills a page by itself is none that can be repeated.
        guard room >= 64 + Self.lineEnd else {
            return whole(MarkdownBlock(kind: .text, lines: block.lines))
        }
        let splitter = TextSplitter(maximumBytes: room - Self.lineEnd)
        var pieces: [MarkdownBlock] = []
        var lines: [Substring] = []
        var used = 0
        for line in block.lines.dropFirst(head).dropLast(foot) {
            let bytes = TextSplitter.requestBytes(of: line) + Self.lineEnd
            let parts = bytes <= room ? [line] : splitter.split(String(line)).map { $0[...] }
            for part in parts {
                let bytes = TextSplitter.requestBytes(of: part) + Self.lineEnd
                if used + bytes > room {
                    pieces.append(MarkdownBlock(kind: block.kind, lines: first + lines + last))
                    (lines, used) = ([], 0)
                }
                lines.append(part)
                used += bytes
            }
        }
        if !lines.isEmpty { pieces.append(MarkdownBlock(kind: block.kind, lines: first + lines + last)) }
        return pieces
    }
}

/// A page as it fills.
private struct Page {
    private(set) var blocks: [MarkdownBlock] = []
    private var sizes: [Int] = []
    private(set) var bytes = 0
    private(set) var tables = 0

    var text: String { blocks.map(\.text).joined(separator: "\n\n") }

    mutating func add(_ block: MarkdownBlock, bytes: Int) {
        blocks.append(block)
        sizes.append(bytes)
        self.bytes += bytes
        if block.kind == .table { tables += 1 }
    }

    /// Ends the page at a good place, and returns what goes to the next one.
    mutating func split() -> Page {
        var rest = Page()
        var end = blocks.count
        // A heading does not stay behind alone.
        while end > 1, blocks[end - 1].kind == .heading { end -= 1 }
        if let heading = blocks[..<end].lastIndex(where: { $0.kind == .heading }), heading > 0,
            sizes[..<heading].reduce(0, +) * 2 >= bytes
        {
            end = heading
        }
        for index in end..<blocks.count { rest.add(blocks[index], bytes: sizes[index]) }
        var kept = Page()
        for index in 0..<end { kept.add(blocks[index], bytes: sizes[index]) }
        self = kept
        return rest
    }
}
