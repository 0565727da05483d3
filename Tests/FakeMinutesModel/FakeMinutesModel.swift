import JSON
package import LanguageModel
package import TestSupport

/// What stands in for a model that makes minutes, behind `FakeModelServer`: good, and bad in each way that models are.
///
/// Knows the requests only as text, as a model does, and nothing of the code that it is there to test.
package struct FakeMinutesModel: Sendable {
    package enum Mode: String, Sendable, CaseIterable {
        /// Facts that touch every stretch and cite what they rest on.
        case valid
        /// The same in a fence, with prose around it.
        case fenced
        /// The same, ended by the bound on tokens in the middle.
        case truncated
        /// Numbers as text, text as numbers, members missing, too many and misspelt.
        case wrongTypes = "wrong-types"
        /// Owners whom nobody named.
        case inventedOwner = "invented-owner"
        /// Numbers and dates that nobody said.
        case inventedNumber = "invented-number"
        /// Utterances that are not there, or not in the chunk.
        case badUtterance = "bad-utterance"
        /// Nothing, or a list of nothing.
        case empty
        /// Declined: by the vendor's filter, in an error, or in words.
        case refusal
        /// Never answers.
        case timeout
        /// 429.
        case rateLimited = "rate-limited"
        /// Does what a text in the transcript tells it (`Injection`).
        case obeysTranscript = "obeys-transcript"
    }

    package let mode: Mode
    /// Whether it answers a request for repair with items that are right; otherwise it errs again in the same way.
    package let mends: Bool

    package init(_ mode: Mode, mends: Bool = true) {
        self.mode = mode
        self.mends = mends
    }

    /// What it answers to one request; decided by the request alone, so that two runs are the same.
    package func answer(to request: FakeModelRequest) -> FakeModelAnswer {
        var answer = self.answer(to: ReadRequest(request))
        // The usage that the server would tell is made up: none is told, so that estimates stand for it.
        answer.promptTokens = nil
        return answer
    }

    private func answer(to request: ReadRequest) -> FakeModelAnswer {
        if mode == .timeout { return FakeModelAnswer(tokens: [], fault: .silence(afterTokens: 0)) }
        if mode == .rateLimited { return FakeModelAnswer(tokens: [], fault: .rateLimited(retryAfterSeconds: 1)) }
        switch request.wanted {
        case .facts: return facts(of: request)
        case .repair: return repair(request)
        case .summary: return .whole(FakeSummary.text(of: request.facts))
        case .other: return .whole("I do not understand.")
        }
    }

    private func facts(of request: ReadRequest) -> FakeModelAnswer {
        let facts = FakeFacts.facts(of: request.turns, atMost: request.mostFacts)
        switch mode {
        case .valid, .timeout, .rateLimited: return .whole(Self.reply(facts))
        case .fenced:
            return .whole(
                "Sure, here are the facts:\n\n```json\n\(Self.reply(facts))\n```\n\nTell me [if] you {need} more."
            )
        case .truncated:
            let text = Self.reply(facts)
            var answer = FakeModelAnswer.whole(String(text.prefix(text.count * 3 / 5)))
            answer.fault = .length(afterTokens: answer.tokens.count)
            return answer
        case .wrongTypes: return .whole(JSONValue.object(["facts": .array(FakeDamage.types(of: facts))]).text)
        case .inventedOwner: return .whole(Self.reply(FakeDamage.inventedOwners(in: facts)))
        case .inventedNumber: return .whole(Self.reply(FakeDamage.inventedNumbers(in: facts)))
        case .badUtterance: return .whole(Self.reply(FakeDamage.badUtterances(in: facts, of: request.turns)))
        case .empty: return .whole(request.isEven ? "" : #"{"facts":[]}"#)
        case .refusal: return Self.refusal(request.number)
        case .obeysTranscript: return Injection(in: request.turns)?.obeyed(with: facts) ?? .whole(Self.reply(facts))
        }
    }

    /// By turns in the vendor's words, by the vendor's filter, and in the model's.
    private static func refusal(_ number: Int) -> FakeModelAnswer {
        switch number % 3 {
        case 0: FakeModelAnswer(tokens: [], fault: .status(400, code: "content_filter"))
        case 1: FakeModelAnswer(tokens: ["I ", "cannot "], fault: .refusal(afterTokens: 1))
        default: .whole("I'm sorry, but I can't help with that.")
        }
    }

    /// Cites the first turn that it is shown, else the first of the chunk.
    private func repair(_ request: ReadRequest) -> FakeModelAnswer {
        guard mends else { return .whole("Sorry, that is all I can say. #0 {") }
        let turns = request.turns.isEmpty ? [] : FakeFacts.facts(of: Array(request.turns.prefix(3)), atMost: 4)
        return .whole(Self.reply(turns))
    }

    static func reply(_ facts: [FakeFact]) -> String {
        JSONValue.object(["facts": .array(facts.map(\.json))]).text
    }
}

extension FakeModelAnswer {
    /// A text to its end.
    static func whole(_ text: String) -> FakeModelAnswer { .text(text) }
}

extension FakeMinutesModel {
    /// The text that it answers with, without a server between.
    package func text(answering request: ChatRequest) -> String {
        let messages = request.messages.map { message -> JSONValue in
            ["role": .string(message.role.rawValue), "content": .string(message.content)]
        }
        let asked = FakeModelRequest(number: 0, body: ["messages": .array(messages)], authorization: nil)
        return answer(to: asked).tokens.joined()
    }
}
