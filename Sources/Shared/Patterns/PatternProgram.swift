/// A regular expression as steps of a machine that keeps all places where a match may have come to.
struct PatternProgram: Sendable {
    enum Instruction: Sendable {
        case set(ScalarSet)
        case condition(PatternPart.Condition)
        /// Goes on at both; what comes from the first counts more.
        case split(Int, Int)
        case jump(Int)
        /// Notes the place in a slot: two for each group, where it begins and where it ends.
        case save(Int)
        case match
    }

    private(set) var instructions: [Instruction] = []
    /// Two for the whole and for each group.
    let slots: Int

    /// - Parameters:
    ///   - part: The whole expression.
    ///   - groups: How many groups it keeps.
    /// - Throws: `tooLarge` where it has more than `Pattern.maximumInstructions`.
    init(_ part: PatternPart, groups: Int) throws(PatternError) {
        slots = 2 * (groups + 1)
        try compile(part)
        try append(.match)
    }

    private mutating func append(_ instruction: Instruction) throws(PatternError) {
        guard instructions.count < Pattern.maximumInstructions else {
            throw PatternError(reason: .tooLarge, position: 0)
        }
        instructions.append(instruction)
    }

    private mutating func compile(_ part: PatternPart) throws(PatternError) {
        switch part {
        case .set(let set): try append(.set(set))
        case .condition(let condition): try append(.condition(condition))
        case .sequence(let parts): for part in parts { try compile(part) }
        case .group(let part, let number):
            try append(.save(2 * number))
            try compile(part)
            try append(.save(2 * number + 1))
        case .choice(let parts): try compile(choice: parts)
        case .repeated(let part, let least, let most, let isGreedy):
            for _ in 0..<least {
                let before = instructions.count
                try compile(part)
                // What is nothing once is nothing a thousand times, which nested a few times would take for ever.
                if instructions.count == before { break }
            }
            guard let most else { return try compile(loop: part, isGreedy: isGreedy) }
            var splits: [Int] = []
            for _ in least..<most {
                splits.append(instructions.count)
                try append(.jump(0))
                try compile(part)
            }
            for split in splits { branch(at: split, to: split + 1, else: instructions.count, isGreedy: isGreedy) }
        }
    }

    private mutating func compile(choice parts: [PatternPart]) throws(PatternError) {
        var jumps: [Int] = []
        for (index, part) in parts.enumerated() {
            guard index < parts.count - 1 else {
                try compile(part)
                break
            }
            let split = instructions.count
            try append(.jump(0))
            try compile(part)
            jumps.append(instructions.count)
            try append(.jump(0))
            branch(at: split, to: split + 1, else: instructions.count, isGreedy: true)
        }
        for jump in jumps { instructions[jump] = .jump(instructions.count) }
    }

    private mutating func compile(loop part: PatternPart, isGreedy: Bool) throws(PatternError) {
        let split = instructions.count
        try append(.jump(0))
        try compile(part)
        try append(.jump(split))
        branch(at: split, to: split + 1, else: instructions.count, isGreedy: isGreedy)
    }

    private mutating func branch(at index: Int, to inside: Int, else outside: Int, isGreedy: Bool) {
        instructions[index] = isGreedy ? .split(inside, outside) : .split(outside, inside)
    }
}
