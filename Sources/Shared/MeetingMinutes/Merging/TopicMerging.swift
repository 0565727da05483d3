/// Puts topics into the order in which they came up, and joins those that go on.
struct TopicMerging {
    /// Titles that have this much in common are one topic's, where one follows the other.
    private static let same = 0.5
    /// Or of which the shorter is this much in the longer.
    private static let contained = 0.8

    /// The topics, by their first utterance.
    func topics(_ facts: [GroundedFact]) -> [Minutes.Topic] {
        let order = facts.sorted {
            ($0.fact.utterances.first ?? 0, $0.fact.utterances.last ?? 0) < (
                $1.fact.utterances.first ?? 0, $1.fact.utterances.last ?? 0
            )
        }
        var topics: [(topic: Minutes.Topic, shingles: Shingles)] = []
        for fact in order {
            let shingles = Shingles(fact.fact.text)
            let topic = Minutes.Topic(text: fact.fact.text, utterances: fact.fact.utterances, doubts: fact.doubts)
            // The one right before, or the one before that where that began within it.
            let near = topics.indices.suffix(2).filter { place in
                place == topics.count - 1
                    || topics[place].topic.range.upperBound >= (topics.last?.topic.range.lowerBound ?? 0)
            }
            let place = near.last { isSame(topics[$0].shingles, shingles) }
            if let place {
                let old = topics[place].topic
                topics[place].topic.utterances = Set(old.utterances + topic.utterances).sorted()
                if !topic.doubts.isEmpty || old.doubts.isEmpty { continue }
                topics[place].topic.text = topic.text
                topics[place].topic.doubts = []
            } else {
                topics.append((topic, shingles))
            }
        }
        return topics.map(\.topic)
    }

    private func isSame(_ left: Shingles, _ right: Shingles) -> Bool {
        let (short, long) = left.pieces.count < right.pieces.count ? (left, right) : (right, left)
        return short.likeness(long) >= Self.same
            || short.pieces.count > 1 && short.containment(in: long) >= Self.contained
    }
}
