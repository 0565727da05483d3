import JSON

/// Holds a value against a program.
struct SchemaRun {
    let program: SchemaProgram
    private let limit: Int
    /// Steps that may still be made.
    var steps: Int
    private var depth = 0
    private(set) var isTooDeep = false
    /// How many of the schemas on the way only try something: what does not hold there is no problem.
    var trials = 0
    /// Where we are in the value.
    var path: [String] = []
    /// The resources on the way, the outermost first.
    private(set) var scope: [Int] = []
    private(set) var findings: [SchemaFinding] = []

    init(_ program: SchemaProgram, limit: Int) {
        self.program = program
        self.limit = limit
        steps = program.bounds.steps
    }

    /// Whether there is no point in going on: more problems are not wanted, or no steps are left.
    var isOver: Bool { steps < 0 || findings.count >= limit }

    /// Takes steps off; false where there are none left.
    mutating func spend(_ count: Int) -> Bool {
        steps -= count
        return steps >= 0
    }

    /// Notes what does not hold here.
    ///
    /// - Returns: False, for the rule to return.
    mutating func fail(_ keyword: String, _ explanation: String, hidden: String? = nil, quotes: Bool = false) -> Bool {
        if trials == 0, findings.count < limit {
            findings.append(
                SchemaFinding(path: path, keyword: keyword, text: explanation, hidden: hidden, quotes: quotes)
            )
        }
        return false
    }

    /// Holds a value against one schema.
    ///
    /// - Parameters:
    ///   - number: The schema's.
    ///   - value: What is at `path`.
    ///   - seen: Gains what the schema has seen of the value, where it holds.
    /// - Returns: Whether it holds.
    mutating func holds(_ number: Int, _ value: JSONValue, _ seen: inout SchemaCoverage) -> Bool {
        guard spend(1) else { return false }
        guard depth < program.bounds.depth else {
            isTooDeep = true
            steps = -1
            return false
        }
        let node = program.nodes[number]
        if let verdict = node.verdict {
            return verdict || fail(node.keyword, Self.refusal(node.keyword))
        }
        depth += 1
        let isEntered = scope.last != node.resource
        if isEntered { scope.append(node.resource) }
        defer {
            depth -= 1
            if isEntered { scope.removeLast() }
        }
        var own = SchemaCoverage()
        var doesHold = true
        for rule in node.rules {
            // What others have not seen says nothing where they do not hold.
            if !doesHold, trials > 0 || rule.comesLast { break }
            if !follows(rule, value, &own) { doesHold = false }
            if isOver { return false }
        }
        if doesHold, program.tracksEvaluated {
            guard spend(own.count) else { return false }
            seen.formUnion(own)
        }
        return doesHold
    }

    /// Whether a schema holds, without a problem where it does not.
    mutating func would(_ number: Int, _ value: JSONValue, _ seen: inout SchemaCoverage) -> Bool {
        trials += 1
        defer { trials -= 1 }
        return holds(number, value, &seen)
    }

    /// Holds a member or an element against a schema.
    mutating func inside(_ token: String, _ number: Int, _ value: JSONValue) -> Bool {
        path.append(token)
        defer { path.removeLast() }
        var seen = SchemaCoverage()
        return holds(number, value, &seen)
    }

    private static func refusal(_ keyword: String) -> String {
        switch keyword {
        case "additionalProperties", "unevaluatedProperties": "is not known here"
        case "items", "unevaluatedItems": "is one element too many"
        default: "is not allowed"
        }
    }
}

/// Something that does not hold, before it is known what of it may be shown.
struct SchemaFinding {
    let path: [String]
    let keyword: String
    let text: String
    /// What is said in place of the text where the value is secret.
    let hidden: String?
    /// Whether the value is told, too.
    let quotes: Bool
}

/// What of a value schemas have looked at, for those that ask what is left.
struct SchemaCoverage {
    private(set) var members: Set<String> = []
    /// Elements from the first one on.
    private(set) var first = 0
    private(set) var elements: Set<Int> = []

    var count: Int { members.count + elements.count }

    mutating func insert(member: String) { members.insert(member) }
    mutating func insert(element: Int) { elements.insert(element) }
    mutating func insert(first count: Int) { first = max(first, count) }

    func contains(element: Int) -> Bool { element < first || elements.contains(element) }

    mutating func formUnion(_ other: SchemaCoverage) {
        members.formUnion(other.members)
        elements.formUnion(other.elements)
        insert(first: other.first)
    }
}
