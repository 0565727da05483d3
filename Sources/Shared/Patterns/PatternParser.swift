/// Reads a regular expression: what ECMA-262 and Python have in common, without what needs a search backwards.
struct PatternParser {
    /// How deep groups may be nested.
    private static let maximumDepth = 32
    /// How often at most a counted repetition may be.
    static let maximumRepetitions = 1_000
    /// How many groups may be kept.
    private static let maximumGroups = 32

    let text: [Unicode.Scalar]
    var index = 0
    private var depth = 0
    /// Groups that are kept.
    private(set) var groups = 0

    init(_ text: String) { self.text = Array(text.unicodeScalars) }

    /// The whole expression.
    ///
    /// - Throws: What is wrong with it, and where.
    mutating func parse() throws(PatternError) -> PatternPart {
        guard text.count <= Pattern.maximumLength else { throw error(.tooLong) }
        let part = try choice()
        guard index == text.count else { throw error(.strayParenthesis) }
        return part
    }

    var next: Unicode.Scalar? { index < text.count ? text[index] : nil }

    mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        index += 1
        return true
    }

    func error(_ reason: PatternError.Reason) -> PatternError { PatternError(reason: reason, position: index) }

    private mutating func choice() throws(PatternError) -> PatternPart {
        var parts: [PatternPart] = []
        repeat { parts.append(try sequence()) } while skip("|")
        return parts.count == 1 ? parts[0] : .choice(parts)
    }

    private mutating func sequence() throws(PatternError) -> PatternPart {
        var parts: [PatternPart] = []
        while let scalar = next, scalar != "|", scalar != ")" { parts.append(try repeated()) }
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private mutating func repeated() throws(PatternError) -> PatternPart {
        let part = try atom()
        guard let (least, most) = try repetition() else { return part }
        if case .condition = part { throw error(.nothingToRepeat) }
        let isGreedy = !skip("?")
        if next == "+" || next == "*" || next == "?" { throw error(.doubledRepetition) }
        let after = index
        guard try repetition() == nil else {
            index = after
            throw error(.doubledRepetition)
        }
        return .repeated(part, least: least, most: most, isGreedy: isGreedy)
    }

    /// How often what stands before may be, where that is said here.
    private mutating func repetition() throws(PatternError) -> (least: Int, most: Int?)? {
        switch next {
        case "*": index += 1; return (0, nil)
        case "+": index += 1; return (1, nil)
        case "?": index += 1; return (0, 1)
        case "{": return try counts()
        default: return nil
        }
    }

    /// What `{2}`, `{2,}`, `{,3}` or `{2,3}` says; nil where a brace is only a brace.
    private mutating func counts() throws(PatternError) -> (least: Int, most: Int?)? {
        guard let close = text[index...].firstIndex(of: "}") else { return nil }
        let inside = text[(index + 1)..<close]
        guard inside.allSatisfy({ $0 == "," || ("0"..."9").contains($0) }) else { return nil }
        let numbers = inside.split(separator: ",", omittingEmptySubsequences: false)
        guard numbers.count <= 2, inside.contains(where: { $0 != "," }) else { return nil }
        // Past the largest Int it is too large just as well.
        let values = numbers.map { $0.isEmpty ? nil : Int(String(String.UnicodeScalarView($0))) ?? .max }
        let least = values[0] ?? 0
        let most = values.count == 1 ? least : values[1]
        guard max(least, most ?? 0) <= Self.maximumRepetitions, least <= most ?? least else {
            throw error(.wrongCounts)
        }
        index = close + 1
        return (least, most)
    }

    private mutating func atom() throws(PatternError) -> PatternPart {
        let scalar = text[index]
        switch scalar {
        case "*", "+", "?": throw error(.nothingToRepeat)
        case "(": return try group()
        case "[": return .set(try bracket())
        case "\\": return try escape()
        default: index += 1
        }
        switch scalar {
        case ".": return .set(.any)
        case "^": return .condition(.start)
        case "$": return .condition(.end)
        default: return .set(ScalarSet(scalar))
        }
    }

    private mutating func group() throws(PatternError) -> PatternPart {
        let start = index
        index += 1
        depth += 1
        guard depth <= Self.maximumDepth else { throw error(.tooDeep) }
        var number: Int?
        if try isKept() {
            groups += 1
            guard groups <= Self.maximumGroups else { throw error(.tooManyGroups) }
            number = groups
        }
        let part = try choice()
        guard skip(")") else { throw PatternError(reason: .openGroup, position: start) }
        depth -= 1
        return number.map { .group(part, $0) } ?? part
    }

    /// Passes over what stands behind a parenthesis to say what kind of group it is.
    private mutating func isKept() throws(PatternError) -> Bool {
        guard skip("?") else { return true }
        if skip(":") { return false }
        if next == "=" || next == "!" { throw error(.lookaround) }
        if skip("P"), next != "<" { throw error(next == "=" ? .backReference : .groupOption) }
        guard skip("<") else { throw error(.groupOption) }
        if next == "=" || next == "!" { throw error(.lookaround) }
        let start = index
        while let scalar = next, ScalarSet.words.contains(scalar) { index += 1 }
        guard index > start, skip(">") else { throw error(.groupOption) }
        return true
    }
}
