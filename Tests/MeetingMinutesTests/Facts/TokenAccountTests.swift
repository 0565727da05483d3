import FakeMinutesModel
import LanguageModel
import MeetingMinutes
import TestSupport
import Testing

@Suite("What minutes cost")
struct TokenAccountTests {
    /// A meeting in which everybody says a few words, the dearest kind: each turn has its number and its speaker.
    private static func meeting(turns: Int, words: Int, in language: WrittenLanguage) -> Transcript {
        let names = language == .chinese ? ["张伟", "李娜", "王强"] : ["Alice", "Bob", "Carol"]
        let vocabulary =
            language == .chinese
            ? ["支付", "回调", "延迟", "队列", "积压", "我们", "需要", "讨论", "方案", "十二个"]
            : ["the", "queue", "was", "longer", "than", "we", "planned", "for", "this", "quarter"]
        var generator = SeededGenerator(seed: 1)
        let utterances = (1...turns).map { number in
            let said = (0..<words).compactMap { _ in vocabulary.randomElement(using: &generator) }
            return Utterance(
                number: number,
                speaker: names[number % 3],
                start: nil,
                text: said.joined(separator: language == .chinese ? "" : " ")
            )
        }
        return Transcript(utterances: utterances)
    }

    /// What all requests and replies of a meeting cost, where the model fills each reply.
    private func spent(
        _ transcript: Transcript,
        _ mode: FakeMinutesModel.Mode,
        guidance: String = ""
    ) async throws -> Int {
        let fake = FakeMinutesModel(mode)
        let model = ScriptedModel { request in .success(fake.text(answering: request)) }
        let reader = ChunkReader(language: transcript.language, guidance: guidance)
        var facts: [Fact] = []
        var spent = TokenSpend()
        for chunk in Chunker().chunks(of: transcript) {
            let read = try await reader.read(chunk, of: transcript, isLastTry: true) { request, _ in
                try await model.complete(request)
            }
            facts += read.facts
            spent = spent + read.tokens
        }
        let account = TokenAccount(transcript)
        let prompt = SummaryPrompt(
            facts: facts,
            language: transcript.language,
            guidance: guidance,
            maximumTokens: account.summaryTokens
        )
        let request = try #require(prompt.request)
        return spent.total + TokenSpend(request, try await model.complete(request)).total
    }

    @Test(
        "stays within 1.6 times the transcript and a constant, also where every chunk is repaired",
        arguments: [FakeMinutesModel.Mode.valid, .wrongTypes, .badUtterance],
        [
            Size(turns: 1_200, words: 12, language: .english), Size(turns: 300, words: 60, language: .english),
            Size(turns: 900, words: 12, language: .chinese), Size(turns: 30, words: 30, language: .chinese),
        ]
    )
    func withinAllowance(_ mode: FakeMinutesModel.Mode, _ size: Size) async throws {
        let transcript = Self.meeting(turns: size.turns, words: size.words, in: size.language)
        let account = TokenAccount(transcript)
        let spent = try await spent(transcript, mode)
        #expect(spent <= account.allowance, "\(spent) of \(account.transcript)")
        #expect(spent > account.transcript)
    }

    @Test("stays within it by a template that says as much as one may")
    func withTemplate() async throws {
        let guidance = String(repeating: "risk ", count: MinutesTemplate.mostGuidanceTokens)
        #expect(TokenEstimate.tokens(in: guidance) >= MinutesTemplate.mostGuidanceTokens)
        let transcript = Self.meeting(turns: 1_200, words: 12, in: .english)
        let spent = try await spent(transcript, .wrongTypes, guidance: guidance)
        #expect(spent <= TokenAccount(transcript).allowance)
        let without = try await self.spent(transcript, .wrongTypes)
        #expect(spent > without)
    }

    @Test("what a template says is lean, too", arguments: MinutesTemplate.builtIn)
    func guidance(template: MinutesTemplate) {
        for guidance in [template.factGuidance, template.summaryGuidance] {
            #expect(TokenEstimate.tokens(in: guidance) <= MinutesTemplate.mostGuidanceTokens, "\(template.name)")
        }
    }

    @Test("instructions are lean, since each chunk costs them")
    func instructions() throws {
        let utterances = [Utterance(number: 1, speaker: "A", start: nil, text: "Yes.")]
        let request = FactPrompt(language: .chinese)
            .request(about: Chunk(index: 0, context: [], utterances: utterances))
        #expect(TokenEstimate.tokens(in: request) < 600)
    }

    struct Size: Sendable, CustomTestStringConvertible {
        let turns: Int
        let words: Int
        let language: WrittenLanguage
        var testDescription: String { "\(turns) turns of \(words) words, \(language.rawValue)" }
    }
}
