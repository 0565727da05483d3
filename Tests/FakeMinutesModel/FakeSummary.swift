/// A summary in the words of facts, as a model writes it: a line for each of the first decisions, actions and topics.
enum FakeSummary {
    /// `lines` are facts such as `3 decision: words`.
    static func text(of lines: [Substring]) -> String {
        let facts = lines.compactMap(parted)
        let ordered = ["decision", "topic", "action"].flatMap { kind in facts.filter { $0.kind == kind }.prefix(2) }
        return (ordered.isEmpty ? Array(facts.prefix(3)) : ordered)
            .map { "- \($0.words) [\($0.number)]" }.joined(separator: "\n")
    }

    private static func parted(_ line: Substring) -> (number: Int, kind: String, words: String)? {
        guard let colon = line.firstRange(of: ": ") else { return nil }
        let head = line[..<colon.lowerBound].split(separator: " ")
        guard head.count == 2, let number = Int(head[0]) else { return nil }
        return (number, String(head[1]), String(line[colon.upperBound...]))
    }
}
