extension PatternParser {
    /// A class in brackets. A bracket that closes and stands first is one of the characters, as in Python.
    mutating func bracket() throws(PatternError) -> ScalarSet {
        let start = index
        index += 1
        let isInverted = skip("^")
        var set = ScalarSet([])
        var isFirst = true
        while let scalar = next, isFirst || scalar != "]" {
            isFirst = false
            let first = try member()
            guard next == "-", index + 1 < text.count, text[index + 1] != "]" else {
                set.formUnion(first.set)
                continue
            }
            index += 1
            let last = try member()
            guard let low = first.scalar, let high = last.scalar, low <= high else { throw error(.wrongRange) }
            set.formUnion(ScalarSet([low.value...high.value]))
        }
        guard skip("]") else { throw PatternError(reason: .openClass, position: start) }
        return isInverted ? set.inverted : set
    }

    /// One character of a class, or a class in it, which has no `scalar`.
    private mutating func member() throws(PatternError) -> (set: ScalarSet, scalar: Unicode.Scalar?) {
        guard let scalar = next else { throw error(.openClass) }
        index += 1
        guard scalar == "\\" else { return (ScalarSet(scalar), scalar) }
        guard let escaped = next else { throw error(.openEscape) }
        if escaped == "b" {
            index += 1
            return (ScalarSet("\u{8}"), "\u{8}")
        }
        if let set = try classEscape() { return (set, nil) }
        let character = try characterEscape()
        return (ScalarSet(character), character)
    }
}
