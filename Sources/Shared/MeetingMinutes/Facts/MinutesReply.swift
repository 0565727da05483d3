import JSON

/// What a model said of one part, after everything that has no ground in the part was taken out.
///
/// Models wrap JSON in prose and fences, cut it off, and invent: an item without an existing utterance is dropped, an owner
/// or a date that nobody named is cleared.
struct MinutesReply {
    var summary: [Minutes.Line]
    var decisions: [Minutes.Line]
    var actions: [Minutes.Action]
    var questions: [Minutes.Line]

    /// Nil if there is no such JSON object in the text, or nothing at all in it.
    init?(_ text: String, about part: Chunk, people: [String]) {
        guard let first = text.firstIndex(of: "{"), let last = text.lastIndex(of: "}"), first < last,
            let json = try? JSONValue(parsing: String(text[first...last]), maximumDepth: 16)
        else { return nil }
        let ground = Ground(part, people: people)
        summary = ground.lines(json["summary"])
        decisions = ground.lines(json["decisions"])
        questions = ground.lines(json["questions"])
        actions = (json["actions"]?.array ?? []).compactMap(ground.action)
        guard !summary.isEmpty || !decisions.isEmpty || !actions.isEmpty || !questions.isEmpty else { return nil }
    }
}

/// What a model's items have to rest on.
private struct Ground {
    /// In characters; a longer item is no minute.
    private static let longestText = 400

    private let utterances: [Int: Utterance]
    private let people: Set<String>

    init(_ part: Chunk, people: [String]) {
        utterances = Dictionary(part.utterances.map { ($0.number, $0) }) { first, _ in first }
        self.people = Set(people)
    }

    func lines(_ json: JSONValue?) -> [Minutes.Line] { (json?.array ?? []).prefix(40).compactMap(line) }

    func line(_ json: JSONValue) -> Minutes.Line? {
        guard let text = json["text"]?.string.map(Self.cleaned), !text.isEmpty else { return nil }
        let cited =
            json["utterances"]?.array?.compactMap(Self.number) ?? json["utterances"].flatMap(Self.number).map { [$0] }
        let numbers = Set(cited ?? []).filter { utterances[$0] != nil }.sorted()
        guard !numbers.isEmpty else { return nil }
        return Minutes.Line(text: String(text.prefix(Self.longestText)), utterances: numbers)
    }

    func action(_ json: JSONValue) -> Minutes.Action? {
        guard let line = line(json) else { return nil }
        let words = Self.folded(line.utterances.compactMap { utterances[$0]?.text }.joined(separator: " "))
        func said(_ value: JSONValue?) -> String? {
            guard let text = value?.string.map(Self.cleaned), !text.isEmpty else { return nil }
            return words.contains(Self.folded(text)) ? text : nil
        }
        let named = json["owner"]?.string.map(Self.cleaned)
        let owner = named.flatMap { people.contains($0) ? $0 : nil } ?? said(json["owner"])
        return Minutes.Action(line: line, owner: owner, due: said(json["due"]))
    }

    /// `12` or `"#12"`.
    private static func number(_ json: JSONValue) -> Int? {
        json.integer.map { Int(clamping: $0) } ?? json.string.flatMap { Int($0.filter(\.isNumber)) }
    }

    private static func cleaned(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    private static func folded(_ text: String) -> String { text.lowercased().filter { !$0.isWhitespace } }
}
