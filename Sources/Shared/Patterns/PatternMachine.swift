/// Runs a program over a text, all ways at once: time grows with the program times the text, and never faster.
struct PatternMachine {
    private struct Thread {
        let instruction: Int
        /// Where groups begin and end, -1 for not yet; empty where nobody asks.
        let slots: [Int]
    }

    private let program: PatternProgram
    private let text: [Unicode.Scalar]
    private let extent: PatternExtent
    private let keepsGroups: Bool
    /// Steps that may still be made.
    private(set) var budget: Int
    /// At which place an instruction was last reached: once for each place is enough.
    private var reached: [Int]
    private var stack: [Thread] = []

    init(_ program: PatternProgram, over text: String, extent: PatternExtent, keepsGroups: Bool, budget: Int) {
        self.program = program
        self.text = Array(text.unicodeScalars)
        self.extent = extent
        self.keepsGroups = keepsGroups
        self.budget = budget - self.text.count
        reached = Array(repeating: -1, count: program.instructions.count)
    }

    /// Where the groups of the first match lie, the whole as the first; empty where they are not kept; nil for no match
    /// or no budget left.
    mutating func run() -> [Int]? {
        var threads: [Thread] = []
        var found: [Int]?
        for place in 0...text.count {
            if place == 0 || (extent == .anywhere && found == nil) {
                add(Thread(instruction: 0, slots: beginning(at: place)), at: place, to: &threads)
            }
            if threads.isEmpty, found != nil || extent != .anywhere { break }
            var following: [Thread] = []
            for thread in threads {
                budget -= 1
                switch program.instructions[thread.instruction] {
                case .set(let set):
                    guard place < text.count, set.contains(text[place]) else { continue }
                    add(Thread(instruction: thread.instruction + 1, slots: thread.slots), at: place + 1, to: &following)
                    continue
                case .match:
                    if extent == .whole, place < text.count { continue }
                    guard keepsGroups else { return [] }
                    found = thread.slots
                    found?[1] = place
                case .condition, .split, .jump, .save: continue
                }
                // What comes after counts less than the match.
                break
            }
            guard budget >= 0 else { return nil }
            threads = following
        }
        return found
    }

    func text(_ slots: [Int], group: Int) -> String? {
        let (start, end) = (slots[2 * group], slots[2 * group + 1])
        return start >= 0 && end >= start ? String(String.UnicodeScalarView(text[start..<end])) : nil
    }

    private func beginning(at place: Int) -> [Int] {
        guard keepsGroups else { return [] }
        var slots = Array(repeating: -1, count: program.slots)
        slots[0] = place
        return slots
    }

    /// Adds the instructions that take a character, or are the match, and can be reached from one without any.
    private mutating func add(_ thread: Thread, at place: Int, to threads: inout [Thread]) {
        stack.append(thread)
        while let thread = stack.popLast() {
            let index = thread.instruction
            budget -= 1
            guard reached[index] != place else { continue }
            reached[index] = place
            switch program.instructions[index] {
            case .set, .match: threads.append(thread)
            case .condition(let condition):
                if holds(condition, at: place) { stack.append(Thread(instruction: index + 1, slots: thread.slots)) }
            case .jump(let target): stack.append(Thread(instruction: target, slots: thread.slots))
            case .split(let first, let second):
                stack.append(Thread(instruction: second, slots: thread.slots))
                stack.append(Thread(instruction: first, slots: thread.slots))
            case .save(let slot):
                var slots = thread.slots
                if keepsGroups {
                    budget -= slots.count
                    slots[slot] = place
                }
                stack.append(Thread(instruction: index + 1, slots: slots))
            }
        }
    }

    private func holds(_ condition: PatternPart.Condition, at place: Int) -> Bool {
        let isBorder: Bool = isWord(at: place - 1) != isWord(at: place)
        return switch condition {
        case .start: place == 0
        case .end: place == text.count
        case .wordBorder: isBorder
        case .noWordBorder: !isBorder
        }
    }

    private func isWord(at place: Int) -> Bool {
        text.indices.contains(place) && ScalarSet.words.contains(text[place])
    }
}
