/// A text as its UTF-8, looked at in place: every part of it is a range of offsets, which utterances keep.
struct SourceText: Sendable {
    /// One line that holds more than blanks, without the blanks around it.
    struct Line: Equatable {
        let range: Range<Int>
        /// Whether a blank line is above it, or nothing.
        let followsBlank: Bool
    }

    let bytes: [UInt8]

    init(_ text: String) { bytes = Array(text.utf8) }

    subscript(range: Range<Int>) -> ArraySlice<UInt8> { bytes[range] }

    func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    /// The lines in order; a line ends where `Character.isNewline` says.
    func lines() -> [Line] {
        var lines: [Line] = []
        var followsBlank = true
        var start = 0
        while start < bytes.count {
            var end = start
            while end < bytes.count, newlineLength(at: end) == 0 { end += 1 }
            let range = trimmed(start..<end)
            if range.isEmpty {
                followsBlank = true
            } else {
                lines.append(Line(range: range, followsBlank: followsBlank))
                followsBlank = false
            }
            start = end
            if start < bytes.count {
                let isPair = bytes[start] == 0x0D && start + 1 < bytes.count && bytes[start + 1] == 0x0A
                start += isPair ? 2 : newlineLength(at: start)
            }
        }
        return lines
    }

    /// Without the blanks at both ends; a byte order mark and spaces of no width count as blanks.
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var range = range
        dropBlanks(&range)
        var end = range.upperBound
        while end > range.lowerBound {
            let length = blankLength(before: end, from: range.lowerBound)
            if length == 0 { break }
            end -= length
        }
        return range.lowerBound..<end
    }

    /// Drops the blanks in front.
    func dropBlanks(_ range: inout Range<Int>) {
        var start = range.lowerBound
        while start < range.upperBound {
            let length = blankLength(at: start)
            if length == 0 { break }
            start += length
        }
        range = min(start, range.upperBound)..<range.upperBound
    }

    /// Drops every scalar in front that is one of these, and the blanks in between.
    func drop(_ marks: Marks, from range: inout Range<Int>) {
        while let length = marks.length(at: range, in: self) ?? blankLength(of: range) {
            range = (range.lowerBound + length)..<range.upperBound
        }
    }

    func isDigit(at index: Int) -> Bool { bytes[index] >= 0x30 && bytes[index] <= 0x39 }

    func isDigits(_ range: Range<Int>) -> Bool { range.allSatisfy(isDigit) }

    func starts(_ range: Range<Int>, with prefix: StaticString) -> Bool {
        prefix.utf8CodeUnitCount <= range.count
            && prefix.withUTF8Buffer { buffer in
                bytes[range.lowerBound..<range.lowerBound + buffer.count].elementsEqual(buffer)
            }
    }

    /// Bytes of the scalar that begins there.
    func scalarLength(at index: Int) -> Int {
        switch bytes[index] {
        case ..<0xC0: 1
        case ..<0xE0: 2
        case ..<0xF0: 3
        default: 4
        }
    }

    /// Bytes of the blank scalar that begins there; 0 if it is none. Line breaks are blanks.
    func blankLength(at index: Int) -> Int {
        switch bytes[index] {
        case 0x20, 0x09...0x0D: 1
        case 0xC2: index + 1 < bytes.count && (bytes[index + 1] == 0xA0 || bytes[index + 1] == 0x85) ? 2 : 0
        case 0xE1, 0xE2, 0xE3, 0xEF:
            index + 2 < bytes.count && Self.isWideBlank(bytes[index], bytes[index + 1], bytes[index + 2]) ? 3 : 0
        default: 0
        }
    }

    /// Bytes of the blank scalar that ends there and does not begin before `start`; 0 if it is none.
    func blankLength(before end: Int, from start: Int) -> Int {
        let last = bytes[end - 1]
        if last < 0x80 { return last == 0x20 || (0x09...0x0D).contains(last) ? 1 : 0 }
        if end - 2 >= start, bytes[end - 2] == 0xC2 { return last == 0xA0 || last == 0x85 ? 2 : 0 }
        return end - 3 >= start && Self.isWideBlank(bytes[end - 3], bytes[end - 2], last) ? 3 : 0
    }

    private func blankLength(of range: Range<Int>) -> Int? {
        guard let first = range.first else { return nil }
        let length = blankLength(at: first)
        return length > 0 && length <= range.count ? length : nil
    }

    /// Bytes of the line break that begins there; 0 if it is none.
    private func newlineLength(at index: Int) -> Int {
        switch bytes[index] {
        case 0x0A...0x0D: 1
        case 0xC2: index + 1 < bytes.count && bytes[index + 1] == 0x85 ? 2 : 0
        case 0xE2:
            index + 2 < bytes.count && bytes[index + 1] == 0x80
                && (bytes[index + 2] == 0xA8 || bytes[index + 2] == 0xA9)
                ? 3 : 0
        default: 0
        }
    }

    /// Blanks of three bytes: U+1680, U+2000 to U+200B, U+2028, U+2029, U+202F, U+205F, U+2060, U+3000 and U+FEFF.
    private static func isWideBlank(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Bool {
        switch (first, second, third) {
        case (0xE1, 0x9A, 0x80), (0xE2, 0x80, 0x80...0x8B), (0xE2, 0x80, 0xA8), (0xE2, 0x80, 0xA9), (0xE2, 0x80, 0xAF),
            (0xE2, 0x81, 0x9F), (0xE2, 0x81, 0xA0), (0xE3, 0x80, 0x80), (0xEF, 0xBB, 0xBF):
            true
        default: false
        }
    }
}

/// Scalars that mean the same to the parser, by their UTF-8.
struct Marks: Sendable {
    private let scalars: [[UInt8]]

    init(_ scalars: String) { self.scalars = scalars.unicodeScalars.map { Array(String($0).utf8) } }

    /// Bytes of the one that a range begins with; nil if it begins with none.
    func length(at range: Range<Int>, in source: SourceText) -> Int? {
        guard !range.isEmpty else { return nil }
        let first = source.bytes[range.lowerBound]
        for scalar in scalars where scalar[0] == first && scalar.count <= range.count {
            if source.bytes[range.lowerBound..<range.lowerBound + scalar.count].elementsEqual(scalar) {
                return scalar.count
            }
        }
        return nil
    }

    static let colons = Marks(":：")
    static let openings = Marks("[(（【")
    static let closings = Marks("])）】")
    /// What an item of a list begins with.
    static let bullets = Marks("-*>•·#")
    /// What separates a time from what follows it.
    static let dashes = Marks("-–—*")
}
