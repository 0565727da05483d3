/// Joins what the parts of a meeting came to: what was said several times becomes one line with all its citations, topics go
/// on from one part into the next, and what is too much to read is left out, weakest first, and counted.
package struct Merging: Sendable {
    /// How many lines of each kind one still reads, of a meeting of any length.
    package struct Limits: Sendable {
        package var topics = 24
        package var decisions = 30
        package var actions = 50
        package var questions = 15
        package var risks = 15
        package var numbers = 20

        package init() {}

        /// Where no model chose what matters: fewer.
        static var ofExtraction: Limits {
            var limits = Limits()
            limits.topics = 20
            limits.decisions = 15
            limits.actions = 25
            limits.questions = 8
            limits.risks = 8
            limits.numbers = 12
            return limits
        }
    }

    private let limits: Limits

    package init(limits: Limits = Limits()) { self.limits = limits }

    /// Puts the facts into minutes, which keep their summary, their source and what else they have; order of the facts does
    /// not matter.
    package func merge(_ facts: [GroundedFact], of transcript: Transcript, into minutes: Minutes) -> Minutes {
        var minutes = minutes
        func statements(_ kind: Fact.Kind) -> [Statement] {
            joined(facts.filter { $0.fact.kind == kind && !$0.fact.utterances.isEmpty }.map(Statement.init))
        }
        func lines(_ kept: [Statement]) -> [Minutes.Line] { kept.map { Minutes.Line($0.fact) } }
        func kept(_ statements: [Statement], _ kind: Fact.Kind, _ limit: Int) -> [Statement] {
            let excess = statements.count - max(0, limit)
            guard excess > 0 else { return statements }
            minutes.omissions.append(Minutes.Omission(kind, .tooMany, excess))
            return strongest(statements, limit)
        }
        let decisions = statements(.decision)
        var questions = statements(.question)
        let open = questions.filter { question in !decisions.contains { isAnswered(question, by: $0) } }
        if open.count < questions.count {
            minutes.omissions.append(Minutes.Omission(.question, .answered, questions.count - open.count))
            questions = open
        }
        let topics = TopicMerging().topics(facts.filter { $0.fact.kind == .topic && !$0.fact.utterances.isEmpty })
        let keptTopics = longest(topics, limits.topics)
        if keptTopics.count < topics.count {
            minutes.omissions.append(Minutes.Omission(.topic, .tooMany, topics.count - keptTopics.count))
        }
        minutes.topics += keptTopics.map { topic in
            var topic = topic
            topic.start = topic.utterances.first.flatMap { transcript[$0]?.start }
            return topic
        }
        minutes.decisions += lines(kept(decisions, .decision, limits.decisions))
        minutes.actions += kept(statements(.action), .action, limits.actions).map { Minutes.Action($0.fact) }
        minutes.questions += lines(kept(questions, .question, limits.questions))
        minutes.risks += lines(kept(statements(.risk), .risk, limits.risks))
        minutes.numbers += lines(kept(statements(.number), .number, limits.numbers))
        return minutes
    }

    /// Each once, in the order of the meeting.
    private func joined(_ statements: [Statement]) -> [Statement] {
        var result: [Statement] = []
        // Which of `result` have a piece, so that only what has something in common is compared.
        var places: [UInt32: [Int]] = [:]
        for statement in statements.sorted(by: { ($0.first, $0.last) < ($1.first, $1.last) }) {
            var common: [Int: Int] = [:]
            for piece in statement.shingles.pieces {
                for place in places[piece] ?? [] { common[place, default: 0] += 1 }
            }
            let least = max(1, statement.shingles.pieces.count / 4)
            let candidates = common.filter { place, count in
                count >= min(least, max(1, result[place].shingles.pieces.count / 4)) && result[place].says(statement)
            }
            let best = candidates.keys.max { left, right in
                (result[left].likeness(statement), right) < (result[right].likeness(statement), left)
            }
            let place = best ?? result.count
            if let best { result[best].add(statement) } else { result.append(statement) }
            for piece in result[place].shingles.pieces where !(places[piece]?.contains(place) ?? false) {
                places[piece, default: []].append(place)
            }
        }
        return result.sorted { ($0.first, $0.last) < ($1.first, $1.last) }
    }

    /// Of a kind of which there are too many, in the order of the meeting.
    private func strongest(_ statements: [Statement], _ limit: Int) -> [Statement] {
        let order = statements.indices.sorted { (statements[$0].strength, $1) > (statements[$1].strength, $0) }
        return order.prefix(max(0, limit)).sorted().map { statements[$0] }
    }

    private func longest(_ topics: [Minutes.Topic], _ limit: Int) -> [Minutes.Topic] {
        guard topics.count > limit else { return topics }
        // Of those that are as long, some of all of the meeting.
        let spread = FactChoice.spread(Array(topics.indices)).enumerated()
        let order = spread.sorted {
            (topics[$0.element].range.count, $1.offset) > (topics[$1.element].range.count, $0.offset)
        }
        return order.prefix(max(0, limit)).map(\.element).sorted().map { topics[$0] }
    }

    /// Only where it is certain: the decision was said later, and says nearly all that was asked.
    private func isAnswered(_ question: Statement, by decision: Statement) -> Bool {
        decision.last > question.last && decision.fact.doubts.isEmpty && question.shingles.pieces.count >= 3
            && Shingles(question: question.fact.fact.text).containment(in: decision.shingles) >= 0.8
    }
}

extension Minutes.Line {
    /// A fact as a line.
    package init(_ fact: GroundedFact) {
        self.init(text: fact.fact.text, utterances: fact.fact.utterances, quote: fact.fact.quote, doubts: fact.doubts)
    }
}

extension Minutes.Action {
    /// A fact as an action.
    package init(_ fact: GroundedFact) {
        self.init(line: Minutes.Line(fact), owner: fact.fact.owner, due: fact.fact.due, dueDay: fact.dueDay)
    }
}
