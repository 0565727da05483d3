/// Joins what somebody is asked to do with that person's taking it on: one task, which rests on both.
enum Acceptance {
    /// The facts, in the order of the meeting, with such pairs joined: the words are those of the asking, which says what is to
    /// be done, and a date is the one that the owner names, if any.
    static func joined(_ facts: [Fact], _ sentences: [SpokenSentence]) -> [Fact] {
        var speakers: [Int: String] = [:]
        for sentence in sentences { speakers[sentence.utterance.number] = sentence.utterance.speaker }
        var joined: [Fact] = []
        var accepted: Set<Int> = []
        for (index, fact) in facts.enumerated() where !accepted.contains(index) {
            guard fact.kind == .action, let owner = fact.owner, let number = fact.utterances.first,
                speakers[number] != owner
            else {
                joined.append(fact)
                continue
            }
            var fact = fact
            // The one asked answers next, or after one word of another.
            if let answer = [number + 1, number + 2].first(where: { speakers[$0] == owner }) {
                fact.utterances.append(answer)
                let promise = facts.indices.dropFirst(index + 1).prefix(6).first {
                    facts[$0].kind == .action && facts[$0].utterances.first == answer && facts[$0].owner == owner
                }
                if let promise {
                    accepted.insert(promise)
                    fact.due = facts[promise].due ?? fact.due
                }
            }
            joined.append(fact)
        }
        return joined
    }
}
