extension String {
    /// Where another string first occurs, byte by byte: many times as fast as the standard library's search, which compares
    /// characters. The same where both are written in the same form of Unicode.
    func firstRange(ofBytes other: String) -> Range<Index>? {
        let needle = Array(other.utf8)
        guard let first = needle.first else { return nil }
        let place = utf8.withContiguousStorageIfAvailable { bytes -> Int? in
            guard bytes.count >= needle.count else { return nil }
            return (0...bytes.count - needle.count).first {
                bytes[$0] == first && bytes[$0...].starts(with: needle)
            }
        }
        guard let place else { return firstRange(of: other) }
        guard let place else { return nil }
        let start = utf8.index(utf8.startIndex, offsetBy: place)
        return start..<utf8.index(start, offsetBy: needle.count)
    }
}
