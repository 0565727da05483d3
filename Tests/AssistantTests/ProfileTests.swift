import Feishu
import JSON
import JobQueue
import LanguageModel
import TestSupport
import Testing

@testable import Assistant

@Suite("Profiles and groups")
struct ProfileTests {
    @Test("a rule holds for its app and its chats; later ones win")
    func rules() {
        let profiles = AssistantProfiles(
            rules: [
                .init(appID: "cli_1") { $0.prompt = "app" }, .init(chats: ["oc_1"]) { $0.prompt = "chat" },
                .init(appID: "cli_2", chats: ["oc_1"]) { $0.model = "m" },
            ]
        )
        #expect(profiles.settings(appID: "cli_1", chatID: "oc_2").prompt == "app")
        #expect(profiles.settings(appID: "cli_1", chatID: "oc_1").prompt == "chat")
        #expect(profiles.settings(appID: "cli_1", chatID: "oc_1").model == nil)
        #expect(profiles.settings(appID: "cli_2", chatID: "oc_1").model == "m")
        #expect(profiles.settings(appID: "cli_2", chatID: nil).prompt == nil)
    }

    @Test(
        "who is on a list, by person, department or chat, is answered; others are told that they may not ask",
        arguments: [
            ("users", "ou_1", true), ("departments", "od_sales", true), ("chats", "oc_1", true),
            ("users", "ou_2", false),
        ]
    )
    func allowed(list: String, id: String, isAnswered: Bool) async throws {
        var settings = AssistantSettings()
        switch list {
        case "users": settings.allowed.users = [id]
        case "departments": settings.allowed.departments = [id]
        default: settings.allowed.chats = [id]
        }
        let model = ScriptedModel(answers: [.success("yes")])
        try await AnswerFixture.with(model: model, profiles: AssistantProfiles(base: settings)) { fixture in
            try await fixture.write("may I?", id: "om_1")
            try await eventually("an answer") { fixture.said(to: "om_1") != nil }
            #expect((fixture.said(to: "om_1")?.answer == "yes") == isAnswered)
            #expect(model.requests.isEmpty != isAnswered)
        }
    }

    @Test(
        "which messages of a group are answered",
        arguments: [
            (AssistantSettings.GroupPolicy.mention, false, [true, false, false, false]),
            (.mention, true, [true, true, false, false]), (.always, false, [true, true, true, true]),
            (.keyword, false, [true, false, true, false]), (.off, true, [false, false, false, false]),
        ]
    )
    func groups(policy: AssistantSettings.GroupPolicy, everyone: Bool, expected: [Bool]) {
        var settings = AssistantSettings()
        settings.groupPolicy = policy
        settings.answersEveryone = everyone
        settings.keywords = ["Invoice"]
        let messages: [JSONValue] = [
            .message(text: "@_user_1 hi", chat: "group", mentions: ["ou_bot"]),
            .message(text: "@_all hi", chat: "group"),
            .message(text: "where is the invoice?", chat: "group"), .message(text: "hi", chat: "group"),
        ]
        let answered = messages.map { envelope in
            guard let message = MessageReceived(envelope: envelope) else { return false }
            if case .ignored = MessageRoute(message, botID: "ou_bot", settings: settings) { return false }
            return true
        }
        #expect(answered == expected)
    }

    @Test("in a group the model is told who speaks, now and of earlier turns")
    func speakers() async throws {
        let model = ScriptedModel(answers: [.success("yes")])
        try await AnswerFixture.with(model: model) { fixture in
            for number in 1...2 {
                let event = JSONValue.message(
                    text: "@_user_1 question \(number)",
                    chat: "group",
                    mentions: ["ou_bot"],
                    id: "om_\(number)"
                )
                try await fixture.producer.enqueue(FeishuEventJob.self, .init(appID: "cli_1", event: event))
                try await eventually("answer \(number)") { fixture.said(to: "om_\(number)")?.answer == "yes" }
                try await eventually("it is remembered") { try await fixture.state().turns.count == 2 * number }
            }
            let asked = model.requests[1].messages.map(\.content)
            #expect(asked.contains("Maya: question 1") && asked.last == "Maya: question 2")
        }
    }
}
