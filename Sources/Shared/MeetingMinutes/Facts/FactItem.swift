import JSON

/// Reads one item of a reply into a fact that the schema allows, and tells what is wrong with it.
///
/// What can mean only one thing is read: `"#12"` and `"12"` as a number, `DECISION` as `decision`, a list of one as what is
/// in it. Without kind, text or an utterance of the chunk there is no fact; anything else that is wrong is left out of it.
struct FactItem {
    /// What can be cited of a chunk.
    struct Numbers {
        let own: Set<Int>
        let context: Set<Int>
        let range: ClosedRange<Int>

        init(_ chunk: Chunk) {
            own = Set(chunk.utterances.map(\.number))
            context = Set(chunk.context.map(\.number))
            range = chunk.numbers
        }
    }

    /// Nil where the item is lost.
    private(set) var fact: Fact?
    /// Why there is no fact.
    private(set) var faults: [ReplyProblem] = []
    /// What was left out of it.
    private(set) var notes: [ReplyProblem] = []

    private let pointer: String

    init(_ json: JSONValue, at pointer: String, of numbers: Numbers) {
        self.pointer = pointer
        guard let object = json.object else {
            faults.append(ReplyProblem(at: pointer, "must be an object"))
            return
        }
        let kind = kind(object["kind"])
        let text = text(object["text"])
        let utterances = utterances(object["utterances"], numbers)
        let quote = optional(object["quote"], "quote", FactSchema.longestQuote, canBeCut: true)
        let owner = optional(object["owner"], "owner", FactSchema.longestName)
        let due = optional(object["due"], "due", FactSchema.longestName)
        guard let kind, let text, !utterances.isEmpty, faults.isEmpty else { return }
        fact = Fact(kind: kind, text: text, utterances: utterances, quote: quote, owner: owner, due: due)
    }

    private mutating func kind(_ json: JSONValue?) -> Fact.Kind? {
        guard let name = Self.only(json)?.string else {
            faults.append(ReplyProblem(at: pointer + "/kind", Self.kinds))
            return nil
        }
        let word = name.lowercased().split { $0.isWhitespace || $0 == "_" || $0 == "-" }.joined(separator: " ")
        if let kind = Fact.Kind(rawValue: word) ?? Self.otherKinds[word] ?? Fact.Kind(rawValue: String(word.dropLast()))
        {
            return kind
        }
        faults.append(ReplyProblem(at: pointer + "/kind", Self.kinds))
        return nil
    }

    private mutating func text(_ json: JSONValue?) -> String? {
        guard let text = Self.only(json)?.string.map(Self.cleaned), text.contains(where: { $0.isLetter || $0.isNumber })
        else {
            faults.append(ReplyProblem(at: pointer + "/text", "must be a sentence"))
            return nil
        }
        if text.unicodeScalars.count > FactSchema.longestText {
            notes.append(
                ReplyProblem(at: pointer + "/text", "is longer than \(FactSchema.longestText) characters, cut")
            )
        }
        return Self.cut(text, FactSchema.longestText)
    }

    private mutating func utterances(_ json: JSONValue?, _ numbers: Numbers) -> [Int] {
        let place = pointer + "/utterances"
        let cited = Set(Self.numbers(json))
        let wanted =
            "must be a list of numbers of turns from #\(numbers.range.lowerBound) to #\(numbers.range.upperBound)"
        guard !cited.isEmpty else {
            faults.append(ReplyProblem(at: place, wanted + ", at least one"))
            return []
        }
        let known = cited.filter { numbers.own.contains($0) || numbers.context.contains($0) }
        guard known.contains(where: numbers.own.contains) else {
            let reason = known.isEmpty ? "no such turn is in this part" : "those are before this part"
            faults.append(ReplyProblem(at: place, "\(wanted): \(reason)"))
            return []
        }
        if known.count < cited.count { notes.append(ReplyProblem(at: place, wanted + ", others left out")) }
        let sorted = known.sorted()
        guard sorted.count > FactSchema.mostCitations else { return sorted }
        notes.append(ReplyProblem(at: place, "must hold at most \(FactSchema.mostCitations) items, the rest left out"))
        // Those of this part rather than what it only needs to be understood.
        let kept = (sorted.filter(numbers.own.contains) + sorted.filter(numbers.context.contains))
        return kept.prefix(FactSchema.mostCitations).sorted()
    }

    private mutating func optional(_ json: JSONValue?, _ name: String, _ longest: Int, canBeCut: Bool = false)
        -> String?
    {
        let place = "\(pointer)/\(name)"
        let text: String
        switch json {
        case nil, .null: return nil
        case .string(let string): text = Self.cleaned(string)
        case .integer(let number) where name == "due": text = String(number)
        case .array(let items) where items.allSatisfy({ $0.string != nil }):
            let names = items.compactMap(\.string).map(Self.cleaned)
            text = names.joined(separator: names.allSatisfy { $0.allSatisfy(\.isASCII) } ? ", " : "、")
        default:
            notes.append(ReplyProblem(at: place, "must be text or null, left out"))
            return nil
        }
        guard !text.isEmpty, !Self.nobody.contains(text.lowercased()) else { return nil }
        guard canBeCut || text.unicodeScalars.count <= longest else {
            notes.append(ReplyProblem(at: place, "is longer than \(longest) characters, left out"))
            return nil
        }
        return Self.cut(text, longest)
    }

    private static let kinds = "must be one of \(Fact.Kind.allCases.map(\.rawValue).joined(separator: ", "))"

    /// Other words that models have for the kinds.
    private static let otherKinds: [String: Fact.Kind] = [
        "action item": .action, "action items": .action, "task": .action, "tasks": .action, "todo": .action,
        "to do": .action, "open question": .question, "open questions": .question, "figure": .number,
        "主题": .topic, "话题": .topic, "议题": .topic, "决定": .decision, "决策": .decision, "决议": .decision,
        "行动": .action, "行动项": .action, "待办": .action, "任务": .action, "问题": .question, "疑问": .question,
        "风险": .risk, "数字": .number, "数据": .number,
    ]

    /// What models write for null.
    private static let nobody: Set<String> = [
        "null", "none", "nil", "n/a", "na", "unknown", "unspecified", "not specified", "not mentioned", "tbd", "-", "无",
        "未知", "未提及", "未指定", "未明确", "不明", "待定",
    ]

    /// `12`, `12.0`, `"12"`, `"#12"`, `"#12, #14"`, `"12-15"`, or a list of these; at most a few more than can be cited.
    private static func numbers(_ json: JSONValue?) -> [Int] {
        switch json {
        case .integer(let number): [Int(clamping: number)]
        case .double(let number): Int(exactly: number).map { [$0] } ?? []
        case .string(let text): numbers(in: text)
        case .array(let items): items.prefix(100).flatMap { item in item.array == nil ? numbers(item) : [] }
        default: []
        }
    }

    private static func numbers(in text: String) -> [Int] {
        let runs = text.prefix(200).split { !($0.isASCII && $0.isNumber) }
        let found = runs.compactMap { Int($0) }
        if runs.count == 2, found.count == 2, found[0] < found[1], found[1] - found[0] <= 100 {
            let between = text[runs[0].endIndex..<runs[1].startIndex].filter { !$0.isWhitespace && $0 != "#" }
            if ["-", "–", "—", "~", "至", "到", "to", ".."].contains(between) { return Array(found[0]...found[1]) }
        }
        return found
    }

    /// What is in a list of one.
    private static func only(_ json: JSONValue?) -> JSONValue? {
        if let items = json?.array, items.count == 1 { items[0] } else { json }
    }

    private static func cleaned(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// At most so many scalars, on the border of a character.
    private static func cut(_ text: String, _ longest: Int) -> String {
        var count = 0
        return String(
            text.prefix { character in
                count += character.unicodeScalars.count
                return count <= longest
            }
        )
    }
}
