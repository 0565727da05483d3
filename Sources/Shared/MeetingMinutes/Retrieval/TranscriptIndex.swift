/// Finds where a meeting speaks of what a question asks for.
///
/// A value without I/O, built in a few milliseconds: nothing is stored, it is made from the transcript again. Made once for
/// several questions.
package struct TranscriptIndex: Sendable {
    /// How many utterances a window has, and how far the next one begins after it.
    package static let windowLength = 20
    static let stride = 10

    package let transcript: Transcript
    let vocabulary: Vocabulary
    /// The terms of all utterances, one utterance after the other.
    private let terms: [Int32]
    /// Where each utterance's terms begin, and the end.
    private let starts: [Int32]

    package init(_ transcript: Transcript) {
        self.transcript = transcript
        var vocabulary = Vocabulary()
        var terms: [Int32] = []
        var starts: [Int32] = [0]
        starts.reserveCapacity(transcript.utterances.count + 1)
        for utterance in transcript.utterances {
            terms += vocabulary.terms(of: utterance.text)
            starts.append(Int32(terms.count))
        }
        self.vocabulary = vocabulary
        self.terms = terms
        self.starts = starts
    }

    /// The windows that fit a question best, the best first, none overlapping another.
    ///
    /// Also a question of which nothing was said has some, where most is said: `Window.coverage` tells.
    package func search(_ question: String, limit: Int = 5) -> [Window] {
        guard limit > 0, !transcript.utterances.isEmpty else { return [] }
        let ranking = WindowRanking(of: QuestionReader(self).read(question), in: self)
        return ranking.best(limit)
    }

    var utteranceCount: Int { starts.count - 1 }

    /// The terms said before each utterance, and in all.
    func termsBefore(_ utterance: Int) -> Int { Int(starts[utterance]) }

    /// How often each of some terms was said before each utterance, and in all: one row a term.
    func counts(of asked: [Int32]) -> [[Int32]] {
        var place = [Int16](repeating: -1, count: vocabulary.count)
        for (index, term) in asked.enumerated() { place[Int(term)] = Int16(index) }
        var rows = [[Int32]](repeating: [Int32](repeating: 0, count: starts.count), count: asked.count)
        for utterance in 0..<utteranceCount {
            for row in rows.indices { rows[row][utterance + 1] = rows[row][utterance] }
            for term in terms[Int(starts[utterance])..<Int(starts[utterance + 1])] {
                let row = Int(place[Int(term)])
                if row >= 0 { rows[row][utterance + 1] += 1 }
            }
        }
        return rows
    }
}

/// Consecutive utterances that may hold an answer.
package struct Window: Sendable, Equatable, Codable {
    /// Of utterances.
    package let numbers: ClosedRange<Int>
    /// How well it fits, to be compared with others of the same question.
    package let score: Double
    /// How much of what the question asks for occurs in it, by rarity, from 0 (nothing) to 1.
    package let coverage: Double

    package init(numbers: ClosedRange<Int>, score: Double, coverage: Double) {
        self.numbers = numbers
        self.score = score
        self.coverage = coverage
    }
}
