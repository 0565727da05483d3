import JSON
import TestSupport
import Testing

extension WholeSystemTests {
    @Suite("Several apps in one fleet")
    struct AppsTests {
        private static let second = "cli_fedcba9876543210"

        @Test("each has its own secrets, conversations, profile and usage, and answers with its own bot")
        func apps() async throws {
            let configuration = try SharedFile(
                """
                feishu:
                  apps:
                    - app_id: \(AssistantSystem.App.id)
                      app_secret: \(AssistantSystem.App.secret)
                    - app_id: \(Self.second)
                      app_secret: the-second-secret
                      encrypt_key: the-second-key
                      verification_token: the-second-token
                assistant:
                  profiles:
                    - {app_id: \(Self.second), prompt: You are the second.}
                """
            )
            let apps: JSONValue = [
                [
                    "id": .string(Self.second), "secret": "the-second-secret", "encrypt_key": "the-second-key",
                    "verification_token": "the-second-token", "name": "Second",
                ]
            ]
            let list = try SharedFile(apps.text)
            var options = AssistantSystem.Options(settings: ["AI_ASSISTANT_CONFIG": configuration.path])
            options.sandbox += ["--apps-file", list.path]
            try await AssistantSystem.with(model: { .text("Seen \($0.text)") }, options) { system, model in
                func say(_ text: String, to app: String?) async throws -> FakeModelRequest {
                    var body: JSONObject = ["user": "Maya", "text": .string(text)]
                    body["app"] = app.map(JSONValue.string)
                    let answer = try await system.sandbox.call("POST", "messages", .object(body))
                    let id = try #require(answer["message_id"]?.string)
                    let reply = try await system.sandbox.wholeReply(to: id)
                    let sender = try await system.sandbox.message(reply.messageID)["sender"]?.string
                    #expect(sender == app ?? AssistantSystem.App.id)
                    try await system.settled()
                    return try #require(model.tally.requests.last)
                }
                func told(_ request: FakeModelRequest) -> [String] {
                    request.messages.dropFirst().compactMap { $0["content"]?.string }
                }
                _ = try await say("one", to: nil)
                let other = try await say("two", to: Self.second)
                #expect(told(other) == ["two"])
                #expect(other.messages.first?["content"]?.string?.hasPrefix("You are the second.") == true)
                let third = try await say("three", to: nil)
                #expect(told(third) == ["one", "Seen one", "three"])
                #expect(third.messages.first?["content"]?.string?.contains("You are the second.") == false)
                #expect(told(try await say("four", to: Self.second)) == ["two", "Seen two", "four"])

                // In a group of both, each answers what mentions it.
                let body: JSONValue = [
                    "user": "Maya", "name": "Both", "members": ["Han"],
                    "apps": [.string(AssistantSystem.App.id), .string(Self.second)],
                ]
                let chat = try #require(try await system.sandbox.call("POST", "chats", body)["chat_id"]?.string)
                try await eventually("both greet") { try await system.sandbox.said(in: chat).count == 2 }
                let senders = try await system.sandbox.said(in: chat).compactMap { $0["sender"]?.string }
                #expect(Set(senders) == [AssistantSystem.App.id, Self.second])

                // What comes with one app's secrets is nothing to the other.
                let foreign = try SealedRequest(
                    MessageEvent(messageID: "om_1").envelope(eventID: "e1"),
                    key: AssistantSystem.App.encryptKey
                )
                let path = "/api/feishu/\(Self.second)/events"
                let refused = try await system.ask("POST", path, headers: foreign.headers, body: foreign.body)
                #expect(refused.status == 401)

                for (app, requests) in [(AssistantSystem.App.id, 2), (Self.second, 2)] {
                    let rows = try await system.table("usage", "--by", "model", "--app", app)
                    #expect(rows.map { $0["requests"]?.integer } == [Int64(requests)])
                }
                #expect(try await system.settled().dead == 0)
            }
        }
    }
}
