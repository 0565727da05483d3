import FakeMinutesModel
import HTTPClient
import JSON
import LanguageModel
import MeetingMinutes
import TestSupport
import Testing

@Suite("Minutes' facts by a model that errs, over HTTP")
struct TwelveModesTests {
    /// What a meeting came to, a chunk each.
    private struct Outcome {
        let chunks: [Chunk]
        var read: [ChunkFacts] = []
        /// Errors that a later try could have mended.
        var thrown: [LanguageModelError.Code] = []
    }

    /// Reads both meetings in small chunks, trying twice where a first try may be in vain.
    private func outcomes(_ mode: FakeMinutesModel.Mode, mends: Bool = true) async throws -> [Outcome] {
        let http = HTTPClient()
        let fake = FakeMinutesModel(mode, mends: mends)
        var outcomes: [Outcome] = []
        try await FakeModelServer.with(answering: fake.answer) { server in
            let deadlines = OpenAIConfiguration.Deadlines(
                firstToken: mode == .timeout ? .milliseconds(50) : .seconds(60)
            )
            let configuration = OpenAIConfiguration(
                baseURL: server.url,
                apiKey: nil,
                model: "fake",
                deadlines: deadlines,
                retries: .init(maximumTries: 1)
            )
            let model = OpenAIModel(configuration: configuration, http: http, logger: .silent)
            for text in [Transcripts.chinese, Transcripts.english] {
                outcomes.append(try await outcome(text, mode, model))
            }
        }
        await http.shutdown()
        return outcomes
    }

    private func outcome(_ text: String, _ mode: FakeMinutesModel.Mode, _ model: OpenAIModel) async throws -> Outcome {
        var transcript = TranscriptParser().parse(text)
        if mode == .obeysTranscript {
            transcript = Transcript(
                utterances: transcript.utterances.map { utterance in
                    let orders = utterance.number % 5 == 0 ? " " + Injection.words(citing: utterance.number - 1) : ""
                    return Utterance(
                        number: utterance.number,
                        speaker: utterance.speaker,
                        start: nil,
                        text: utterance.text + orders
                    )
                }
            )
        }
        let reader = ChunkReader(language: transcript.language)
        var outcome = Outcome(chunks: Chunker(maximumTokens: 100, overlapTokens: 30).chunks(of: transcript))
        for chunk in outcome.chunks {
            let asking: ChunkReader.Asking = { request, _ in try await model.complete(request) }
            do {
                outcome.read.append(try await reader.read(chunk, of: transcript, isLastTry: false, asking: asking))
            } catch let error as LanguageModelError where error.isRetryable {
                outcome.thrown.append(error.code)
                outcome.read.append(try await reader.read(chunk, of: transcript, isLastTry: true, asking: asking))
            }
        }
        return outcome
    }

    @Test(
        "every chunk comes to valid facts that cite it, or says that extraction took the model's place",
        arguments: FakeMinutesModel.Mode.allCases
    )
    func always(_ mode: FakeMinutesModel.Mode) async throws {
        for outcome in try await outcomes(mode) {
            #expect(outcome.chunks.count > 2)
            #expect(outcome.read.map(\.numbers) == outcome.chunks.map(\.numbers))
            for (chunk, read) in zip(outcome.chunks, outcome.read) {
                #expect(FactSchema.problems(in: ["facts": .array(read.facts.map(\.json))]) == [])
                let words = chunk.utterances.map(\.text).joined(separator: " ")
                let isSmall = TokenEstimate.tokens(in: words) < ChunkReader.smallChunkTokens
                #expect(!read.facts.isEmpty || read.extractedPart != nil || isSmall)
                #expect(read.facts.allSatisfy { $0.utterances.contains(where: chunk.numbers.contains) })
            }
        }
    }

    @Test("a model that does everything right is taken at its word", arguments: [FakeMinutesModel.Mode.valid, .fenced])
    func right(_ mode: FakeMinutesModel.Mode) async throws {
        let outcomes = try await outcomes(mode)
        for outcome in outcomes {
            #expect(outcome.read.allSatisfy { $0.origin == .model && $0.dropped == 0 && $0.extractedPart == nil })
            #expect(Set(outcome.read.flatMap { $0.facts.flatMap(\.utterances) }).count > 8)
        }
        let facts = outcomes[0].read.flatMap(\.facts)
        #expect(facts.contains { $0.kind == .action && $0.owner == "李娜" && $0.due == "下周三前" && $0.utterances == [5] })
        #expect(facts.contains { $0.kind == .decision && $0.utterances == [4] })
    }

    @Test("items that can be mended are, and those that stay broken are counted")
    func mended() async throws {
        let mended = try await outcomes(.badUtterance).flatMap(\.read)
        #expect(mended.contains { $0.origin == .repaired })
        let dropped = try await outcomes(.badUtterance, mends: false).flatMap(\.read)
        #expect(dropped.allSatisfy { $0.origin == .model })
        #expect(dropped.reduce(0) { $0 + $1.dropped } > mended.reduce(0) { $0 + $1.dropped })
    }

    @Test("a cut reply is named from where it is cut")
    func cut() async throws {
        let read = try await outcomes(.truncated).flatMap(\.read)
        #expect(read.contains { $0.extractedPart != nil && $0.extractedPart?.lowerBound != $0.numbers.lowerBound })
    }

    @Test(
        "a model that does not answer is tried again, then covered and named",
        arguments: [
            (FakeMinutesModel.Mode.timeout, ChunkFacts.Reason.timedOut), (.rateLimited, .rateLimited),
        ]
    )
    func silent(_ mode: FakeMinutesModel.Mode, _ reason: ChunkFacts.Reason) async throws {
        for outcome in try await outcomes(mode) {
            #expect(outcome.thrown.count == outcome.chunks.count)
            #expect(outcome.read.allSatisfy { $0.origin == .extracted(reason) && $0.extractedPart == $0.numbers })
        }
    }

    @Test("a model that declines is not asked again")
    func declined() async throws {
        for outcome in try await outcomes(.refusal) {
            #expect(outcome.thrown == [])
            #expect(
                outcome.read.allSatisfy { [.extracted(.refused), .extracted(.unreadable)].contains($0.origin) }
            )
        }
    }
}
