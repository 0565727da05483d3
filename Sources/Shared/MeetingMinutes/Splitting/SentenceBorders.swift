import LanguageModel

/// Where a text may be cut: behind its sentences, else behind a comma or a blank, else between two characters.
///
/// Unlike `SentenceSplitter`, which makes sentences to be shown, this loses nothing: the segments joined are the text.
struct SentenceBorders: Sendable {
    struct Segment: Sendable, Equatable {
        /// In bytes of the text's UTF-8.
        let range: Range<Int>
        /// By `TokenEstimate`.
        let tokens: Int
        /// Whether it begins where a sentence or a clause does.
        let isWhole: Bool
    }

    /// The most that a segment costs.
    let maximumTokens: Int

    /// How short a token is at least, in twentieths of a byte: a Latin letter with a mark has two bytes and costs 42
    /// twentieths of a token (`TokenEstimate`).
    private static let shortestToken = 18
    /// How long one is at most, in bytes, but in runs of one mark; what is longer is cut without counting it as a whole.
    private static let longestToken = 32

    /// The segments of a text from an offset on, in order.
    func segments(of text: String, from start: Int = 0) -> [Segment] {
        let bytes = Array(text.utf8)
        var segments: [Segment] = []
        var sentence = start
        var index = start
        while index < bytes.count {
            let end = Self.sentenceEnd(at: index, in: bytes)
            if let end {
                add(sentence..<end, of: bytes, to: &segments)
                sentence = end
            }
            index = end ?? index + 1
        }
        add(sentence..<bytes.count, of: bytes, to: &segments)
        return segments
    }

    /// Where the last so many bytes of a text begin, on a border of scalars.
    static func tail(of text: String, atMost bytes: Int) -> Int {
        let utf8 = text.utf8
        guard utf8.count > bytes else { return 0 }
        var index = utf8.index(utf8.endIndex, offsetBy: -bytes)
        while index < utf8.endIndex, utf8[index] & 0xC0 == 0x80 { utf8.formIndex(after: &index) }
        return utf8.distance(from: utf8.startIndex, to: index)
    }

    private func add(_ range: Range<Int>, of bytes: [UInt8], to segments: inout [Segment]) {
        var rest = range
        var isWhole = true
        while !rest.isEmpty {
            if rest.count <= maximumTokens * Self.longestToken {
                let tokens = Self.tokens(in: rest, of: bytes)
                if tokens <= maximumTokens {
                    segments.append(Segment(range: rest, tokens: tokens, isWhole: isWhole))
                    return
                }
            }
            let (end, isClause) = cut(rest, of: bytes)
            let part = rest.lowerBound..<end
            segments.append(Segment(range: part, tokens: Self.tokens(in: part, of: bytes), isWhole: isWhole))
            isWhole = isClause
            rest = end..<rest.upperBound
        }
    }

    /// Where a sentence that is too long is cut.
    private func cut(_ range: Range<Int>, of bytes: [UInt8]) -> (Int, isClause: Bool) {
        let most = max(maximumTokens * Self.shortestToken / 20, 4)
        var limit = min(range.lowerBound + most, range.upperBound)
        var index = limit
        while index > range.lowerBound + most / 4 {
            if Self.isPause(before: index, in: bytes) { return (index, true) }
            index -= 1
        }
        while limit > range.lowerBound + 1, limit < bytes.count, bytes[limit] & 0xC0 == 0x80 { limit -= 1 }
        return (limit, false)
    }

    private static func tokens(in range: Range<Int>, of bytes: [UInt8]) -> Int {
        TokenEstimate.tokens(in: String(decoding: bytes[range], as: UTF8.self))
    }

    /// Whether a comma or a blank ends there.
    private static func isPause(before end: Int, in bytes: [UInt8]) -> Bool {
        switch bytes[end - 1] {
        case 0x20, 0x2C, 0x3B: end == bytes.count || bytes[end] & 0xC0 != 0x80
        case 0x8C: end >= 3 && bytes[end - 3] == 0xEF && bytes[end - 2] == 0xBC  // ，
        case 0x81: end >= 3 && bytes[end - 3] == 0xE3 && bytes[end - 2] == 0x80  // 、
        default: false
        }
    }

    /// The end of a sentence whose mark begins at an index, with the marks, closing quotes and blanks behind it.
    private static func sentenceEnd(at index: Int, in bytes: [UInt8]) -> Int? {
        guard let first = markLength(at: index, in: bytes) else { return nil }
        var end = index + first
        while end < bytes.count, let length = markLength(at: end, in: bytes) ?? closerLength(at: end, in: bytes) {
            end += length
        }
        let isWide = bytes[index] >= 0x80
        guard isWide || end == bytes.count || bytes[end] == 0x20 || bytes[end] >= 0xE3 else { return nil }
        while end < bytes.count, bytes[end] == 0x20 { end += 1 }
        return end
    }

    private static func markLength(at index: Int, in bytes: [UInt8]) -> Int? {
        switch bytes[index] {
        case 0x2E, 0x21, 0x3F: 1
        case 0xE3 where ends(with: (0x80, 0x82), at: index, in: bytes): 3  // 。
        case 0xEF where ends(with: (0xBC, 0x81), at: index, in: bytes): 3  // ！
        case 0xEF where ends(with: (0xBC, 0x9F), at: index, in: bytes): 3  // ？
        case 0xEF where ends(with: (0xBC, 0x9B), at: index, in: bytes): 3  // ；
        case 0xE2 where ends(with: (0x80, 0xA6), at: index, in: bytes): 3  // …
        default: nil
        }
    }

    /// Quotes and brackets that close.
    private static func closerLength(at index: Int, in bytes: [UInt8]) -> Int? {
        switch bytes[index] {
        case 0x22, 0x27, 0x29, 0x5D: 1
        case 0xE2 where ends(with: (0x80, 0x9D), at: index, in: bytes): 3  // ”
        case 0xE2 where ends(with: (0x80, 0x99), at: index, in: bytes): 3  // ’
        case 0xE3 where ends(with: (0x80, 0x8D), at: index, in: bytes): 3  // 」
        case 0xEF where ends(with: (0xBC, 0x89), at: index, in: bytes): 3  // ）
        default: nil
        }
    }

    private static func ends(with rest: (UInt8, UInt8), at index: Int, in bytes: [UInt8]) -> Bool {
        index + 2 < bytes.count && bytes[index + 1] == rest.0 && bytes[index + 2] == rest.1
    }
}
