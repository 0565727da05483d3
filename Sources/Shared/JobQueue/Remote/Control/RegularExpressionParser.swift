/// Reads the regular expressions that a pattern for node names may be: literals, `.`, classes, groups, alternatives,
/// repetitions, `^` and `$`.
struct RegularExpressionParser {
    private typealias Part = NodePattern.Part

    /// How deep groups may be nested.
    private static let maximumDepth = 16
    /// How often at most a counted repetition may be.
    private static let maximumRepetitions = 64

    private let text: [Unicode.Scalar]
    private var index = 0
    private var depth = 0

    init(_ text: String) { self.text = Array(text.unicodeScalars) }

    /// Nil where this is no such expression.
    mutating func parse() -> NodePattern.Part? {
        guard let part = choice(), index == text.count else { return nil }
        return part
    }

    private var next: Unicode.Scalar? { index < text.count ? text[index] : nil }

    private mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        index += 1
        return true
    }

    private mutating func choice() -> NodePattern.Part? {
        var parts: [Part] = []
        repeat {
            guard let part = sequence() else { return nil }
            parts.append(part)
        } while skip("|")
        return parts.count == 1 ? parts[0] : .choice(parts)
    }

    private mutating func sequence() -> NodePattern.Part? {
        var parts: [Part] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            guard let part = repeated() else { return nil }
            parts.append(part)
        }
        return .sequence(parts)
    }

    private mutating func repeated() -> NodePattern.Part? {
        guard var part = atom() else { return nil }
        while let scalar = next {
            switch scalar {
            case "*": part = .repeated(part, 0, nil)
            case "+": part = .repeated(part, 1, nil)
            case "?": part = .repeated(part, 0, 1)
            case "{":
                guard let (least, most, end) = counts() else { return part }
                guard least <= Self.maximumRepetitions, most ?? 0 <= Self.maximumRepetitions else { return nil }
                part = .repeated(part, least, most)
                index = end
                _ = skip("?")
                continue
            default: return part
            }
            index += 1
            // Whether as much or as little as possible is taken makes no difference to whether there is a match.
            _ = skip("?")
        }
        return part
    }

    /// What `{2}`, `{2,}`, `{,3}` or `{2,3}` says, and where it ends; nil where a brace is only a brace.
    private func counts() -> (least: Int, most: Int?, end: Int)? {
        guard let close = text[index...].firstIndex(of: "}") else { return nil }
        let inside = String(String.UnicodeScalarView(text[(index + 1)..<close]))
        let parts = inside.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count <= 2, inside != ",", parts.allSatisfy({ $0.isEmpty || Int($0).map { $0 >= 0 } ?? false })
        else {
            return nil
        }
        if parts.count == 1 {
            guard let count = Int(parts[0]) else { return nil }
            return (count, count, close + 1)
        }
        let most = Int(parts[1])
        let least = Int(parts[0]) ?? 0
        return least <= most ?? .max ? (least, most, close + 1) : nil
    }

    private mutating func atom() -> NodePattern.Part? {
        guard let scalar = next else { return nil }
        index += 1
        switch scalar {
        case ".": return .any
        case "^": return .start
        case "$": return .end
        case "*", "+", "?": return nil
        case "(":
            depth += 1
            guard depth <= Self.maximumDepth else { return nil }
            if skip("?"), !skip(":") { return nil }
            guard let part = choice(), skip(")") else { return nil }
            depth -= 1
            return part
        case "[": return bracket()
        case "\\": return escape().map { .set($0) }
        default: return .literal(scalar)
        }
    }

    private mutating func bracket() -> NodePattern.Part? {
        var set = NodePattern.CharacterSet(isInverted: skip("^"))
        var isFirst = true
        while let scalar = next, isFirst || scalar != "]" {
            isFirst = false
            index += 1
            if scalar == "\\" {
                guard let escaped = escape(), !escaped.isInverted else { return nil }
                set.ranges += escaped.ranges
            } else if next == "-", index + 1 < text.count, text[index + 1] != "]" {
                let last = text[index + 1]
                guard scalar <= last, last != "\\" else { return nil }
                set.ranges.append(scalar...last)
                index += 2
            } else {
                set.ranges.append(scalar...scalar)
            }
        }
        return skip("]") ? .set(set) : nil
    }

    /// What follows a backslash.
    private mutating func escape() -> NodePattern.CharacterSet? {
        guard let scalar = next else { return nil }
        index += 1
        let digits: [ClosedRange<Unicode.Scalar>] = ["0"..."9"]
        let words: [ClosedRange<Unicode.Scalar>] = ["0"..."9", "A"..."Z", "_"..."_", "a"..."z"]
        let blanks: [ClosedRange<Unicode.Scalar>] = ["\t"..."\r", " "..." "]
        switch scalar {
        case "d": return .init(ranges: digits)
        case "D": return .init(ranges: digits, isInverted: true)
        case "w": return .init(ranges: words)
        case "W": return .init(ranges: words, isInverted: true)
        case "s": return .init(ranges: blanks)
        case "S": return .init(ranges: blanks, isInverted: true)
        case _ where scalar.properties.isAlphabetic || scalar.properties.numericType != nil: return nil
        default: return .init(ranges: [scalar...scalar])
        }
    }
}
