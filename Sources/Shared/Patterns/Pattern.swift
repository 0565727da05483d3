/// A regular expression that is matched in bounded time, whoever wrote it and whatever the text.
///
/// It knows what ECMA-262 and Python have in common: characters, `.`, classes, `\d \w \s` (ASCII digits and words, as in
/// ECMA-262), `\p{L}` and the other general categories, `\b`, `^`, `$` (the end of the text alone), groups, kept, named
/// or not, alternatives, and repetitions, greedy and lazy. What needs a search backwards (back references, looking
/// around) is refused, and so are options such as `(?i)`. Characters are Unicode scalars.
package struct Pattern: Sendable, Equatable {
    /// The longest expression, in Unicode scalars.
    package static let maximumLength = 4_096
    /// The largest machine: `a{500}` is 500 instructions.
    static let maximumInstructions = 8_192
    /// The steps that a match may take where nothing else is said: some 4,000 characters with 1,000 instructions.
    package static let defaultBudget = 4_000_000

    /// The expression as it was written.
    package let text: String
    private let program: PatternProgram

    /// - Parameter text: The expression.
    /// - Throws: What is wrong with it, too large or not supported.
    package init(_ text: String) throws(PatternError) {
        var parser = PatternParser(text)
        let part = try parser.parse()
        program = try PatternProgram(part, groups: parser.groups)
        self.text = text
    }

    package static func == (left: Pattern, right: Pattern) -> Bool { left.text == right.text }

    /// Whether a text matches, with a budget that several matches share.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - extent: Which part of the text has to match.
    ///   - budget: Steps that may be made; what was made is taken off. Below zero there was not enough, and the answer
    ///     is false.
    /// - Returns: Whether it matches.
    package func matches(_ text: String, _ extent: PatternExtent = .anywhere, budget: inout Int) -> Bool {
        guard text.utf8.count / 4 <= budget else {
            budget = -1
            return false
        }
        var machine = PatternMachine(program, over: text, extent: extent, keepsGroups: false, budget: budget)
        let slots = machine.run()
        budget = machine.budget
        return slots != nil
    }

    /// Whether a text matches; one that would take more than `defaultBudget` does not.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - extent: Which part of the text has to match.
    /// - Returns: Whether it matches.
    package func matches(_ text: String, _ extent: PatternExtent = .anywhere) -> Bool {
        var budget = Self.defaultBudget
        return matches(text, extent, budget: &budget)
    }

    /// What the whole and each group took in the first match, as a search from left to right finds it.
    ///
    /// - Parameter text: The text; one that would take more than `defaultBudget` has no match.
    /// - Returns: The whole first, then the groups by the order of their parentheses, nil for one that took no part; nil
    ///   where there is no match.
    package func firstMatch(in text: String) -> [String?]? {
        guard text.utf8.count / 4 <= Self.defaultBudget else { return nil }
        var machine = PatternMachine(
            program,
            over: text,
            extent: .anywhere,
            keepsGroups: true,
            budget: Self.defaultBudget
        )
        guard let slots = machine.run() else { return nil }
        return (0..<(slots.count / 2)).map { machine.text(slots, group: $0) }
    }
}

/// Which part of a text has to match.
package enum PatternExtent: Sendable {
    /// Any part.
    case anywhere
    /// A part from the beginning on.
    case beginning
    /// All of it.
    case whole
}
