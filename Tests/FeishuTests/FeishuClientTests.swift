import Feishu
import HTTPClient
import JSON
import NIOConcurrencyHelpers
import TestSupport
import Testing

@Suite("The API client")
struct FeishuClientTests {
    @Test("sends as the recorded request does, and reads the recorded answer")
    func sends() async throws {
        let sample = try Fixture.json("api_messages").array?.first { $0["name"]?.string == "send text to a chat" }
        let recorded = try #require(sample?["request"])
        try await APIServer.with { server, endpoint in
            server.lineUp(try .recorded("api_messages", "send text to a chat"))
            let content = try JSONValue(parsing: recorded["body"]?["content"]?.string ?? "")
            let sent = try await FeishuClient.scripted(endpoint).send(
                OutgoingMessage(type: "text", content: content),
                to: .chat(recorded["body"]?["receive_id"]?.string ?? ""),
                uuid: recorded["body"]?["uuid"]?.string
            )
            let call = try #require(server.calls.first)
            #expect(call.method == "POST")
            #expect(call.target == "/open-apis/im/v1/messages?receive_id_type=chat_id")
            #expect(call.values(of: "Content-Type") == ["application/json; charset=utf-8"])
            #expect(call.values(of: "Authorization") == ["Bearer t-1"])
            let body = try #require(server.bodies.first)
            for key in ["receive_id", "msg_type", "content", "uuid"] { #expect(body[key] == recorded["body"]?[key]) }
            #expect(sent.messageID == "om_e0a5afbf43fdb8c884f3a917c47e3a97")
            #expect(sent.plainText() == "@韩梅梅 done")
            #expect(sent.senderType == "app")
        }
    }

    @Test("replies in a thread")
    func replies() async throws {
        try await APIServer.with { server, endpoint in
            server.lineUp(try .recorded("api_messages", "reply in thread"))
            let sent = try await FeishuClient.scripted(endpoint).reply(
                .text("on it"),
                to: "om_3f",
                inThread: true,
                uuid: "u"
            )
            #expect(server.calls.first?.target == "/open-apis/im/v1/messages/om_3f/reply")
            #expect(server.bodies.first?["reply_in_thread"] == true)
            #expect(server.bodies.first?["content"] == #"{"text":"on it"}"#)
            #expect(sent.threadID == "omt_47762fe270e7")
        }
    }

    @Test(
        "a reply whose target is no more goes to the chat under the same uuid",
        arguments: [230_011, 230_110, 230_050]
    )
    func fallsBack(code: Int) async throws {
        try await APIServer.with { server, endpoint in
            let client = FeishuClient.scripted(endpoint)
            server.lineUp(.failure(code), .message, .failure(code))
            let sent = try await client.reply(.text("x"), to: "om_x", fallbackChatID: "oc_y", uuid: "u1")
            #expect(sent.messageID == "om_sent")
            #expect(server.calls.map(\.path) == ["/open-apis/im/v1/messages/om_x/reply", "/open-apis/im/v1/messages"])
            #expect(server.bodies.map { $0["uuid"] } == ["u1", "u1"])
            #expect(server.bodies.last?["receive_id"] == "oc_y")
            let error = await #expect(throws: FeishuError.self) {
                try await client.reply(.text("x"), to: "om_x", uuid: nil)
            }
            #expect(error?.kind == .gone)
        }
    }

    @Test("in a group without threads the reply goes beside them")
    func noThreads() async throws {
        try await APIServer.with { server, endpoint in
            server.lineUp(.failure(230_071), .message)
            _ = try await FeishuClient.scripted(endpoint).reply(.text("x"), to: "om_x", inThread: true, uuid: "u")
            #expect(server.bodies.map { $0["reply_in_thread"] } == [true, false])
        }
    }

    @Test(
        "a refused token is renewed once and the call made again",
        arguments: [99_991_663, 99_991_664, 99_991_665, 99_991_668, 99_991_671]
    )
    func renewsToken(code: Int) async throws {
        try await APIServer.with { server, endpoint in
            let client = FeishuClient.scripted(endpoint)
            server.lineUp(.failure(code), .message)
            _ = try await client.send(.text("x"), to: .openID("ou_x"), uuid: nil)
            #expect(server.calls.map { $0.values(of: "Authorization") } == [["Bearer t-1"], ["Bearer t-2"]])
            server.lineUp(.failure(code), .failure(code), .message)
            let error = await #expect(throws: FeishuError.self) {
                try await client.send(.text("x"), to: .openID("ou_x"), uuid: nil)
            }
            #expect(error?.kind == .token)
            #expect(server.calls.count == 4)
        }
    }

    @Test("a short rate limit is waited for, a long one is thrown with Feishu's time")
    func rateLimits() async throws {
        try await APIServer.with { server, endpoint in
            let waits = NIOLockedValueBox<[Duration]>([])
            let client = FeishuClient.scripted(endpoint, waits: waits)
            server.lineUp(.failure(230_020), .message)
            _ = try await client.send(.text("x"), to: .chat("oc"), uuid: nil)
            let waited = try #require(waits.withLockedValue { $0.first })
            #expect((Duration.seconds(1) ... .seconds(1.5)).contains(waited))

            server.lineUp(try .recorded("api_errors", "gateway rate limit"))
            let error = await #expect(throws: FeishuError.self) {
                try await client.send(.text("x"), to: .chat("oc"), uuid: nil)
            }
            #expect(error?.kind == .rateLimited)
            #expect(error?.retryAfter == .seconds(52))
            #expect(error?.isRetryable == true)
            #expect(waits.withLockedValue { $0.count } == 1)
        }
    }

    @Test("patience with rate limits ends")
    func patience() async throws {
        try await APIServer.with { server, endpoint in
            server.lineUp(.failure(230_020), .failure(230_020), .failure(230_020), .failure(230_020), .message)
            let error = await #expect(throws: FeishuError.self) {
                try await FeishuClient.scripted(endpoint).send(.text("x"), to: .chat("oc"), uuid: nil)
            }
            #expect(error?.code == 230_020)
        }
    }

    @Test(
        "recorded failures are of the kind that says what to do",
        arguments: [
            ("gateway rate limit", .rateLimited, true), ("per-chat rate limit", .rateLimited, true),
            ("token invalid or expired", .token, true), ("token missing", .permission, false),
            ("scope missing", .permission, false), ("IP not allowed", .denied, false),
            ("field violation", .content, false),
            ("bot not in group", .gone, false), ("message recalled", .gone, false),
            ("content too long", .content, false),
            ("card refused", .content, false), ("card with more than 3 markdown tables", .content, false),
            ("being sent", .busy, true), ("server error without JSON", .busy, true),
        ] as [(String, FeishuError.Kind, Bool)]
    )
    func recordedFailures(name: String, kind: FeishuError.Kind, isRetryable: Bool) async throws {
        let answer = try APIServer.Answer.recorded("api_errors", name)
        try await APIServer.with { server, endpoint in
            server.lineUp(answer, answer, answer, answer)
            let error = try #require(
                await #expect(throws: FeishuError.self) {
                    try await FeishuClient.scripted(endpoint).call(FeishuRequest("GET", "x"))
                }
            )
            #expect(error.kind == kind)
            #expect(error.isRetryable == isRetryable)
            #expect(error.status == answer.status)
            #expect(error.logID == answer.headers.first { $0.0 == "X-Tt-Logid" }?.1)
            if name == "scope missing" { #expect(error.missingScopes == ["im:message"]) }
            #expect(!"\(error)".contains("t-1"))
        }
    }

    @Test("an answer that is not Feishu's is an error, whatever its status")
    func strangeAnswers() async throws {
        try await APIServer.with { server, endpoint in
            let client = FeishuClient.scripted(endpoint)
            for body in ["", "null", "[]", "<html>", #"{"code":"x"}"#, #"{"data":{}}"#] {
                server.lineUp(.init(body: body))
                let error = await #expect(throws: FeishuError.self) { try await client.call(FeishuRequest("GET", "x")) }
                #expect(error?.kind == .badResponse)
            }
            server.lineUp(.success())
            let error = await #expect(throws: FeishuError.self) {
                try await client.send(.text("x"), to: .chat("c"), uuid: nil)
            }
            #expect(error?.kind == .badResponse)
        }
    }

    @Test("nobody there is a failure of transport, to be tried again")
    func noServer() async throws {
        let http = HTTPClient()
        let endpoint = FeishuEndpoint(baseURL: "http://127.0.0.1:1", http: http)
        let error = await #expect(throws: FeishuError.self) { try await FeishuClient.scripted(endpoint).botInfo() }
        #expect(error?.kind == .transport)
        #expect(error?.isRetryable == true)
        await http.shutdown()
    }

    @Test("ids in the path are encoded wholly, and none may be another path")
    func paths() async throws {
        try await APIServer.with { server, endpoint in
            let client = FeishuClient.scripted(endpoint)
            server.lineUp(.message)
            _ = try await client.reply(.text("x"), to: "../a?b=c#d/é %", uuid: nil)
            #expect(server.calls.first?.target == "/open-apis/im/v1/messages/..%2Fa%3Fb%3Dc%23d%2F%C3%A9%20%25/reply")
            for id in ["", ".", ".."] {
                let error = await #expect(throws: FeishuError.self) { try await client.messages(withID: id) }
                #expect(error?.kind == .identifier)
            }
            #expect(server.calls.count == 1)
        }
    }

    @Test("the bot's own id, a message's parts, reactions")
    func queries() async throws {
        try await APIServer.with { server, endpoint in
            let client = FeishuClient.scripted(endpoint)
            server.lineUp(try .recorded("api_auth", "bot info"))
            #expect(try await client.botInfo().openID == "ou_3e0fae942be452e830331b88c15d4cae")
            server.lineUp(
                .success(
                    #"{"items":[{"message_id":"om_1","msg_type":"merge_forward"},{"message_id":"om_2","upper_message_id":"om_1"}]}"#
                )
            )
            let messages = try await client.messages(withID: "om_1")
            #expect(messages.map(\.upperMessageID) == [nil, "om_1"])
            server.lineUp(.success(#"{"reaction_id":"r1"}"#), .success())
            let reaction = try await client.addReaction(ReactionEmoji.onIt, to: "om_1")
            try await client.removeReaction(reaction, from: "om_1")
            #expect(server.calls.last?.method == "DELETE")
            #expect(server.calls.last?.target == "/open-apis/im/v1/messages/om_1/reactions/r1")
        }
    }

    @Test("what cannot be sent is refused before it is")
    func limits() async throws {
        try await APIServer.with { server, endpoint in
            let client = FeishuClient.scripted(endpoint)
            let long = String(repeating: "长", count: 50_001)
            for message in [
                OutgoingMessage.text(long), .markdown(String(long.prefix(10_001))),
                .card(json: ["x": .string(String(repeating: "a", count: 30_001))]),
            ] {
                let error = await #expect(throws: FeishuError.self) {
                    try await client.send(message, to: .chat("c"), uuid: nil)
                }
                #expect(error?.kind == .content)
            }
            let error = await #expect(throws: FeishuError.self) {
                try await client.send(.text("x"), to: .chat("c"), uuid: String(repeating: "u", count: 51))
            }
            #expect(error?.kind == .content)
            #expect(server.calls.isEmpty)
        }
    }

    @Test("a uuid is derived from job and step, and from nothing else")
    func uuids() {
        let uuid = MessageUUID.derive(job: "job", step: "1")
        #expect(uuid == MessageUUID.derive(job: "job", step: "1"))
        #expect(uuid != MessageUUID.derive(job: "job1", step: ""))
        #expect(uuid.count == 32)
    }
}
