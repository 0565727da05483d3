/// Phrases looked for all at once, byte by byte: a transcript of hours has thousands of sentences.
struct PhraseSet: Sendable {
    /// Phrases as UTF-8, by their first byte.
    private let table: [[[UInt8]]]

    /// None of the phrases may be empty; case counts.
    init(_ phrases: [String]) {
        var table = [[[UInt8]]](repeating: [], count: 256)
        for phrase in phrases {
            let bytes = Array(phrase.utf8)
            guard let first = bytes.first else { continue }
            table[Int(first)].append(bytes)
        }
        self.table = table
    }

    /// Whether one of the phrases occurs.
    func occurs(in text: [UInt8]) -> Bool { end(in: text[...]) != nil }

    /// Where the first occurrence of a phrase ends; nil if there is none.
    func end(in text: ArraySlice<UInt8>) -> Int? {
        for index in text.indices {
            for phrase in table[Int(text[index])] where text[index...].starts(with: phrase) {
                return index + phrase.count
            }
        }
        return nil
    }
}
