import Foundation
import JSON
import LanguageModel
import MeetingMinutes
import TestSupport
import Testing

@Suite("A model reads a chunk")
struct ChunkReaderTests {
    private let transcript = TranscriptParser().parse(Transcripts.chinese)
    private let reader = ChunkReader(language: .chinese)

    private static let good = #"{"kind":"decision","text":"消费者扩到十二个","utterances":[4]}"#
    private static let broken = #"{"kind":"action","text":"李娜负责扩容，下周三前完成","utterances":[50]}"#

    private func read(
        _ model: ScriptedModel,
        isLastTry: Bool = false
    ) async throws -> ChunkFacts {
        let chunk = try #require(Chunker().chunks(of: transcript).first)
        return try await reader.read(chunk, of: transcript, isLastTry: isLastTry) { request, _ in
            try await model.complete(request)
        }
    }

    private func read(_ answers: ScriptedModel.Answer...) async throws -> ChunkFacts {
        try await read(ScriptedModel(answers: answers))
    }

    @Test("a reply that is right is taken as it is, for one request")
    func valid() async throws {
        let model = ScriptedModel(answers: [.success("{\"facts\":[\(Self.good)]}")])
        let read = try await read(model)
        #expect(read.facts == [Fact(kind: .decision, text: "消费者扩到十二个", utterances: [4])])
        #expect(read.origin == .model && read.extractedPart == nil && read.dropped == 0)
        #expect(read.chunk == 0 && read.numbers == 1...13)
        #expect(model.requests.count == 1)
        #expect(read.tokens.prompt > 300 && read.tokens.completion > 10)
    }

    @Test("what is broken is asked for once more, with the problem, the item and the turns that it may be about")
    func repaired() async throws {
        let model = ScriptedModel(answers: [
            .success("{\"facts\":[\(Self.broken),\(Self.good)]}"),
            .success("{\"facts\":[\(Self.broken.replacing("50", with: "5"))]}"),
        ])
        let read = try await read(model)
        #expect(read.origin == .repaired && read.dropped == 0)
        #expect(read.facts.map(\.utterances) == [[4], [5]])
        let question = try #require(model.requests.last?.messages.last?.content)
        #expect(
            question.contains("/facts/0/utterances: must be a list of numbers of turns from #1 to #13: no such turn")
        )
        #expect(question.contains("\"utterances\":[50]") && !question.contains("\"utterances\":[4]"))
        #expect(question.contains("\n5 李娜: 好的，我来负责扩容，下周三前完成。"))
        #expect(question.split(separator: "\n").count { $0.first?.isNumber == true } <= 2)
        #expect(model.requests.count == 2)
    }

    @Test("what stays broken is dropped, and so is a repair that fails; the rest is kept")
    func dropped() async throws {
        let first = ScriptedModel.Answer.success("{\"facts\":[\(Self.broken),\(Self.good)]}")
        for second in [ScriptedModel.Answer.success("no"), .failure(.init(code: .rateLimited, model: "m")), first] {
            let read = try await read(first, second)
            #expect(read.facts.map(\.utterances) == [[4]])
            #expect(read.origin == .model && read.dropped == 1 && read.extractedPart == nil)
        }
    }

    @Test("from where a reply is cut, extraction goes on, and says so")
    func cut() async throws {
        let read = try await read(.success("{\"facts\":[\(Self.good),{\"kind\":\"act"))
        #expect(read.origin == .model)
        #expect(read.extractedPart == 5...13)
        #expect(read.facts.first?.utterances == [4])
        #expect(read.facts.contains { $0.kind == .action && $0.owner == "李娜" && $0.utterances == [5] })
    }

    @Test(
        "a reply that is of no use is covered by extraction, and the reason is named",
        arguments: [
            ("", ChunkFacts.Reason.empty), ("{\"facts\":[]}", .empty), ("I cannot help with that.", .unreadable),
            ("{\"facts\":[{}]}", .unreadable), ("# {", .unreadable), ("{\"facts\":[{\"kind\":", .cut),
        ]
    )
    func covered(reply: String, reason: ChunkFacts.Reason) async throws {
        let read = try await read(.success(reply))
        #expect(read.origin == .extracted(reason) && read.extractedPart == 1...13)
        #expect(read.facts.contains { $0.kind == .action && $0.owner == "李娜" && $0.due == "下周三前" })
        #expect(FactSchema.problems(in: ["facts": .array(read.facts.map(\.json))]) == [])
    }

    @Test("a few words of which a model says nothing have nothing in them")
    func saidNothing() async throws {
        let chunk = Chunk(index: 1, context: [], utterances: transcript.utterances.suffix(1))
        let model = ScriptedModel(answers: [.success("{\"facts\":[]}")])
        let read = try await reader.read(chunk, of: transcript, isLastTry: false) { request, _ in
            try await model.complete(request)
        }
        #expect(read.origin == .model && read.facts == [] && read.extractedPart == nil)
    }

    @Test(
        "an error of the chunk's own is covered at once; another is thrown, unless no try is left; a cancelled one always"
    )
    func errors() async throws {
        for (code, reason) in [
            (LanguageModelError.Code.refused, ChunkFacts.Reason.refused), (.contextTooLong, .tooLong),
            (.tooLarge, .tooLong),
        ] {
            #expect(try await read(.failure(.init(code: code, model: "m"))).origin == .extracted(reason))
        }
        for (code, reason) in [
            (LanguageModelError.Code.rateLimited, ChunkFacts.Reason.rateLimited), (.timedOut, .timedOut),
            (.connectFailed, .failed), (.truncated, .cut), (.unauthorised, .failed),
        ] {
            let model = ScriptedModel(answers: [.failure(.init(code: code, model: "m"))])
            let error = await #expect(throws: LanguageModelError.self) { _ = try await self.read(model) }
            #expect(error?.code == code)
            #expect(try await read(model, isLastTry: true).origin == .extracted(reason))
        }
        let cancelled = ScriptedModel(answers: [.failure(.init(code: .cancelled, model: "m"))])
        await #expect(throws: LanguageModelError.self) { _ = try await read(cancelled, isLastTry: true) }
    }

    @Test("of more than a chunk may have, tasks and decisions stay, and the rest is of all of it")
    func tooManyExtracted() async throws {
        struct Talkative: ChunkExtraction {
            func facts(of chunk: Chunk, people: [String], language: WrittenLanguage) -> [Fact] {
                chunk.utterances.flatMap { utterance in
                    (0..<8).map {
                        let kind: Fact.Kind = $0 == 0 ? .action : .topic
                        return Fact(kind: kind, text: "\(utterance.number) \($0)", utterances: [utterance.number])
                    }
                }
            }
        }
        let chunk = try #require(Chunker().chunks(of: transcript).first)
        let read = try await ChunkReader(language: .chinese, extractor: Talkative())
            .read(chunk, of: transcript, isLastTry: true) { _, _ in throw LanguageModelError(code: .refused, model: "m")
            }
        #expect(read.facts.count == 40)
        #expect(read.facts.count { $0.kind == .action } == 13)
        #expect(Set(read.facts.filter { $0.kind == .topic }.flatMap(\.utterances)).count == 13)
    }

    @Test("what a step stores is read again as it was")
    func stored() async throws {
        let read = try await read(.success("{\"facts\":[\(Self.good),{\"kind\":\"act"))
        let bytes = try JSONEncoder().encode(read)
        #expect(try JSONDecoder().decode(ChunkFacts.self, from: bytes) == read)
    }
}
