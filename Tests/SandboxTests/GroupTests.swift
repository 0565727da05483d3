import FeishuSandbox
import JSON
import Testing

@Suite("Groups and people", .timeLimit(.minutes(1)))
struct GroupTests {
    /// The events delivered so far, by type, in the order of their delivery.
    private static func events(_ sandbox: RunningSandbox) async throws -> [String] {
        try await sandbox.call("GET", "/sandbox/deliveries").json["deliveries"]?.array?
            .compactMap { $0["event_type"]?.string } ?? []
    }

    @Test("what happens to a group is told to its bot")
    func groupEvents() async throws {
        try await RunningSandbox.with { sandbox in
            let made = try await sandbox.call(
                "POST",
                "/sandbox/chats",
                ["name": "Falcon", "user": "Ann", "members": ["Ben"]]
            )
            let path = "/sandbox/chats/\(try #require(made.json["chat_id"]?.string))"
            for (method, path, body): (String, String, JSONValue) in [
                ("POST", path + "/members", ["user": "Ann", "add": ["Cid"], "remove": ["Ben"]]),
                ("PATCH", path, ["user": "Ann", "name": "Falcon II"]),
                ("POST", path + "/bot", ["user": "Ann", "member": false]),
                ("POST", path + "/bot", ["user": "Ann", "member": false]),
                ("POST", path + "/bot", ["user": "Ann", "member": true]),
                ("DELETE", path, ["user": "Ann"]),
                ("POST", "/sandbox/entries", ["user": "Dan"]),
                ("POST", "/sandbox/entries", ["user": "Dan"]),
                ("POST", "/sandbox/menus", ["user": "Dan", "event_key": "new"]),
            ] {
                let answer = try await sandbox.call(method, path, body)
                #expect(answer.status == 200, "\(method) \(path)")
            }
            #expect(
                try await Self.events(sandbox) == [
                    "im.chat.member.bot.added_v1", "im.chat.member.user.added_v1", "im.chat.member.user.deleted_v1",
                    "im.chat.updated_v1", "im.chat.member.bot.deleted_v1", "im.chat.member.bot.added_v1",
                    "im.chat.disbanded_v1", "p2p_chat_create", "im.chat.access_event.bot_p2p_chat_entered_v1",
                    "im.chat.access_event.bot_p2p_chat_entered_v1", "application.bot.menu_v6",
                ]
            )
        }
    }

    @Test("a bot reads its groups, their members and people, and makes groups, once for a uuid")
    func chats() async throws {
        try await RunningSandbox.with { sandbox in
            let token = try await sandbox.token()
            _ = try sandbox.say(group: "Team")
            let spoken = try sandbox.cloud.say(Utterance(person: "Ben", text: "hi", group: "Team"))
            let chat = try await sandbox.call("GET", "/open-apis/im/v1/chats/\(spoken.chatID)", token: token)
            #expect(chat.json["data"]?["name"] == "Team")
            #expect(chat.json["data"]?["chat_mode"] == "group")
            #expect(chat.json["data"]?["user_count"] == "2")
            let members = try await sandbox.call(
                "GET",
                "/open-apis/im/v1/chats/\(spoken.chatID)/members?page_size=1",
                token: token
            )
            #expect(members.json["data"]?["has_more"] == true)
            #expect(members.json["data"]?["member_total"] == 2)
            let ann = try #require(members.json["data"]?["items"]?.array?.first?["member_id"]?.string)
            let user = try await sandbox.call("GET", "/open-apis/contact/v3/users/\(ann)", token: token)
            #expect(user.json["data"]?["user"]?["name"] == "Ann")
            try sandbox.cloud.changeApp(nil, ["withdraw": ["contact:user.base:readonly"]])
            let nameless = try await sandbox.call("GET", "/open-apis/contact/v3/users/\(ann)", token: token)
            #expect(nameless.json["data"]?["user"]?["name"] == nil)
            let unknown = try await sandbox.call("GET", "/open-apis/contact/v3/users/ou_x", token: token)
            #expect(unknown.code == 99_992_351)
            let body: JSONValue = ["name": "Incident", "owner_id": .string(ann), "user_id_list": [.string(ann)]]
            var ids: [JSONValue?] = []
            for _ in 0..<2 {
                let made = try await sandbox.call("POST", "/open-apis/im/v1/chats?uuid=i1", body, token: token)
                #expect(made.code == 0)
                ids.append(made.json["data"]?["chat_id"])
            }
            #expect(ids[0] == ids[1])
            _ = try sandbox.cloud.say(Utterance(person: "Cid", text: "hi"))
            let cid = try await sandbox.call("GET", "/sandbox/state").json["people"]?.array?
                .first { $0["name"] == "Cid" }?["open_id"]
            let added = try await sandbox.call(
                "POST",
                "/open-apis/im/v1/chats/\(spoken.chatID)/members",
                ["id_list": [cid ?? "", "ou_x"]],
                token: token
            )
            #expect(added.json["data"]?["invalid_id_list"] == ["ou_x"])
            #expect(try await Self.events(sandbox).contains("im.chat.member.user.added_v1"))
            let list = try await sandbox.call("GET", "/open-apis/im/v1/chats", token: token)
            #expect(list.json["data"]?["items"]?.array?.count == 2)
        }
    }

    @Test("a dissolved group, and one without the bot, refuse it")
    func outside() async throws {
        try await RunningSandbox.with { sandbox in
            let token = try await sandbox.token()
            let spoken = try sandbox.say(group: "Team")
            let path = "/open-apis/im/v1/chats/\(spoken.chatID)"
            try sandbox.cloud.setBot(isMember: false, of: spoken.chatID)
            #expect(try await sandbox.send(to: spoken.chatID, token: token).code == 230_002)
            #expect(try await sandbox.call("GET", path + "/members", token: token).code == 232_011)
            #expect(try await sandbox.call("GET", path, token: token).json["data"]?["owner_id"] == nil)
            try sandbox.cloud.setBot(isMember: true, of: spoken.chatID)
            try sandbox.cloud.disband(spoken.chatID, by: "Ann")
            #expect(try await sandbox.send(to: spoken.chatID, token: token).code == 232_009)
            #expect(try await sandbox.call("GET", path, token: token).code == 232_009)
            #expect(try await sandbox.call("GET", "/open-apis/im/v1/chats/oc_x", token: token).code == 232_006)
        }
    }

    @Test("group history needs a scope of its own, and a chat's history shows of a thread only its root")
    func history() async throws {
        try await RunningSandbox.with { sandbox in
            let token = try await sandbox.token()
            let spoken = try sandbox.say(group: "Team")
            let chat = "/open-apis/im/v1/messages?container_id_type=chat&container_id=\(spoken.chatID)"
            #expect(try await sandbox.call("GET", chat, token: token).code == 230_027)
            try sandbox.cloud.changeApp(nil, ["grant": [.string(Scopes.everyGroupMessage)]])
            let reply = try await sandbox.call(
                "POST",
                "/open-apis/im/v1/messages/\(spoken.messageID)/reply",
                ["msg_type": "text", "content": #"{"text":"in a thread"}"#, "reply_in_thread": true],
                token: token
            )
            let thread = try #require(reply.json["data"]?["thread_id"]?.string)
            #expect(thread.hasPrefix("omt_"))
            var utterance = Utterance(person: "Ben", text: "me too", group: "Team")
            utterance.replyTo = reply.json["data"]?["message_id"]?.string
            let said = try sandbox.cloud.say(utterance)
            let read = try await sandbox.call("GET", "/open-apis/im/v1/messages/\(said.messageID)", token: token)
            let message = read.json["data"]?["items"]?.array?.first
            #expect(message?["thread_id"]?.string == thread)
            #expect(message?["parent_id"]?.string == spoken.messageID)
            #expect(message?["root_id"]?.string == spoken.messageID)
            let roots = try await sandbox.call("GET", chat, token: token)
            #expect(roots.json["data"]?["items"]?.array?.count == 1)
            let all = try await sandbox.call(
                "GET",
                "/open-apis/im/v1/messages?container_id_type=thread&container_id=\(thread)",
                token: token
            )
            #expect(all.json["data"]?["items"]?.array?.count == 3)
            try sandbox.cloud.updateChat(spoken.chatID, ["threads": false], by: "Ann")
            let refused = try await sandbox.call(
                "POST",
                "/open-apis/im/v1/messages/\(spoken.messageID)/reply",
                ["msg_type": "text", "content": #"{"text":"x"}"#, "reply_in_thread": true],
                token: token
            )
            #expect(refused.code == 230_071)
        }
    }

    @Test("mentions made with the picker become keys in place")
    func mentions() async throws {
        try await RunningSandbox.with { sandbox in
            _ = try sandbox.say(group: "Team")
            let bot = try await sandbox.call("GET", "/open-apis/bot/v3/info", token: try await sandbox.token())
            let id = try #require(bot.json["bot"]?["open_id"]?.string)
            let said = try await sandbox.call(
                "POST",
                "/sandbox/messages",
                [
                    "user": "Ann", "group": "Team", "at": true,
                    "text": .string(
                        "please <at user_id=\"\(id)\">Bot</at> and <at user_id=\"all\"></at>, <at user_id=\"ou_x\">No</at>"
                    ),
                ]
            )
            #expect(said.json["event_id"] != nil)
            let read = try await sandbox.call(
                "GET",
                "/open-apis/im/v1/messages/\(said.json["message_id"]?.string ?? "")",
                token: try await sandbox.token()
            )
            let message = read.json["data"]?["items"]?.array?.first
            let content: JSONValue = ["text": "please @_user_1 and @_all, <at user_id=\"ou_x\">No</at>"]
            #expect(message?["body"]?["content"]?.string == content.text)
            #expect(message?["mentions"]?.array?.map { $0["id"]?.string } == [id])
        }
    }
}
