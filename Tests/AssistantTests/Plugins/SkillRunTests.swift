import Feishu
import JSON
import JobQueue
import LanguageModel
import NIOConcurrencyHelpers
import Plugins
import Redis
import TestSupport
import Testing

@testable import Assistant

@Suite("Calls of plugins", .timeLimit(.minutes(1)))
struct SkillRunTests {
    private let model = OfflineModel(language: .chinese)

    private func said(_ fixture: AnswerFixture, to messageID: String) -> [Reply] {
        fixture.chat.said.filter { $0.target.messageID == messageID }.map(\.reply)
    }

    @Test("a command is answered by its plugin with all that it may see, and the model is not asked")
    func command() async throws {
        let plugins = FakePlugins([try .sample()]) { _, call in
            .success(["reply_message": ["markdown": .string("\(call.content): sunny")], "state": ["last": "北京"]])
        }
        try await AnswerFixture.with(model: model, plugins: plugins) { fixture in
            try await fixture.write("/weather 北京", id: "om_1", inGroup: true)
            try await eventually("the answer") {
                said(fixture, to: "om_1") == [.markdown("北京: sunny")]
            }
            try await eventually("all is done") { try await fixture.isIdle() }
            let call = try #require(plugins.calls.first)
            #expect(call.cause == .command(name: "weather", arguments: "北京"))
            #expect(call.language == "zh-CN")
            #expect(call.message?.text == "/weather 北京" && call.message?.id == "om_1")
            #expect(call.chat == .init(id: "oc_1", isGroup: true))
            #expect(call.sender?.name == "Maya")
            #expect(call.mentions.isEmpty, "the bot's own mention is none")
            #expect(call.state == nil)
            #expect(call.idempotencyKey == "\(call.requestID)/call")
            #expect(fixture.chat.reactions.isEmpty)

            try await fixture.write("/weather 上海", id: "om_2", inGroup: true)
            try await eventually("the second answer") { !said(fixture, to: "om_2").isEmpty }
            #expect(plugins.calls.last?.state == ["last": "北京"])
        }
    }

    @Test("own commands cannot be taken away, and what no plugin waits for is answered by the model")
    func ownCommands() async throws {
        let triggers: JSONObject = [
            "triggers": [["type": "command", "name": "help", "aliases": ["minutes", "new"]]]
        ]
        let plugins = FakePlugins([try .sample("greedy", triggers)])
        try await AnswerFixture.with(model: model, plugins: plugins) { fixture in
            for (index, text) in ["/help", "/new", "/minutes", "你好"].enumerated() {
                try await fixture.write(text, id: "om_\(index)")
                try await eventually("an answer to \(text)") { fixture.said(to: "om_\(index)") != nil }
            }
            #expect(plugins.calls.isEmpty)
        }
    }

    @Test("several parts come in their order, also where the chat fails between them, and the plugin is called once")
    func parts() async throws {
        let plugins = FakePlugins([try .sample()]) { _, _ in
            .success([
                "reply_message": [
                    "one", ["markdown": "[two](https://evil.example)"], ["card": ["schema": "2.0"]],
                    ["file": ["name": "a.csv", "content_base64": .string(String(repeating: "QUJD", count: 300_000))]],
                ]
            ])
        }
        try await AnswerFixture.with(model: model, plugins: plugins) { fixture in
            fixture.chat.fail(with: [FeishuError(kind: .busy, message: "later")])
            try await fixture.write("/weather", id: "om_1")
            try await eventually("all parts") { said(fixture, to: "om_1").count == 4 }
            try await eventually("all is done") { try await fixture.isIdle() }
            #expect(plugins.calls.count == 1)
            let parts = said(fixture, to: "om_1")
            #expect(parts.contains(.text("one")))
            #expect(parts.contains(.markdown("[two](https://evil.example) (evil.example)")))
            #expect(parts.contains { if case .file("a.csv", let bytes) = $0 { bytes.count == 900_000 } else { false } })
        }
    }

    @Test(
        "what becomes of a call is told in the person's language",
        arguments: [
            (PluginFailure.timedOut, "没有按时回答"), (.crashed, "意外退出"), (.tooLarge, "太大"), (.notJSON, "无法理解"),
            (.refused(words: "没有这个城市"), "没有这个城市"), (.open(retryAfter: .seconds(9)), "暂时停止调用"),
        ]
    )
    func failures(failure: PluginFailure, words: String) async throws {
        let plugins = FakePlugins([try .sample()]) { _, _ in .failure(failure) }
        try await AnswerFixture.with(model: model, plugins: plugins) { fixture in
            try await fixture.write("/weather 北京", id: "om_1")
            try await eventually("the word") {
                guard case .text(let text)? = said(fixture, to: "om_1").first else { return false }
                return text.contains(words)
            }
            try await eventually("all is done") { try await fixture.isIdle() }
            #expect(plugins.calls.count == 1, "one that is not idempotent is not called again")
            #expect(said(fixture, to: "om_1").count == 1)
            #expect(fixture.chat.reactions.isEmpty)
        }
    }

    @Test("a plugin that is idempotent is called again with the same key after what may pass")
    func idempotent() async throws {
        let tries = NIOLockedValueBox(0)
        let plugins = FakePlugins([try .sample("weather", ["idempotent": true])]) { _, _ in
            let count = tries.withLockedValue { count in
                count += 1
                return count
            }
            return count == 1 ? .failure(.unreachable) : .success(["reply_message": "sunny"])
        }
        try await AnswerFixture.with(model: model, plugins: plugins) { fixture in
            try await fixture.write("/weather 北京", id: "om_1")
            try await eventually("the answer") { said(fixture, to: "om_1") == [.text("sunny")] }
            #expect(Set(plugins.calls.map(\.idempotencyKey)).count == 1 && plugins.calls.count == 2)
        }
    }

    @Test("the command of one that is disabled gets a word, and its keyword goes to the model")
    func disabled() async throws {
        let triggers: JSONObject = [
            "triggers": [["type": "command", "name": "weather"], ["type": "keyword", "words": ["rain"]]]
        ]
        let plugins = FakePlugins([try .sample("weather", triggers, .disabled)])
        try await AnswerFixture.with(model: model, plugins: plugins) { fixture in
            try await fixture.write("/weather in English please", id: "om_1")
            try await eventually("the word") { fixture.said(to: "om_1") != nil }
            #expect(said(fixture, to: "om_1").count == 1)
            try await fixture.write("rain?", id: "om_2")
            try await eventually("the model's answer") { fixture.said(to: "om_2")?.answer != nil }
            #expect(plugins.calls.isEmpty)
        }
    }

    @Test("a sensitive one is called once the person who asked says so", arguments: [true, false])
    func sensitive(isApproved: Bool) async throws {
        let plugins = FakePlugins([try .sample("weather", ["sensitive": true])])
        try await AnswerFixture.with(model: model, plugins: plugins) { fixture in
            try await fixture.write("/weather 北京", id: "om_1")
            try await eventually("the question") { fixture.said(to: "om_1")?.buttons == ["approve", "deny"] }
            #expect(plugins.calls.isEmpty)
            let task = TaskID.derived(from: "skill.run:cli_1:om_1").rawValue
            try await fixture.press("approve", ofTask: task, event: "ev_0", by: "ou_other")
            try await eventually("nobody else decides") { try await fixture.isIdle() }
            #expect(plugins.calls.isEmpty)
            for number in 1...2 {
                try await fixture.press(isApproved ? "approve" : "deny", ofTask: task, event: "ev_\(number)")
            }
            try await fixture.press(isApproved ? "deny" : "approve", ofTask: task, event: "ev_3")
            if isApproved {
                try await eventually("the answer") { said(fixture, to: "om_1").contains(.text("done")) }
            }
            try await eventually("all is done") { try await fixture.isIdle() }
            #expect(plugins.calls.count == (isApproved ? 1 : 0))
        }
    }

    @Test("an event calls the plugins that wait for its type, once, and the answer goes to its chat")
    func events() async throws {
        let type = "im.chat.member.user.added_v1"
        let triggers: JSONObject = ["triggers": [["type": "event", "event_types": [.string(type)]]]]
        let plugins = FakePlugins([try .sample("greeter", triggers), try .sample("other")])
        try await AnswerFixture.with(model: model, plugins: plugins) { fixture in
            for _ in 1...2 { try await fixture.raise(type, ["chat_id": "oc_9", "users": []]) }
            try await eventually("the greeting") { fixture.chat.said.contains { $0.target.chatID == "oc_9" } }
            try await eventually("all is done") { try await fixture.isIdle() }
            #expect(plugins.calls.map(\.cause) == [.event(type: type, body: ["chat_id": "oc_9", "users": []])])
        }
    }

    private static let reaction = "im.message.reaction.created_v1"
    private static let added = "im.chat.member.user.added_v1"

    /// Raises an event with what the settings say of who is served, and returns how often a plugin was called for it.
    private func calls(
        _ type: String,
        _ event: JSONValue,
        _ members: JSONObject = [:],
        change: (inout AssistantSettings) -> Void
    ) async throws -> Int {
        var settings = AssistantSettings()
        change(&settings)
        var manifest: JSONObject = ["triggers": [["type": "event", "event_types": [.string(type)]]]]
        for member in members.members { manifest[member.key] = member.value }
        let plugins = FakePlugins([try .sample("watcher", manifest)])
        try await AnswerFixture.with(model: model, profiles: AssistantProfiles(base: settings), plugins: plugins) {
            try await $0.raise(type, event)
            let fixture = $0
            try await eventually("all is done") { try await fixture.isIdle() }
        }
        return plugins.calls.count
    }

    @Test(
        "an event of nobody who may use the assistant calls no plugin",
        arguments: [
            (Self.reaction, #"{"user_id": {"open_id": "ou_1"}, "operator_type": "user"}"#, 1),
            (Self.reaction, #"{"user_id": {"open_id": "ou_2"}, "operator_type": "user"}"#, 0),
            (Self.added, #"{"chat_id": "oc_1", "operator_id": {"open_id": "ou_2"}}"#, 1),
            (Self.added, #"{"chat_id": "oc_2", "operator_id": {"open_id": "ou_1"}}"#, 1),
            (Self.added, #"{"chat_id": "oc_2", "operator_id": {"open_id": "ou_2"}}"#, 0),
            ("card.action.trigger", #"{"operator": {"open_id": "ou_2"}, "context": {"open_chat_id": "oc_2"}}"#, 0),
            ("card.action.trigger", #"{"operator": {"open_id": "ou_2"}, "context": {"open_chat_id": "oc_1"}}"#, 1),
            ("application.bot.menu_v6", #"{"operator": {"operator_id": {"open_id": "ou_1"}}, "event_key": "x"}"#, 1),
            ("application.bot.menu_v6", #"{"operator": {"operator_id": {"open_id": "ou_2"}}, "event_key": "x"}"#, 0),
            ("contact.department.created_v3", "{}", 0),
        ]
    )
    func admission(type: String, event: String, count: Int) async throws {
        let found = try await calls(type, try JSONValue(parsing: event)) {
            $0.allowed.users = ["ou_1"]
            $0.allowed.chats = ["oc_1"]
        }
        #expect(found == count)
    }

    @Test(
        "where the assistant is silent in groups, only events of direct chats call plugins",
        arguments: [
            (Self.added, #"{"chat_id": "oc_1", "operator_id": {"open_id": "ou_1"}}"#, 0),
            ("im.chat.access_event.bot_p2p_chat_entered_v1", #"{"chat_id": "oc_1"}"#, 1),
            (Self.reaction, #"{"user_id": {"open_id": "ou_1"}, "operator_type": "user"}"#, 1),
        ]
    )
    func silentGroups(type: String, event: String, count: Int) async throws {
        #expect(try await calls(type, try JSONValue(parsing: event)) { $0.groupPolicy = .off } == count)
    }

    @Test("what bots do calls no plugin, and a sensitive one is not called where there is nobody to ask")
    func loops() async throws {
        let own: JSONValue = ["operator_type": "app", "app_id": "cli_1", "message_id": "om_1"]
        #expect(try await calls(Self.reaction, own) { _ in } == 0)
        let person: JSONValue = ["operator_type": "user", "user_id": ["open_id": "ou_1"]]
        #expect(try await calls(Self.reaction, person) { _ in } == 1)
        #expect(try await calls(Self.reaction, person, ["sensitive": true]) { _ in } == 0)
    }

    @Test("a plugin is called again as it asked")
    func jobs() async throws {
        let plugins = FakePlugins([try .sample()]) { _, call in
            call.cause == .job
                ? .success(["reply_message": .string("later: \(call.content)")])
                : .success(["jobs": [["delay": 0, "message_content": "look again"]]])
        }
        try await AnswerFixture.with(model: model, plugins: plugins) { fixture in
            try await fixture.write("/weather", id: "om_1")
            try await eventually("the later answer") {
                said(fixture, to: "om_1") == [.text("later: look again")]
            }
        }
    }

    @Test("times become periodic jobs, one for each chat; what cannot be used is left out")
    func times() throws {
        let triggers: JSONObject = [
            "triggers": [
                ["type": "schedule", "name": "早上", "cron": "0 8 * * *", "chat_ids": ["oc_1", "oc_2"]],
                ["type": "schedule", "name": "never", "cron": "nonsense", "chat_ids": ["oc_1"]],
            ]
        ]
        let board = PluginBoard([try .sample("weather", triggers), try .sample("off", triggers, .disabled)])
        let jobs = PluginTimes.jobs(of: board, appID: "cli_1", zone: "Asia/Shanghai", logger: .silent)
        #expect(jobs.all.count == 2)
        #expect(Set(jobs.all.map(\.name)).count == 2)
        #expect(jobs.all.allSatisfy { $0.name.hasPrefix("plugins:weather:") })
    }
}
