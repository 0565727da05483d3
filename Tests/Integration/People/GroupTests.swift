import JSON
import Redis
import TestSupport
import Testing

extension WholeSystemTests {
    @Suite("Groups")
    struct GroupTests {
        private static func answer(_ request: FakeModelRequest) -> FakeModelAnswer { .text("Seen \(request.text)") }

        /// What differs from chat to chat; the ids are the sandbox's.
        private static func profiles(_ chats: [String: String], _ people: [String: String]) -> String {
            func chat(_ name: String) -> String { chats[name] ?? "" }
            return """
                assistant:
                  profiles:
                    - {chats: [\(chat("Always"))], group_policy: always}
                    - {chats: [\(chat("Keyword"))], group_policy: keyword, keywords: [kimi, 小助手]}
                    - {chats: [\(chat("Off"))], group_policy: "off"}
                    - {chats: [\(chat("Everyone"))], answer_everyone: true}
                    - {chats: [\(chat("Closed"))], allowed_users: [\(people["Maya"] ?? "")], \
                allowed_departments: [od_sales]}
                """
        }

        private static let groups = ["Always", "Keyword", "Off", "Everyone", "Closed", "Plain"]

        @Test("are answered as each is set up, know who speaks, and are greeted and forgotten as they come and go")
        func groups() async throws {
            let file = try SharedFile("assistant: {group_policy: mention}")
            var options = AssistantSystem.Options(workers: 0, settings: ["AI_ASSISTANT_CONFIG": file.path])
            options.sandbox += [
                "--grant", "im:message.group_msg,contact:user.department:readonly",
            ]
            try await AssistantSystem.with(model: Self.answer, options) { system, model in
                let chats = try await prepare(system, file)
                try await system.startWorker().says(#""message":"worker registered""#)
                try await policies(system, chats)
                try await allowed(system)
                try await threads(system, model)
                try await comings(system, model)
                try await directly(system)
                #expect(try await system.settled().dead == 0)
            }
        }

        /// Makes groups and people, before anybody answers there.
        private func prepare(_ system: AssistantSystem, _ file: SharedFile) async throws -> [String: String] {
            var chats: [String: String] = [:]
            for name in Self.groups {
                chats[name] = try await system.sandbox.say("psst", in: name, mentioningBot: false).chatID
            }
            let people = ["Maya": try await system.sandbox.openID(of: "Maya")]
            try file.write(Self.profiles(chats, people))
            return chats
        }

        /// Somebody writes; whether the bot answers is known once all is done.
        private func say(
            _ text: String,
            in group: String,
            as user: String = "Maya",
            mention: Bool = false,
            mentions: [String] = [],
            _ system: AssistantSystem
        ) async throws -> String {
            let said = try await system.sandbox.call(
                "POST",
                "messages",
                [
                    "user": .string(user), "text": .string(text), "group": .string(group),
                    "mention_bot": .bool(mention),
                    "mentions": .array(mentions.map(JSONValue.string)),
                ]
            )
            return try #require(said["message_id"]?.string)
        }

        private func policies(_ system: AssistantSystem, _ chats: [String: String]) async throws {
            let bot = try #require(try await system.sandbox.state()["bot"]?.string)
            var silent: [String] = []
            for (text, group, mention, mentions, isAnswered) in [
                ("mentioned", "Plain", true, [], true), ("named @\(bot)", "Plain", false, [], false),
                // Somebody of the bot's name, and somebody else.
                ("a namesake", "Plain", false, [bot], false), ("someone else", "Plain", false, ["Li Lei"], false),
                ("@_all hear", "Plain", false, [], false), ("@_all hear", "Everyone", false, [], true),
                ("anything", "Always", false, [], true), ("Ask KIMI", "Keyword", false, [], true),
                ("小助手在吗", "Keyword", false, [], true), ("nothing", "Keyword", false, [], false),
                ("mentioned", "Keyword", true, [], true), ("mentioned", "Off", true, [], false),
            ] as [(String, String, Bool, [String], Bool)] {
                let id = try await say(text, in: group, mention: mention, mentions: mentions, system)
                if isAnswered {
                    #expect(try await system.sandbox.wholeReply(to: id).text.contains("Seen"), "\(text) in \(group)")
                } else {
                    silent.append(id)
                }
            }
            try await system.settled()
            for id in silent {
                let replies = try await system.sandbox.replies(to: id)
                #expect(replies.isEmpty, "\(id): \(replies)")
            }
        }

        private func allowed(_ system: AssistantSystem) async throws {
            _ = try await system.sandbox.call("PUT", "departments", ["user": "Han", "departments": ["od_sales"]])
            for (user, isAllowed) in [("Maya", true), ("Han", true), ("Noor", false)] {
                let id = try await say("May I?", in: "Closed", as: user, mention: true, system)
                let reply = try await system.sandbox.wholeReply(to: id)
                #expect(reply.text.contains("Seen") == isAllowed, "\(user): \(reply.text)")
                #expect(reply.text.contains("You are not allowed to use me yet.") == !isAllowed)
            }
            // To nobody else a word: who did not speak to the bot is not refused either.
            let aside = try await say("Lunch?", in: "Closed", as: "Noor", system)
            try await system.settled()
            #expect(try await system.sandbox.replies(to: aside).isEmpty)
        }

        /// Threads are conversations of their own, answered where they are.
        private func threads(_ system: AssistantSystem, _ model: FakeModelServer) async throws {
            let root = try await system.sandbox.say("What a day", as: "Li Lei", in: "Threads", mentioningBot: false)
            let first = try await system.sandbox.say(
                "one",
                as: "Li Lei",
                in: "Threads",
                replyTo: root.messageID,
                inThread: true
            )
            let thread = try #require(try await system.sandbox.message(first.messageID)["thread_id"]?.string)
            // In a thread all hangs on its root.
            func isAnswered(_ text: String) async throws -> Bool {
                try await system.sandbox.said(in: first.chatID)
                    .contains { $0["thread_id"]?.string == thread && $0.text.contains(text) }
            }
            try await eventually("an answer in the thread") { try await isAnswered("Li Lei: one") }
            try await system.settled()
            let second = try await system.sandbox.say("two", as: "Han", in: "Threads", replyTo: first.messageID)
            #expect(try await system.sandbox.message(second.messageID)["thread_id"]?.string == thread)
            try await eventually("another answer in the thread") { try await isAnswered("Han: two") }
            try await system.settled()
            let told = try #require(model.tally.requests.last).messages.compactMap { $0["content"]?.string }
            #expect(told.contains("Li Lei: one") && told.last?.hasSuffix("Han: two") == true, "\(told)")

            let outside = try await system.sandbox.say("three", as: "Maya", in: "Threads")
            _ = try await system.sandbox.wholeReply(to: outside.messageID)
            try await system.settled()
            let fresh = try #require(model.tally.requests.last).messages.dropFirst()
            #expect(fresh.compactMap { $0["content"]?.string } == ["Maya: three"])
        }

        private func comings(_ system: AssistantSystem, _ model: FakeModelServer) async throws {
            let sandbox = system.sandbox
            let chat = try await sandbox.makeGroup("Launch", members: ["Han"])
            try await eventually("the greeting") { try await !sandbox.said(in: chat).isEmpty }
            let events = try await sandbox.call("GET", "deliveries")["deliveries"]?.array ?? []
            let added = try #require(events.last { $0["event_type"] == "im.chat.member.bot.added_v1" })
            try await sandbox.redeliver(try #require(added["event_id"]?.string), copies: 5)
            func ask(_ text: String) async throws -> [String] {
                let body: JSONValue = ["user": "Maya", "text": .string(text), "chat_id": .string(chat)]
                let id = try #require(try await sandbox.call("POST", "messages", body)["message_id"]?.string)
                _ = try await sandbox.wholeReply(to: id)
                try await system.settled()
                let messages = try #require(model.tally.requests.last).messages.dropFirst()
                return messages.compactMap { $0["content"]?.string }
            }
            _ = try await ask("A secret")
            // A new name changes nothing.
            _ = try await sandbox.call("PATCH", "chats/\(chat)", ["user": "Maya", "name": "Lift-off"])
            #expect(try await ask("Remember?").first == "Maya: A secret")
            for member in [false, true] {
                let body: JSONValue = ["user": "Maya", "member": .bool(member)]
                _ = try await sandbox.call("POST", "chats/\(chat)/bot", body)
                try await system.settled()
            }
            #expect(try await ask("And now?") == ["Maya: And now?"])
            let greetings = try await sandbox.said(in: chat).filter { $0.text.contains("Hello everybody") }
            #expect(greetings.count == 1)
            _ = try await sandbox.call("DELETE", "chats/\(chat)", ["user": "Maya"])
            try await system.settled()
            let place = "\(AssistantSystem.App.id):\(chat)"
            #expect(try await system.database.send(RedisCommand("EXISTS", "assistant:{\(place)}:turns")).integer == 0)
        }

        /// A private chat is opened, the menu clicked, an answer judged by an emoji.
        private func directly(_ system: AssistantSystem) async throws {
            let sandbox = system.sandbox
            let entered = try await sandbox.call("POST", "entries", ["user": "Omar"])
            let chat = try #require(entered["chat_id"]?.string)
            try await eventually("the greeting") {
                try await sandbox.said(in: chat).contains { $0.text.contains("Hello, I can:") }
            }
            try await sandbox.clickMenu("status", as: "Omar")
            try await eventually("the status") {
                try await sandbox.said(in: chat).contains { $0.text.contains("Model: fake-model") }
            }
            try await system.settled()
            #expect(try await sandbox.said(in: chat).count == 2)
            let question = try await sandbox.say("well?", as: "Omar")
            let reply = try await sandbox.wholeReply(to: question.messageID)
            try await sandbox.react("THUMBSUP", to: reply.messageID, as: "Omar")
            let omar = try await sandbox.openID(of: "Omar")
            try await eventually("the opinion") {
                try await system.table("feedback").contains { $0["user"]?.string == omar && $0["opinion"] == "useful" }
            }
        }
    }
}
