extension PatternParser {
    /// What a backslash outside of a class means.
    mutating func escape() throws(PatternError) -> PatternPart {
        index += 1
        switch next {
        case nil: throw error(.openEscape)
        case "b": index += 1; return .condition(.wordBorder)
        case "B": index += 1; return .condition(.noWordBorder)
        case "k": throw error(.backReference)
        case let digit? where ("1"..."9").contains(digit): throw error(.backReference)
        default: break
        }
        if let set = try classEscape() { return .set(set) }
        return .set(ScalarSet(try characterEscape()))
    }

    /// `\d`, `\w`, `\s`, `\p{…}` and what they are not; nil where something else is escaped. Stands behind the backslash.
    mutating func classEscape() throws(PatternError) -> ScalarSet? {
        let set: ScalarSet
        switch next {
        case "d": set = .digits
        case "D": set = .digits.inverted
        case "w": set = .words
        case "W": set = .words.inverted
        case "s": set = .blanks
        case "S": set = .blanks.inverted
        case "p", "P": return try property()
        default: return nil
        }
        index += 1
        return set
    }

    private mutating func property() throws(PatternError) -> ScalarSet {
        let isInverted = next == "P"
        index += 1
        guard next == "{", let close = text[index...].firstIndex(of: "}") else { throw error(.unknownProperty) }
        let name = String(String.UnicodeScalarView(text[(index + 1)..<close]))
        guard let property = ScalarProperty(name) else { throw error(.unknownProperty) }
        index = close + 1
        return ScalarSet(property, isInverted: isInverted)
    }

    /// One character. Stands behind the backslash.
    mutating func characterEscape() throws(PatternError) -> Unicode.Scalar {
        guard let scalar = next else { throw error(.openEscape) }
        index += 1
        switch scalar {
        case "t": return "\t"
        case "n": return "\n"
        case "r": return "\r"
        case "v": return "\u{B}"
        case "f": return "\u{C}"
        case "0":
            if let digit = next, ("0"..."9").contains(digit) { throw error(.unknownEscape) }
            return "\0"
        case "x":
            guard let scalar = hexadecimal(2).flatMap(Unicode.Scalar.init) else { throw error(.unknownEscape) }
            return scalar
        case "u": return try unicodeEscape()
        case _ where scalar.properties.isAlphabetic || scalar.properties.numericType != nil:
            index -= 1
            throw error(.unknownEscape)
        default: return scalar
        }
    }

    /// `\uXXXX`, two of them for a character beyond 16 bits, or `\u{X…}`.
    private mutating func unicodeEscape() throws(PatternError) -> Unicode.Scalar {
        if skip("{") {
            let start = index
            while let scalar = next, scalar != "}", index - start < 8 { index += 1 }
            let digits = String(String.UnicodeScalarView(text[start..<index]))
            guard skip("}"), let scalar = UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init) else {
                throw error(.unknownEscape)
            }
            return scalar
        }
        guard let high = hexadecimal(4) else { throw error(.unknownEscape) }
        if let scalar = Unicode.Scalar(high) { return scalar }
        guard (0xD800..<0xDC00).contains(high), skip("\\"), skip("u"), let low = hexadecimal(4),
            (0xDC00..<0xE000).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
        else { throw error(.unknownEscape) }
        return scalar
    }

    /// So many digits of base 16.
    private mutating func hexadecimal(_ count: Int) -> UInt32? {
        guard index + count <= text.count else { return nil }
        let digits = text[index..<(index + count)]
        guard digits.allSatisfy({ $0.properties.isASCIIHexDigit }) else { return nil }
        index += count
        return UInt32(String(String.UnicodeScalarView(digits)), radix: 16)
    }
}
