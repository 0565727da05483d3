/// Cuts a long text into pieces that fit into a message each.
///
/// It cuts behind a paragraph, a line, a sentence or a word, the first of these that leaves the piece at least half
/// full, and never inside a character as a reader sees it (a grapheme cluster).
package struct TextSplitter: Sendable {
    /// What a piece may take in the request, in bytes, counted after both escapings.
    package let maximumBytes: Int

    package init(maximumBytes: Int) {
        precondition(maximumBytes >= 64, "a piece has to hold a character")
        self.maximumBytes = maximumBytes
    }

    /// The pieces in order, without the white space at which they were cut. None for a text without any.
    package func split(_ text: String) -> [String] {
        var pieces: [String] = []
        var rest = text[...]
        while let end = endOfPiece(in: rest) {
            let piece = rest[..<end].trimmed
            if !piece.isEmpty { pieces.append(piece) }
            rest = rest[end...]
        }
        let last = rest.trimmed
        if !last.isEmpty { pieces.append(last) }
        return pieces
    }

    /// Bytes that a text takes in a request: escaped as JSON, and that as JSON again.
    package static func requestBytes(of text: some StringProtocol) -> Int {
        text.utf8.reduce(0) { $0 + requestBytes(of: $1) }
    }

    /// Bytes that one byte of UTF-8 takes there.
    static func requestBytes(of byte: UInt8) -> Int {
        switch byte {
        case 0x22: 4
        case 0x5C: 4
        case 0x09, 0x0A, 0x0D: 3
        case ..<0x20: 7
        default: 1
        }
    }

    /// Kinds of places to cut, better ones first.
    private enum Boundary: Int, CaseIterable {
        case paragraph, line, sentence, word
    }

    /// Where the next piece ends; nil if all of the text fits into one.
    private func endOfPiece(in text: Substring) -> String.Index? {
        var bytes = 0
        var ends = [(end: String.Index, bytes: Int)?](repeating: nil, count: Boundary.allCases.count)
        var previous: Character?
        var index = text.startIndex
        while index < text.endIndex {
            let character = text[index]
            let next = text.index(after: index)
            bytes += character.utf8.reduce(0) { $0 + Self.requestBytes(of: $1) }
            if bytes > maximumBytes {
                if let good = ends.compactMap({ $0 }).first(where: { $0.bytes * 2 >= maximumBytes }) { return good.end }
                return index > text.startIndex ? index : endInsideCharacter(in: text)
            }
            if let boundary = Self.boundary(behind: character, previous: previous) {
                ends[boundary.rawValue] = (next, bytes)
            }
            previous = character
            index = next
        }
        return nil
    }

    /// One character with more combining marks than fit into a message: there is no better place than between them.
    private func endInsideCharacter(in text: Substring) -> String.Index {
        var bytes = 0
        for index in text.unicodeScalars.indices {
            bytes += text.unicodeScalars[index].utf8.reduce(0) { $0 + Self.requestBytes(of: $1) }
            if bytes > maximumBytes { return index }
        }
        return text.endIndex
    }

    private static func boundary(behind character: Character, previous: Character?) -> Boundary? {
        if character.isNewline { return previous?.isNewline ?? false ? .paragraph : .line }
        if "。！？；".contains(character) { return .sentence }
        guard character.isWhitespace else { return nil }
        return previous.map { ".!?;".contains($0) } ?? false ? .sentence : .word
    }
}
