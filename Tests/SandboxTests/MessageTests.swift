import FeishuSandbox
import JSON
import Testing

@Suite("Changing messages", .timeLimit(.minutes(1)))
struct MessageTests {
    private static let unlimited: SandboxConfiguration = {
        var configuration = SandboxConfiguration(verifiesEventURL: false)
        configuration.rates = .none
        return configuration
    }()

    private static func events(_ sandbox: RunningSandbox, _ type: String) async throws -> Int64 {
        try await sandbox.call("GET", "/sandbox/stats").json["events"]?[type]?.integer ?? 0
    }

    @Test("reactions of bots and people are told to the bots in the chat, once each")
    func reactions() async throws {
        try await RunningSandbox.with { sandbox in
            let token = try await sandbox.token()
            let spoken = try sandbox.say()
            let path = "/open-apis/im/v1/messages/\(spoken.messageID)/reactions"
            let body: JSONValue = ["reaction_type": ["emoji_type": "OnIt"]]
            let first = try await sandbox.call("POST", path, body, token: token)
            let second = try await sandbox.call("POST", path, body, token: token)
            #expect(first.json["data"]?["reaction_id"] == second.json["data"]?["reaction_id"])
            let unknown = try await sandbox.call("POST", path, ["reaction_type": ["emoji_type": "onit"]], token: token)
            #expect(unknown.code == 231_001)
            let control = "/sandbox/messages/\(spoken.messageID)/reactions"
            let person = try await sandbox.call("POST", control, ["user": "Ben", "emoji": "THUMBSUP"])
            let foreign = try #require(person.json["reaction_id"]?.string)
            #expect(try await sandbox.call("DELETE", "\(path)/\(foreign)", token: token).code == 231_007)
            _ = try await sandbox.call("POST", control, ["user": "Ben", "emoji": "THUMBSUP", "added": false])
            #expect(try await Self.events(sandbox, "im.message.reaction.created_v1") == 2)
            #expect(try await Self.events(sandbox, "im.message.reaction.deleted_v1") == 1)
            // The bot's own reaction is no work for a test to wait for: the message and Ben's two are.
            let stats = try await sandbox.call("GET", "/sandbox/stats").json
            #expect(stats["deliveries"]?["sending"] == 3)
            #expect(try await sandbox.call("GET", path, token: token).json["data"]?["items"]?.array?.count == 1)
        }
    }

    @Test("a text of the bot is edited twenty times and no more, by its app alone")
    func edits() async throws {
        try await RunningSandbox.with(Self.unlimited) { sandbox in
            let token = try await sandbox.token()
            let spoken = try sandbox.say()
            let sent = try await sandbox.send(to: spoken.chatID, token: token)
            let path = "/open-apis/im/v1/messages/\(try #require(sent.json["data"]?["message_id"]?.string))"
            for number in 1...20 {
                let body: JSONValue = ["msg_type": "text", "content": .string("{\"text\":\"\(number)\"}")]
                let edited = try await sandbox.call("PUT", path, body, token: token)
                #expect(edited.json["data"]?["updated"] == true)
            }
            let body: JSONValue = ["msg_type": "text", "content": #"{"text":"21"}"#]
            #expect(try await sandbox.call("PUT", path, body, token: token).code == 230_072)
            let foreign = "/open-apis/im/v1/messages/\(spoken.messageID)"
            #expect(try await sandbox.call("PUT", foreign, body, token: token).code == 230_071)
        }
    }

    @Test("a person's edit tells nobody, but reading the message shows it")
    func personEdits() async throws {
        let time = TestTime()
        try await RunningSandbox.with(time: time.cloudTime) { sandbox in
            let spoken = try sandbox.say("first")
            time.advance(.seconds(5))
            let edit = try await sandbox.call("POST", "/sandbox/messages/\(spoken.messageID)/edit", ["text": "second"])
            #expect(edit.status == 200)
            let token = try await sandbox.token()
            let read = try await sandbox.call("GET", "/open-apis/im/v1/messages/\(spoken.messageID)", token: token)
            let message = read.json["data"]?["items"]?.array?.first
            #expect(message?["body"]?["content"] == #"{"text":"second"}"#)
            #expect(message?["updated"] == true)
            #expect(message?["update_time"] == "1795402805000")
            #expect(message?["create_time"] == "1795402800000")
            #expect(try await sandbox.call("GET", "/sandbox/stats").json["attempts"] == 0)
        }
    }

    @Test("recalls tell the bots who did it")
    func recalls() async throws {
        try await RunningSandbox.with { sandbox in
            let token = try await sandbox.token()
            let ann = try sandbox.say(group: "Team")
            let ben = try sandbox.cloud.say(Utterance(person: "Ben", text: "hi", group: "Team"))
            #expect(throws: ControlError.self) { try sandbox.cloud.recallByPerson(ann.messageID, by: "Ben") }
            // Ann made the group by speaking first: she owns it.
            try sandbox.cloud.recallByPerson(ben.messageID, by: "Ann")
            let reply = try await sandbox.reply(to: ann.messageID, token: token)
            let own = try #require(reply.json["data"]?["message_id"]?.string)
            #expect(try await sandbox.call("DELETE", "/open-apis/im/v1/messages/\(own)", token: token).code == 0)
            #expect(try await Self.events(sandbox, "im.message.recalled_v1") == 2)
            let read = try await sandbox.call("GET", "/open-apis/im/v1/messages/\(own)", token: token)
            let message = read.json["data"]?["items"]?.array?.first
            #expect(message?["deleted"] == true)
            #expect(message?["body"]?["content"] == "This message was recalled")
        }
    }

    @Test("a merged forward is read with its parts")
    func mergeForward() async throws {
        try await RunningSandbox.with { sandbox in
            let token = try await sandbox.token()
            let one = try sandbox.say("one", group: "Team")
            let two = try sandbox.say("two", group: "Team")
            let forwarded = try await sandbox.call(
                "POST",
                "/sandbox/forwards",
                ["user": "Ann", "message_ids": [.string(one.messageID), .string(two.messageID)]]
            )
            let id = try #require(forwarded.json["message_id"]?.string)
            #expect(forwarded.json["event_id"] != nil)
            let read = try await sandbox.call("GET", "/open-apis/im/v1/messages/\(id)", token: token)
            let items = try #require(read.json["data"]?["items"]?.array)
            #expect(items.map { $0["msg_type"] } == ["merge_forward", "text", "text"])
            #expect(items[0]["body"]?["content"] == "Merged and Forwarded Message")
            #expect(items[1]["upper_message_id"]?.string == id)
            #expect(items[2]["body"]?["content"]?.string?.contains("two") == true)
        }
    }
}
