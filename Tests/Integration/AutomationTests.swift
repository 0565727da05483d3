import Foundation
import JSON
import TestSupport
import Testing

extension WholeSystemTests {
    @Suite("Rules run on events and at times")
    struct AutomationTests {
        private static let welcome = """
            rules:
              - name: welcome
                on: {event: im.chat.member.bot.added_v1}
                steps:
                  - task: {summary: "Prepare {{/event/name}}", due_in: 2d, assignees: ["{{/event/operator_id/open_id}}"]}
                  - say: {text: "Welcome to {{/event/name}}. {{previous}}"}
            """

        @Test(
            "a new group is welcomed and gets a task, once, though the event comes again and workers die at each step"
        )
        func welcome() async throws {
            let rules = try RulesFixture(Self.welcome)
            defer { rules.remove() }
            var options = AssistantSystem.Options()
            options.settings = ["AUTOMATION_RULES_FILE": rules.path, "WORKER_LEASE": "2"]
            try await AssistantSystem.with(options) { system in
                // Long enough to be killed while it makes the task, and while it says something.
                for path in ["/task/v2/tasks", "/im/v1/messages?"] {
                    let slow: JSONValue = ["kind": "latency", "path": .string(path), "count": 2, "milliseconds": 700]
                    try await system.sandbox.inject(slow)
                }
                let chat = try await system.sandbox.makeGroup("Falcon", by: "Maya")
                try await eventually("a task under way") {
                    try await system.sandbox.calls().byInterface["POST /open-apis/task/v2/tasks"] ?? 0 > 0
                }
                system.workers[0].kill()
                let event = try #require(try await system.events("im.chat.member.bot.added_v1").first)
                try await system.sandbox.redeliver(event, copies: 5)

                let second = try system.startWorker()
                try await eventually("a task that is there, and the step after it", within: .seconds(30)) {
                    guard try await !system.tasks().isEmpty else { return false }
                    return try await system.sandbox.calls().byInterface["POST /open-apis/im/v1/messages"] ?? 0 > 1
                }
                second.kill()
                try await system.sandbox.redeliver(event, copies: 5)
                _ = try system.startWorker()

                try await eventually("the welcome", within: .seconds(30)) {
                    try await system.said(in: chat).contains { $0.contains("Welcome to Falcon.") }
                }
                try await system.sandbox.redeliver(event, copies: 5)
                let census = try await system.settled()
                #expect(census.dead == 0)
                let tasks = try await system.tasks()
                #expect(tasks.map { $0["summary"]?.string } == ["Prepare Falcon"])
                #expect(tasks.first?["members"]?.array?.map { $0["name"]?.string } == ["Maya"])
                let said = try await system.said(in: chat).filter { $0.contains("Welcome to Falcon.") }
                #expect(said.count == 1 && said[0].contains("applink.feishu.cn"), "\(said)")
            }
        }

        /// A minute ago, as a schedule has it in UTC: what was missed for less than half an hour is made up for.
        private static var justNow: String {
            var calendar = Calendar(identifier: .gregorian)
            calendar.timeZone = .gmt
            let parts = calendar.dateComponents([.hour, .minute], from: Date(timeIntervalSinceNow: -60))
            return "\((parts.hour ?? 0) + 100):\((parts.minute ?? 0) + 100)".split(separator: ":")
                .map { String($0.suffix(2)) }.joined(separator: ":")
        }

        private static func everything(team: String, finance: String, ops: String) -> String {
            """
            report_chat: \(ops)
            rules:
              - name: approvals
                on:
                  event: approval_instance
                  where:
                    - {field: /event/approval_code, equals: LEAVE}
                    - {field: /event/status, equals: APPROVED}
                steps:
                  - ask: {prompt: "Explain this approval: {{/event}}"}
                  - say: {chat: \(finance), text: "{{previous}}"}
              - name: broken
                on:
                  event: approval_instance
                  where: [{field: /event/status, equals: REJECTED}]
                steps:
                  - say: {chat: \(finance), text: "{{/event/instance_code}} was rejected"}
                  - say: {chat: oc_nowhere, text: "nobody hears this"}
              - name: digest
                app: \(AssistantSystem.App.id)
                on: {schedule: daily, at: "\(justNow)", time_zone: UTC}
                steps:
                  - digest: {chat: \(team), hours: 2}
                  - say: {chat: \(team), text: "{{date}}: {{previous}}"}
            """
        }

        @Test("two workers: an approval is summed up, a digest comes once at its time, a failing step is told")
        func eventsAndTimes() async throws {
            let rules = try RulesFixture()
            defer { rules.remove() }
            try await FakeModelServer.with(
                answering: { request in
                    .text(request.text.contains("Sum up the chat") ? "They ship on Friday." : "The leave is granted.")
                },
                { model in
                    var options = AssistantSystem.Options(workers: 0)
                    // What is said now was said before the minute that the digest is for.
                    options.sandbox += ["--grant", "im:message.group_msg", "--clock-offset=-150"]
                    options.settings = [
                        "AUTOMATION_RULES_FILE": rules.path, "LLM_PROVIDER": "openai", "LLM_BASE_URL": model.url,
                        "LLM_MODEL": "fake-model",
                    ]
                    try await AssistantSystem.with(options) { try await Self.play($0, model, rules) }
                }
            )
        }

        private static func play(
            _ system: AssistantSystem,
            _ model: FakeModelServer,
            _ rules: RulesFixture
        ) async throws {
            var chats: [String] = []
            for name in ["Team", "Finance", "Ops"] { chats.append(try await system.sandbox.makeGroup(name)) }
            let team = try await system.sandbox.say("We ship on Friday.", in: "Release", mentioningBot: false)
            try rules.write(everything(team: team.chatID, finance: chats[1], ops: chats[2]))
            for _ in 0..<2 { _ = try system.startWorker() }

            // A time that passed.
            try await eventually("the digest", within: .seconds(30)) {
                try await system.said(in: team.chatID).contains { $0.contains("They ship on Friday.") }
            }

            // An approval, of which the app hears as soon as a worker has asked for it.
            func change(_ status: String, _ instance: String) async throws -> [String] {
                let change: JSONValue = [
                    "approval_code": "LEAVE", "instance_code": .string(instance), "status": .string(status),
                    "copies": 5,
                ]
                let answer = try await system.sandbox.call("POST", "approvals", change)
                return answer["event_ids"]?.array?.compactMap(\.string) ?? []
            }
            var events: [String] = []
            try await eventually("an event of the approval", within: .seconds(30)) {
                events = try await change("APPROVED", "I-42")
                return !events.isEmpty
            }
            try await eventually("the summary", within: .seconds(30)) {
                try await system.said(in: chats[1]).contains { $0.contains("The leave is granted.") }
            }
            let asked = try #require(model.tally.requests.first { $0.text.contains("Explain this approval") })
            #expect(asked.text.contains("I-42") && asked.text.contains("approval_instance"))

            // A step that cannot be done.
            _ = try await change("REJECTED", "I-43")
            try await eventually("the report", within: .seconds(30)) {
                try await system.said(in: chats[2]).contains { $0.contains("broken") }
            }
            let report = try #require(try await system.said(in: chats[2]).last { $0.contains("broken") })
            #expect(report.contains("step 2 (say)") && report.contains("Reference: "))
            try await system.sandbox.redeliver(try #require(events.first), copies: 5)
            // Another worker finds the time that passed, too.
            let third = try system.startWorker()
            try await third.says(#""message":"worker registered""#)

            let census = try await system.settled()
            #expect(census.dead == 1)
            let finance = try await system.said(in: chats[1])
            #expect(finance.count { $0.contains("The leave is granted.") } == 1)
            #expect(finance.count { $0.contains("I-43 was rejected") } == 1)
            #expect(try await system.said(in: chats[2]).count { $0.contains("broken") } == 1)
            let digests = try await system.said(in: team.chatID).filter { $0.contains("They ship on Friday.") }
            #expect(digests.count == 1)
            #expect(model.tally.requests.filter { $0.text.contains("We ship on Friday.") }.count == 1)
        }
    }
}
