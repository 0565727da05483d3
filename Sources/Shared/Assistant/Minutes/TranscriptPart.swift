/// Consecutive utterances that a model reads at once. The parts of a transcript hold each utterance once, in order.
struct TranscriptPart: Sendable, Equatable {
    let utterances: [Utterance]

    /// The numbers it covers.
    var numbers: ClosedRange<Int> {
        (utterances.first?.number ?? 0)...(utterances.last?.number ?? 0)
    }

    /// Cuts on borders of utterances. An utterance longer than `maximumTokens` makes a part alone.
    static func parts(of transcript: Transcript, maximumTokens: Int) -> [TranscriptPart] {
        var parts: [TranscriptPart] = []
        var current: [Utterance] = []
        var tokens = 0.0
        for utterance in transcript.utterances {
            let cost = estimatedTokens(utterance)
            if !current.isEmpty, tokens + cost > Double(maximumTokens) {
                parts.append(TranscriptPart(utterances: current))
                current = []
                tokens = 0
            }
            current.append(utterance)
            tokens += cost
        }
        if !current.isEmpty { parts.append(TranscriptPart(utterances: current)) }
        return parts
    }

    /// About a token for a Chinese character and for three others, and a few for number and name.
    private static func estimatedTokens(_ utterance: Utterance) -> Double {
        utterance.text.unicodeScalars.reduce(10) { $0 + ($1.value >= 0x2E80 ? 1 : 0.34) }
    }

    /// One utterance a line, as the model reads it: `#12 Bob: words`.
    var text: String {
        utterances.map { utterance in
            "#\(utterance.number) \(utterance.speaker ?? "?"): \(utterance.text)"
        }
        .joined(separator: "\n")
    }
}
