import Feishu
import JobQueue
import LanguageModel
import Redis
import TestSupport
import Testing

@testable import Assistant

@Suite("What minutes cost", .timeLimit(.minutes(1)))
struct LongWorkUsageTests {
    private static let reply = #"{"summary":[{"text":"支付回调延迟","utterances":[1]}]}"#

    private func usage(_ fixture: AnswerFixture, user: String? = "ou_1") async throws -> UsageSummary {
        try await fixture.parts.usage.summary(of: UsageAccount(appID: "cli_1", userID: user, chatID: "oc_1"))
    }

    @Test("is entered for the person and the chat, and what the model said is not paid for again by another attempt")
    func entered() async throws {
        let model = ScriptedModel(answers: [.success(Self.reply)])
        try await AnswerFixture.with(model: model) { fixture in
            fixture.chat.fail(
                with: FeishuError(kind: .rateLimited, message: "", retryAfter: .milliseconds(20)),
                FeishuError(kind: .rateLimited, message: "", retryAfter: .milliseconds(20))
            )
            try await fixture.write(Transcripts.chinese, id: "om_1")
            try await eventually("the minutes") { fixture.chat.said.count == 1 }
            try await eventually("all is done") {
                try await fixture.redis.send(RedisCommand("KEYS", "{minutes}:inflight:*")).array?.isEmpty == true
            }
            #expect(fixture.chat.replies == 3)
            #expect(model.requests.count == 1)
            let summary = try await usage(fixture)
            // The model tells no usage: the estimate is entered.
            #expect(summary.today.requests == 1 && summary.today.promptTokens > 100)
            #expect(summary.chatToday == summary.today)
        }
    }

    @Test("counts to budgets: once these are spent minutes are extracted, and say why")
    func budget() async throws {
        let model = ScriptedModel(answers: [.success(Self.reply)])
        let budgets = UsageBudgets(user: .init(tokens: 100))
        try await AnswerFixture.with(model: model, budgets: budgets) { fixture in
            try await fixture.write(Transcripts.chinese, id: "om_1")
            try await eventually("the minutes") { fixture.said(to: "om_1") != nil }
            try await fixture.write(Transcripts.chinese, id: "om_2")
            try await eventually("more minutes") { fixture.said(to: "om_2") != nil }
            guard case .markdown(let text, _)? = fixture.said(to: "om_2")?.reply else { return }
            #expect(text.contains("今天的模型预算已经用完") && text.contains("李娜"))
            #expect(model.requests.count == 1)
            // Questions are refused, too.
            try await fixture.write("为什么？", id: "om_3")
            try await eventually("the refusal") {
                fixture.said(to: "om_3")?.footer?.contains("今天的 100 个 token 已经用完") == true
            }
        }
    }
}
