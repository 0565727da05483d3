package import LanguageModel

/// What requests cost, in tokens: as the vendor counts them, else by `TokenEstimate`.
package struct TokenSpend: Sendable, Equatable, Codable {
    package var prompt: Int
    package var completion: Int

    package init(prompt: Int = 0, completion: Int = 0) {
        self.prompt = prompt
        self.completion = completion
    }

    /// Of one request and its answer.
    package init(_ request: ChatRequest, _ completion: ChatCompletion) {
        if let usage = completion.finish.usage {
            self.init(prompt: usage.promptTokens, completion: usage.completionTokens)
        } else {
            self.init(
                prompt: TokenEstimate.tokens(in: request),
                completion: TokenEstimate.tokens(in: completion.text)
            )
        }
    }

    package var total: Int { prompt + completion }

    package static func + (one: TokenSpend, other: TokenSpend) -> TokenSpend {
        TokenSpend(prompt: one.prompt + other.prompt, completion: one.completion + other.completion)
    }
}

/// What minutes of a transcript may cost a model, all in all: prompts and answers, of facts, repairs and summary.
///
/// The transcript is sent once. What comes on top: with each chunk the instructions and what is read along, a reply of about
/// a fifth of it, where items are broken one short repair; at the end a summary of facts. An attempt that failed and is
/// made again is not in it.
package struct TokenAccount: Sendable, Equatable {
    /// How many times the transcript's own tokens.
    package static let factor = 1.6
    /// On top: a chunk that is not full, and the summary.
    package static let constant = 4_000

    /// The transcript's own tokens: a line `speaker: words` for each utterance, by `TokenEstimate`.
    package let transcript: Int

    package init(_ transcript: Transcript) {
        let lines = transcript.utterances.map { utterance in
            (utterance.speaker.map { $0 + ": " } ?? "") + utterance.text
        }
        self.transcript = TokenEstimate.tokens(in: lines.joined(separator: "\n"))
    }

    /// What may be spent.
    package var allowance: Int { Int(Double(transcript) * Self.factor) + Self.constant }

    /// What the facts in the request for a summary may cost.
    package var summaryTokens: Int { max(SummaryPrompt.leastTokens, transcript / 12) }
}
