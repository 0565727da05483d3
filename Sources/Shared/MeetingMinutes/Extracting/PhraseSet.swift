/// Phrases looked for all at once, byte by byte: a transcript of hours has thousands of sentences.
struct PhraseSet: Sendable {
    /// Phrases as UTF-8, by their first byte.
    private let table: [[[UInt8]]]
    /// One bit for what phrases begin with: three bytes, which are one Chinese character, by a hash. Nearly all that begins no
    /// phrase ends here.
    private let beginnings: [UInt64]
    /// The bytes that phrases of less than three bytes begin with.
    private let shortBeginnings: [Bool]

    private static let words = 64

    /// None of the phrases may be empty; case counts.
    init(_ phrases: [String]) {
        var table = [[[UInt8]]](repeating: [], count: 256)
        var beginnings = [UInt64](repeating: 0, count: Self.words)
        var shortBeginnings = [Bool](repeating: false, count: 256)
        for phrase in phrases {
            let bytes = Array(phrase.utf8)
            guard let first = bytes.first else { continue }
            table[Int(first)].append(bytes)
            if bytes.count < 3 {
                shortBeginnings[Int(first)] = true
            } else {
                let hash = Self.hash(bytes[0], bytes[1], bytes[2])
                beginnings[hash >> 6] |= 1 << UInt64(hash & 63)
            }
        }
        self.table = table
        self.beginnings = beginnings
        self.shortBeginnings = shortBeginnings
    }

    /// Whether one of the phrases occurs.
    func occurs(in text: [UInt8]) -> Bool { end(in: text[...]) != nil }

    /// Where the first occurrence of a phrase ends; nil if there is none.
    func end(in text: ArraySlice<UInt8>) -> Int? {
        var index = text.startIndex
        while let place = next(in: text, from: index) {
            if let phrase = phrase(at: place, in: text) { return place + phrase.count }
            index = place + 1
        }
        return nil
    }

    /// How many bytes of a text belong to a phrase; of phrases that begin at one place the first named counts.
    func matchedBytes(in text: [UInt8]) -> Int {
        var matched = 0
        var index = 0
        while let place = next(in: text[...], from: index) {
            let length = phrase(at: place, in: text[...])?.count ?? 0
            matched += length
            index = place + max(1, length)
        }
        return matched
    }

    private func phrase(at place: Int, in text: ArraySlice<UInt8>) -> [UInt8]? {
        table[Int(text[place])].first { text[place...].starts(with: $0) }
    }

    /// The next place where a phrase may begin.
    private func next(in text: ArraySlice<UInt8>, from start: Int) -> Int? {
        var index = start
        while index < text.endIndex {
            if shortBeginnings[Int(text[index])] { return index }
            if index + 2 < text.endIndex {
                let hash = Self.hash(text[index], text[index + 1], text[index + 2])
                if beginnings[hash >> 6] >> UInt64(hash & 63) & 1 != 0 { return index }
            }
            index += 1
        }
        return nil
    }

    private static func hash(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Int {
        let bytes = UInt32(first) << 16 | UInt32(second) << 8 | UInt32(third)
        // Fibonacci hashing (Knuth, volume 3, 6.4), to 12 bits.
        return Int((bytes &* 2_654_435_769) >> 20)
    }
}
