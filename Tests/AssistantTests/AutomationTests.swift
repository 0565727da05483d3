import Feishu
import Foundation
import JSON
import JobQueue
import LanguageModel
import NIOConcurrencyHelpers
import Redis
import TestSupport
import Testing
import TimeZones

@testable import Assistant

/// Hands an event to the rules, as the job for events does.
private struct EventJob: Job {
    static let name: TaskName = "test.event"
    static let queue: QueueName = "interactive"

    struct Arguments: Codable, Sendable { let event: JSONValue }

    let book: RuleBook

    func run(_ arguments: Arguments, in context: JobContext) async throws -> NoOutput {
        try await context.runRules(book.rules, on: arguments.event, ofApp: "cli_1")
        return NoOutput()
    }
}

@Suite("Automation on a real Redis")
struct AutomationTests {
    private func withRules(
        _ yaml: String,
        model: any LanguageModel = ScriptedModel(answers: [.success("答复")]),
        budgets: UsageBudgets = UsageBudgets(),
        answer: @escaping @Sendable (ScriptedFeishu.Call) -> (Int, String)? = { _ in nil },
        _ body: (ScriptedFeishu, RuleBook) async throws -> Void
    ) async throws {
        let book = RuleBook(try Rules(yaml: yaml, zone: .shanghai))
        try await ScriptedFeishu.with(
            answer: answer,
            register: { registry, feishu in
                registry.register(
                    AutomationJob(
                        book: book,
                        model: model,
                        usage: Self.ledger(feishu.redis, budgets),
                        workplace: FeishuWorkplace(clients: [feishu.client]),
                        zone: .shanghai
                    )
                )
                registry.register(EventJob(book: book))
            }
        ) { try await body($0, book) }
    }

    private static func ledger(_ redis: RedisClient, _ budgets: UsageBudgets = .init()) -> RedisUsageLedger {
        RedisUsageLedger(
            redis: redis,
            budgets: budgets,
            calendar: UsageCalendar(utcOffset: .seconds(28_800)),
            now: { 1_795_600_000_000 }
        )
    }

    private func event(_ id: String = "e1", _ members: JSONValue = ["chat_id": "oc_1", "name": "项目*组*"])
        -> EventJob.Arguments
    {
        .init(event: ["schema": "2.0", "header": ["event_type": "t", "event_id": .string(id)], "event": members])
    }

    private let welcome = """
        rules:
          - name: welcome
            on: {event: t}
            steps:
              - task: {summary: "准备 {{/event/name}}", due_in: 1d, assignees: [ou_1]}
              - ask: {prompt: "欢迎 {{/event/name}}"}
              - say: {markdown: "{{/event/name}}：{{previous}}"}
              - say: {chat: oc_2, text: "{{/event/name}} 好"}
        """

    @Test("a chain of steps runs once for an event, however often it is delivered")
    func chain() async throws {
        let model = ScriptedModel(answers: [.success("**答复**")])
        try await withRules(welcome, model: model) { feishu, _ in
            for _ in 0..<20 { try await feishu.producer.enqueue(EventJob.self, event()) }
            try await eventually("both are said") { feishu.said.count == 2 }
            try await eventually("all is over") { try await feishu.count("LLEN", "background") == 0 }
            #expect(
                feishu.calls.map(\.path).map { $0.prefix { $0 != "?" } }.sorted() == [
                    "/open-apis/im/v1/messages", "/open-apis/im/v1/messages", "/open-apis/task/v2/tasks",
                ]
            )
            #expect(Set(feishu.said) == ["项目\\*组\\*：**答复**", "项目*组* 好"])
            let task = try #require(feishu.calls.first { $0.path.contains("task") }?.body)
            #expect(task["summary"] == "准备 项目*组*" && task["members"]?.array?.first?["id"] == "ou_1")
            #expect(task["client_token"]?.string?.isEmpty == false && task["due"]?["timestamp"]?.string != nil)
            #expect(feishu.calls.compactMap { $0.body["receive_id"]?.string }.sorted() == ["oc_1", "oc_2"])
            #expect(model.requests.count == 1)
            #expect(model.requests.first?.messages.last?.content == "欢迎 项目*组*")
        }
    }

    @Test("what a rule asks a model is entered for the event's chat, and a spent budget ends the rule")
    func usage() async throws {
        let model = ScriptedModel(answers: [.success("答复")])
        let budgets = UsageBudgets(chat: .init(tokens: 1))
        try await withRules("report_chat: oc_ops\n" + welcome, model: model, budgets: budgets) { feishu, _ in
            try await feishu.producer.enqueue(EventJob.self, event("e1"))
            try await eventually("both are said") { feishu.said.count == 2 }
            let rows = try await Self.ledger(feishu.redis).table(by: .chat, ofApp: "cli_1", days: 1, atMost: 9)
            #expect(rows.map(\.name) == ["oc_1"])
            #expect(rows.first?.totals.requests == 1 && rows.first?.totals.tokens ?? 0 > 5)
            try await feishu.producer.enqueue(EventJob.self, event("e2"))
            try await eventually("a dead letter") { try await feishu.count("LLEN", "{background}:dead") == 1 }
            #expect(feishu.calls.last?.body["receive_id"] == "oc_ops")
            #expect(model.requests.count == 1)
        }
    }

    @Test("a step that failed is tried again, and those before it are not")
    func retry() async throws {
        let failures = NIOLockedValueBox(2)
        let model = ScriptedModel(answers: [.success("答复")])
        try await withRules(
            welcome,
            model: model,
            answer: { call in
                guard call.body["receive_id"] == "oc_2" else { return nil }
                return failures.withLockedValue { left in
                    guard left > 0 else { return nil }
                    left -= 1
                    return (500, "{}")
                }
            }
        ) { feishu, _ in
            try await feishu.producer.enqueue(EventJob.self, event())
            try await eventually("the last step", within: .seconds(20)) {
                feishu.calls.count { $0.body["receive_id"] == "oc_2" } == 3
            }
            #expect(feishu.calls.count { $0.body["receive_id"] == "oc_1" } == 1)
            #expect(feishu.calls.count { $0.path.contains("task") } == 1)
            #expect(model.requests.count == 1)
        }
    }

    @Test("a rule that fails for good is told where the file says, and is a dead letter")
    func failure() async throws {
        let yaml = "report_chat: oc_ops\n" + welcome
        let model = ScriptedModel(answers: [.failure(LanguageModelError(code: .unauthorised, model: "m"))])
        try await withRules(yaml, model: model) { feishu, _ in
            try await feishu.producer.enqueue(EventJob.self, event())
            try await eventually("a dead letter") { try await feishu.count("LLEN", "{background}:dead") == 1 }
            #expect(feishu.calls.last?.body["receive_id"] == "oc_ops")
            #expect(feishu.said.count == 1 && feishu.said[0].contains("welcome") && feishu.said[0].contains("第 2 步"))
        }
    }

    @Test("an event without a chat fails where a step needs one, and one for no rule does nothing")
    func noChat() async throws {
        try await withRules("rules: [{name: r, on: {event: t}, steps: [{say: {text: x}}]}]") { feishu, _ in
            try await feishu.producer.enqueue(EventJob.self, event("e1", ["name": "x"]))
            try await eventually("a dead letter") { try await feishu.count("LLEN", "{background}:dead") == 1 }
            #expect(feishu.calls.isEmpty)
        }
    }
}

@Suite("Approvals that rules wait for")
struct ApprovalSubscriptionsTests {
    @Test("are asked for once each, again only where that failed, and asked for before is as good")
    func subscribing() async throws {
        let yaml = """
            rules:
              - name: a
                on:
                  event: approval_instance
                  where: [{field: /event/approval_code, equals: ONE}, {field: /event/status, equals: APPROVED}]
                steps: [{say: {chat: oc_1, text: x}}]
              - {name: b, on: {event: approval_task, where: [{field: /event/approval_code, equals: TWO}]}, steps: [{say: {chat: oc_1, text: x}}]}
              - {name: c, on: {event: approval_task, where: [{field: /event/approval_code, equals: ONE}]}, steps: [{say: {chat: oc_1, text: x}}]}
              - {name: d, app: cli_2, on: {event: approval_task, where: [{field: /event/approval_code, equals: NO}]}, steps: [{say: {chat: oc_1, text: x}}]}
              - {name: e, on: {event: t, where: [{field: /event/approval_code, equals: NO}]}, steps: [{say: {chat: oc_1, text: x}}]}
              - {name: f, on: {event: approval_task, where: [{field: /event/approval_code, contains: NO}]}, steps: [{say: {chat: oc_1, text: x}}]}
            """
        let book = RuleBook(try Rules(yaml: yaml, zone: .shanghai))
        let failures = NIOLockedValueBox(1)
        try await ScriptedFeishu.with(
            answer: { call in
                if call.path.contains("/ONE/") { return (400, #"{"code":1390007,"msg":"subscription existed"}"#) }
                let fails = failures.withLockedValue { left in
                    left -= 1
                    return left >= 0
                }
                return fails ? (400, #"{"code":99991672,"msg":"m"}"#) : nil
            },
            register: { _, _ in }
        ) { feishu in
            let subscriptions = ApprovalSubscriptions(book: book, clients: [feishu.client], logger: .silent)
            for _ in 0..<3 { await subscriptions.subscribe() }
            let asked = feishu.calls.map(\.path).map { $0.split(separator: "/").suffix(2).joined(separator: "/") }
            #expect(asked == ["ONE/subscribe", "TWO/subscribe", "TWO/subscribe"])
        }
    }
}

@Suite("The file of rules")
struct RulesFileTests {
    @Test("is read again when it changes; a wrong one changes nothing")
    func reload() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "rules-\(UUID()).yaml")
        defer { try? FileManager.default.removeItem(at: file) }
        func write(_ name: String, _ step: String = "{say: {text: x}}") throws {
            let yaml = "rules: [{name: \(name), on: {event: p2p_chat_create}, steps: [\(step)]}]"
            try Data(yaml.utf8).write(to: file)
        }
        let book = RuleBook()
        let watch = RulesFile(path: file.path, book: book, zone: .shanghai, logger: .silent)
        await watch.refresh()
        #expect(book.rules.rules.isEmpty)
        try write("one")
        await watch.refresh()
        #expect(book.rules.rules.map(\.name) == ["one"])
        try write("two", "{shout: x}")
        await watch.refresh()
        #expect(book.rules.rules.map(\.name) == ["one"])
        try FileManager.default.removeItem(at: file)
        await watch.refresh()
        #expect(book.rules.rules.map(\.name) == ["one"])
        try write("three")
        await watch.refresh()
        #expect(book.rules.rules.map(\.name) == ["three"])
        #expect(throws: RuleProblems.self) { try RulesFile.rules(at: "/nowhere/rules.yaml", zone: .shanghai) }
        // The gateway keeps such an event from the worker, so the rule would never run.
        try Data("rules: [{name: r, on: {event: no.such.event_v1}, steps: [{say: {text: x}}]}]".utf8).write(to: file)
        let problems = #expect(throws: RuleProblems.self) { try RulesFile.rules(at: file.path, zone: .shanghai) }
        #expect(problems?.problems.map(\.path) == ["rules[0].on.event"])
    }
}
