import FeishuSandbox
import JSON
import Testing

@Suite("Sending messages", .timeLimit(.minutes(1)))
struct SendingTests {
    private static let unlimited: SandboxConfiguration = {
        var configuration = SandboxConfiguration(verifiesEventURL: false)
        configuration.rates = .none
        return configuration
    }()

    @Test("twenty concurrent sends with one uuid make one message, and each gets that message")
    func idempotency() async throws {
        try await RunningSandbox.with(Self.unlimited) { sandbox in
            let token = try await sandbox.token()
            let spoken = try sandbox.say()
            let ids = try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        let answer = try await sandbox.reply(to: spoken.messageID, uuid: "job-1", token: token)
                        #expect(answer.code == 0)
                        return answer.json["data"]?["message_id"]?.string
                    }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(ids.count == 1)
            let sent = sandbox.cloud.sent(chatID: spoken.chatID)
            #expect(sent["totals"]?["sent"] == 1)
            #expect(sent["totals"]?["repeated"] == 19)
            #expect(sent["uuids"]?["job-1"] == ["requests": 20, "messages": 1])
        }
    }

    @Test("a uuid is remembered for one hour and no longer")
    func memory() async throws {
        let time = TestTime()
        try await RunningSandbox.with(time: time.cloudTime) { sandbox in
            let spoken = try sandbox.say()
            var ids: [String?] = []
            for pause in [Duration.zero, .seconds(3599), .seconds(2)] {
                time.advance(pause)
                let token = try await sandbox.token()
                let answer = try await sandbox.send(to: spoken.chatID, uuid: "u", token: token)
                ids.append(answer.json["data"]?["message_id"]?.string)
            }
            #expect(ids[0] == ids[1])
            #expect(ids[1] != ids[2])
        }
    }

    @Test("a uuid whose first send is under way is refused with 230049")
    func inFlight() async throws {
        let gate = AsyncStream.makeStream(of: Void.self)
        let entered = AsyncStream.makeStream(of: Void.self)
        let time = CloudTime(
            now: { 1_795_402_800_000 },
            sleep: { _ in
                entered.continuation.yield()
                for await _ in gate.stream { return }
            }
        )
        try await RunningSandbox.with(Self.unlimited, time: time) { sandbox in
            let token = try await sandbox.token()
            let spoken = try sandbox.say()
            sandbox.cloud.inject(Fault(kind: .latency, count: 1, path: "/messages"))
            async let first = sandbox.send(to: spoken.chatID, uuid: "u", token: token)
            for await _ in entered.stream { break }
            #expect(try await sandbox.send(to: spoken.chatID, uuid: "u", token: token).code == 230_049)
            gate.continuation.yield()
            #expect(try await first.code == 0)
            #expect(try await sandbox.send(to: spoken.chatID, uuid: "u", token: token).code == 0)
            #expect(sandbox.cloud.sent(chatID: nil)["totals"]?["sent"] == 1)
        }
    }

    @Test("a reply belongs to its parent's chat and tree, and reading it gives what was sent")
    func reply() async throws {
        try await RunningSandbox.with { sandbox in
            let token = try await sandbox.token()
            let spoken = try sandbox.say(group: "Team")
            let answer = try await sandbox.reply(
                to: spoken.messageID,
                text: "<at user_id=\"ou_x\">Ann</at> done",
                token: token
            )
            let data = try #require(answer.json["data"])
            #expect(data["chat_id"]?.string == spoken.chatID)
            #expect(data["parent_id"]?.string == spoken.messageID)
            #expect(data["root_id"]?.string == spoken.messageID)
            #expect(data["body"]?["content"] == "{\"text\":\"@_user_1 done\"}")
            #expect(data["mentions"]?.array?.first?["id"] == "ou_x")
            let id = try #require(data["message_id"]?.string)
            let read = try await sandbox.call("GET", "/open-apis/im/v1/messages/\(id)", token: token)
            #expect(read.json["data"]?["items"]?.array == [data])
            try sandbox.cloud.changeApp(nil, ["grant": [.string(Scopes.everyGroupMessage)]])
            let list = try await sandbox.call(
                "GET",
                "/open-apis/im/v1/messages?container_id_type=chat&container_id=\(spoken.chatID)&page_size=1"
                    + "&sort_type=ByCreateTimeDesc",
                token: token
            )
            #expect(list.json["data"]?["items"]?.array == [data])
            #expect(list.json["data"]?["has_more"] == true)
        }
    }

    @Test("recalled, unknown and foreign targets are refused")
    func targets() async throws {
        try await RunningSandbox.with(Self.unlimited) { sandbox in
            let token = try await sandbox.token()
            let spoken = try sandbox.say()
            #expect(try await sandbox.reply(to: "om_unknown", token: token).code == 230_110)
            #expect(try await sandbox.reply(to: "x", token: token).code == 99_992_354)
            #expect(try await sandbox.send(to: "oc_unknown", token: token).code == 230_034)
            let path = "/open-apis/im/v1/messages/\(spoken.messageID)"
            #expect(try await sandbox.call("DELETE", path, token: token).code == 230_026)
            let own = try await sandbox.reply(to: spoken.messageID, token: token)
            let id = try #require(own.json["data"]?["message_id"]?.string)
            #expect(try await sandbox.call("DELETE", "/open-apis/im/v1/messages/\(id)", token: token).code == 0)
            #expect(try await sandbox.reply(to: id, token: token).code == 230_011)
            let member = try await sandbox.call("POST", "/sandbox/chats/\(spoken.chatID)/bot", ["member": false])
            #expect(member.status == 200)
            #expect(try await sandbox.send(to: spoken.chatID, token: token).code == 230_002)
        }
    }

    @Test("cards can be replaced, texts edited, reactions added and taken away")
    func changes() async throws {
        try await RunningSandbox.with(Self.unlimited) { sandbox in
            let token = try await sandbox.token()
            let spoken = try sandbox.say()
            func card(_ text: String) -> JSONValue {
                ["schema": "2.0", "body": ["elements": [["tag": "markdown", "content": .string(text)]]]]
            }
            let sent = try await sandbox.send(
                to: spoken.chatID,
                type: "interactive",
                content: card("one"),
                token: token
            )
            let id = try #require(sent.json["data"]?["message_id"]?.string)
            let path = "/open-apis/im/v1/messages/\(id)"
            let patched = try await sandbox.call("PATCH", path, ["content": .string(card("two").text)], token: token)
            #expect(patched.code == 0)
            let read = try await sandbox.call("GET", path, token: token)
            #expect(
                read.json["data"]?["items"]?.array?.first?["body"]?["content"]
                    == "{\"title\":\"\",\"elements\":[[{\"tag\":\"text\",\"text\":\"two\"}]]}"
            )
            let reactions = "/open-apis/im/v1/messages/\(spoken.messageID)/reactions"
            let added = try await sandbox.call(
                "POST",
                reactions,
                ["reaction_type": ["emoji_type": "OnIt"]],
                token: token
            )
            let reaction = try #require(added.json["data"]?["reaction_id"]?.string)
            #expect(try await sandbox.call("DELETE", "\(reactions)/\(reaction)", token: token).code == 0)
            #expect(try await sandbox.call("DELETE", "\(reactions)/\(reaction)", token: token).code == 231_010)
        }
    }
}
