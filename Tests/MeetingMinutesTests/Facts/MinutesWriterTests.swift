import MeetingMinutes
import LanguageModel
import Logging
import Testing
import TestSupport

@Suite("Minutes by a model")
struct MinutesWriterTests {
    private let transcript = TranscriptParser().parse(Transcripts.chinese)

    private func minutes(_ answers: String..., partTokens: Int = 6_000) async throws -> Minutes {
        let model = ScriptedModel(answers: answers.map { .success($0) })
        return try await MinutesWriter(model: model, logger: .silent, partTokens: partTokens).minutes(of: transcript)
    }

    @Test("keeps what rests on the transcript and takes out what was invented")
    func grounding() async throws {
        let minutes = try await minutes(
            """
            Here you are:
            ```json
            {"summary":[{"text":"讨论了支付回调延迟","utterances":[1,2]},{"text":"凭空","utterances":[99]},{"text":"没有出处"}],
             "decisions":[{"text":"消费者扩到十二个","utterances":["#4"]}],
             "actions":[{"text":"扩容","owner":"李娜","due":"下周三前","utterances":[5]},
                        {"text":"告警","owner":"陈总","due":"12月1日","utterances":[6]},
                        {"text":"下线方案","owner":"小刘","due":"月底前","utterances":12}],
             "questions":"none"}
            ```
            """
        )
        #expect(minutes.summary == [.init(text: "讨论了支付回调延迟", utterances: [1, 2])])
        #expect(minutes.decisions == [.init(text: "消费者扩到十二个", utterances: [4])])
        #expect(minutes.actions.map(\.owner) == ["李娜", nil, "小刘"])
        #expect(minutes.actions.map(\.due) == ["下周三前", nil, "月底前"])
        #expect(minutes.source == .model("scripted") && minutes.extractedParts.isEmpty)
    }

    @Test(
        "a part whose answer is unusable is covered by extraction, and named",
        arguments: ["I cannot do that.", "{\"summary\":[", "{}", "", "{\"summary\":[{\"text\":1,\"utterances\":[1]}]}"]
    )
    func unusable(answer: String) async throws {
        let minutes = try await minutes(answer)
        #expect(minutes.extractedParts == [1...13])
        #expect(minutes.actions.contains { $0.owner == "李娜" && $0.line.utterances == [5] })
        #expect(MinutesDocument(minutes, of: transcript).markdown.contains("#1–#13"))
    }

    @Test("asks for each part once, and each utterance is in one part, in order")
    func parts() async throws {
        let model = ScriptedModel { request in
            .success(#"{"summary":[{"text":"要点","utterances":[\#(ScriptedModel.firstNumber(in: request))]}]}"#)
        }
        let minutes = try await MinutesWriter(model: model, logger: .silent, partTokens: 60).minutes(of: transcript)
        let numbers = model.requests
            .map { $0.messages[1].content.split(separator: "\n").filter { $0.hasPrefix("#") } }
            .map { $0.compactMap { Int($0.dropFirst().prefix { $0.isNumber }) } }
            .sorted { $0[0] < $1[0] }
        #expect(numbers.count > 3)
        #expect(numbers.flatMap { $0 } == Array(1...13))
        #expect(minutes.summary.map(\.utterances) == minutes.summary.map(\.utterances).sorted { $0[0] < $1[0] })
    }

    @Test("an error that concerns one part is covered, any other is thrown")
    func errors() async throws {
        for code in [LanguageModelError.Code.refused, .contextTooLong] {
            let model = ScriptedModel(answers: [.failure(LanguageModelError(code: code, model: "m"))])
            let minutes = try await MinutesWriter(model: model, logger: .silent).minutes(of: transcript)
            #expect(minutes.extractedParts == [1...13])
        }
        let model = ScriptedModel(answers: [.failure(LanguageModelError(code: .rateLimited, model: "m"))])
        let error = await #expect(throws: LanguageModelError.self) {
            _ = try await MinutesWriter(model: model, logger: .silent).minutes(of: transcript)
        }
        #expect(error?.code == .rateLimited)
    }
}
