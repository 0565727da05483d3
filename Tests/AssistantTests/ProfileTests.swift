import Feishu
import JSON
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
}
