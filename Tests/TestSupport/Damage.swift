extension [UInt8] {
    /// The bytes with random damage: at each edit some are changed, cut out, doubled or cut off, or one that means
    /// something in JSON is put in.
    package func damaged(edits: ClosedRange<Int>, using generator: inout SeededGenerator) -> [UInt8] {
        var bytes = self
        for _ in 0..<Int.random(in: edits, using: &generator) where !bytes.isEmpty {
            let index = Int.random(in: bytes.indices, using: &generator)
            let end = Swift.min(bytes.count, index + Int.random(in: 1...32, using: &generator))
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes.removeSubrange(index..<end)
            case 2: bytes.insert(contentsOf: bytes[index..<end], at: index)
            case 3: bytes.removeSubrange(index...)
            case 4: bytes.insert("{}[]\",:\\0-eu".utf8.randomElement(using: &generator) ?? 0, at: index)
            default: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            }
        }
        return bytes
    }
}
