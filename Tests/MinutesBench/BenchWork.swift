import LanguageModel
import MeetingMinutes

/// What the steps of one meeting hand to one another.
struct BenchWork {
    let text: String
    var transcript = Transcript(utterances: [])
    var chunks: [Chunk] = []
    var facts: [GroundedFact] = []
    var minutes = Minutes(source: .offline, language: .chinese)

    /// A step, by its name in the results.
    struct Stage: Sendable {
        let name: String
        let run: @Sendable (inout BenchWork) -> Void
    }

    /// What a model says of every sixth utterance, as it says it at best.
    private static func said(in transcript: Transcript) -> [Fact] {
        stride(from: 1, through: transcript.utterances.count, by: 6).compactMap { number in
            transcript[number].map { utterance in
                Fact(
                    kind: Fact.Kind.allCases[number / 6 % Fact.Kind.allCases.count],
                    text: utterance.text,
                    utterances: [number, number + 1],
                    quote: utterance.text,
                    owner: utterance.speaker,
                    due: number % 5 == 0 ? "下周三" : nil
                )
            }
        }
    }

    /// In the order of the pipeline. A new step is a line here, and what it makes a property above.
    static let stages = [
        Stage(name: "parse") { $0.transcript = TranscriptParser().parse($0.text) },
        Stage(name: "split") { $0.chunks = Chunker().chunks(of: $0.transcript) },
        Stage(name: "ground") {
            $0.facts = said(in: $0.transcript).compactMap(Grounding(transcript: $0.transcript).ground)
        },
        Stage(name: "merge") { $0.minutes = Merging().merge($0.facts, of: $0.transcript, into: $0.minutes) },
    ]
}
