import Feishu
import JobQueue
import LanguageModel
import Redis
import TestSupport
import Testing

@testable import Assistant

@Suite("What minutes cost", .timeLimit(.minutes(1)))
struct LongWorkUsageTests {
    /// Facts for one chunk, then a summary of these.
    private static let replies: [ScriptedModel.Answer] = [
        .success(#"{"facts":[{"kind":"topic","text":"支付回调延迟","utterances":[1]}]}"#), .success("支付回调延迟。[1]"),
    ]

    private func usage(_ fixture: AnswerFixture, user: String? = "ou_1") async throws -> UsageSummary {
        try await fixture.parts.usage.summary(of: UsageAccount(appID: "cli_1", userID: user, chatID: "oc_1"))
    }

    @Test("is entered for the person and the chat, and what the model said is not paid for again by another attempt")
    func entered() async throws {
        let model = ScriptedModel(answers: Self.replies)
        try await AnswerFixture.with(model: model) { fixture in
            let busy = FeishuError(kind: .rateLimited, message: "", retryAfter: .milliseconds(20))
            fixture.chat.fail(with: busy, busy, busy, busy)
            try await fixture.write(Transcripts.chinese, id: "om_1")
            try await eventually("the minutes") { fixture.said(to: "om_1")?.words.contains("支付回调延迟。") == true }
            try await eventually("all is done") {
                try await fixture.redis.send(RedisCommand("KEYS", "{minutes}:inflight:*")).array?.isEmpty == true
            }
            #expect(fixture.chat.said.count == 1 && fixture.chat.replies > 4)
            #expect(model.requests.count == 2)
            let summary = try await usage(fixture)
            // The model tells no usage: the estimate is entered.
            #expect(summary.today.requests == 2 && summary.today.promptTokens > 100)
            #expect(summary.chatToday == summary.today)
        }
    }

    @Test("counts to budgets: once these are spent minutes are extracted, and say why")
    func budget() async throws {
        let model = ScriptedModel(answers: Self.replies)
        let budgets = UsageBudgets(user: .init(tokens: 100))
        try await AnswerFixture.with(model: model, budgets: budgets) { fixture in
            try await fixture.write(Transcripts.chinese, id: "om_1")
            // The facts spend it, so the summary is quoted.
            try await eventually("the minutes") {
                fixture.said(to: "om_1")?.words.contains("模型未能写出摘要") == true
            }
            try await fixture.write(Transcripts.chinese, id: "om_2")
            try await eventually("more minutes") {
                fixture.said(to: "om_2")?.words.contains("今天的模型预算已经用完") == true
            }
            #expect(fixture.said(to: "om_2")?.words.contains("李娜") == true)
            #expect(model.requests.count == 1)
            // Questions are refused, too.
            try await fixture.write("为什么？", id: "om_3")
            try await eventually("the refusal") {
                fixture.said(to: "om_3")?.footer?.contains("今天的 100 个 token 已经用完") == true
            }
        }
    }
}
