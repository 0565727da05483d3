import Cryptography
import FeishuSandbox
import JSON
import NIOConcurrencyHelpers
import TestSupport
import Testing

@Suite("Delivering events", .timeLimit(.minutes(1)))
struct DeliveryTests {
    private static func configuration(_ gateway: ScriptedHTTPServer, verifies: Bool = false) -> SandboxConfiguration {
        SandboxConfiguration(eventURL: gateway.url + "/api/feishu/events", verifiesEventURL: verifies)
    }

    /// The plaintext of a delivered event, if encryption and signature follow the rules.
    static func opened(_ request: ScriptedHTTPServer.Request, isSigned: Bool = true) throws -> JSONValue {
        let key = "sandbox-encrypt-key"
        if isSigned {
            let timestamp = try #require(request.values(of: "X-Lark-Request-Timestamp").first)
            let nonce = try #require(request.values(of: "X-Lark-Request-Nonce").first)
            let expected = Hex.encode(SHA256.hash(Array((timestamp + nonce + key).utf8) + request.body))
            #expect(request.values(of: "X-Lark-Signature") == [expected])
        }
        let envelope = try JSONValue(parsing: request.body)
        let sealed = try Base64.decode(try #require(envelope["encrypt"]?.string))
        let plaintext = try AES256CBC.decrypt(
            key: SHA256.hash(Array(key.utf8)),
            iv: sealed.prefix(16),
            ciphertext: sealed.dropFirst(16)
        )
        return try JSONValue(parsing: plaintext)
    }

    @Test("a message in a group arrives encrypted and signed, in the shape of im.message.receive_v1")
    func sealed() async throws {
        try await ScriptedHTTPServer.with(handler: { _, exchange in try await exchange.respond("{}") }) { gateway in
            try await RunningSandbox.with(Self.configuration(gateway)) { sandbox in
                let updates = sandbox.cloud.feed.listen()
                var utterance = Utterance(person: "Ann", text: "what is \"new\"? 谢谢 🙏", group: "Team")
                utterance.mentions = ["Ben"]
                let spoken = try sandbox.cloud.say(utterance)
                _ = try await RunningSandbox.wait(for: spoken.eventID, in: updates, until: ["acknowledged"])
                let request = try #require(gateway.tally.requests.first)
                #expect(request.path == "/api/feishu/events")
                #expect(request.values(of: "content-type") == ["application/json;charset=utf-8"])
                let event = try Self.opened(request)
                #expect(event["schema"] == "2.0")
                #expect(event["header"]?["event_id"]?.string == spoken.eventID)
                #expect(event["header"]?["event_type"] == "im.message.receive_v1")
                #expect(event["header"]?["token"] == "sandbox-verification-token")
                let message = event["event"]?["message"]
                #expect(message?["message_id"]?.string == spoken.messageID)
                #expect(message?["chat_type"] == "group")
                #expect(
                    message?["content"]?.string
                        == "{\"text\":\"@_user_1 @_user_2 what is \\\"new\\\"? 谢谢 🙏\"}"
                )
                #expect(message?["mentions"]?.array?.map { $0["mentioned_type"] } == ["bot", "user"])
            }
        }
    }

    @Test("the bot hears nothing of a group message that does not mention it")
    func unmentioned() async throws {
        try await RunningSandbox.with { sandbox in
            var utterance = Utterance(person: "Ann", text: "among us", group: "Team")
            utterance.mentionsBot = false
            let spoken = try sandbox.cloud.say(utterance)
            #expect(spoken.eventID == nil)
        }
    }

    @Test("an event not answered with 200 comes again after 15 s, 5 min, 1 h and 6 h, with the same id, then never")
    func schedule() async throws {
        let time = TestTime()
        let statuses = NIOLockedValueBox([500, 204, 302, 401, 503])
        try await ScriptedHTTPServer.with(handler: { _, exchange in
            try await exchange.respond(status: statuses.withLockedValue { $0.removeFirst() })
        }) { gateway in
            try await RunningSandbox.with(Self.configuration(gateway), time: time.cloudTime) { sandbox in
                let updates = sandbox.cloud.feed.listen()
                let spoken = try sandbox.say()
                let delivery = try await RunningSandbox.wait(for: spoken.eventID, in: updates, until: ["failed"])
                #expect(time.waits == [.seconds(15), .seconds(300), .seconds(3600), .seconds(21_600)])
                #expect(delivery["attempts"]?.array?.map { $0["status"] } == [500, 204, 302, 401, 503])
                let ids = try gateway.tally.requests.map { try Self.opened($0)["header"]?["event_id"]?.string }
                #expect(ids == Array(repeating: spoken.eventID, count: 5))
            }
        }
    }

    @Test("repetition ends with the first 200, and the schedule can be compressed")
    func compressed() async throws {
        let time = TestTime()
        let failures = NIOLockedValueBox(2)
        try await ScriptedHTTPServer.with(handler: { _, exchange in
            let fails = failures.withLockedValue { left in
                left -= 1
                return left >= 0
            }
            try await exchange.respond(status: fails ? 503 : 200)
        }) { gateway in
            var configuration = Self.configuration(gateway)
            configuration.redeliverySpeed = 100
            try await RunningSandbox.with(configuration, time: time.cloudTime) { sandbox in
                let updates = sandbox.cloud.feed.listen()
                let spoken = try sandbox.say()
                let done = try await RunningSandbox.wait(for: spoken.eventID, in: updates, until: ["acknowledged"])
                #expect(done["attempts"]?.array?.count == 3)
                #expect(time.waits == [.milliseconds(150), .seconds(3)])
            }
        }
    }

    @Test("a gateway that does not answer in time counts as failed")
    func silence() async throws {
        let first = NIOLockedValueBox(true)
        try await ScriptedHTTPServer.with(handler: { _, exchange in
            let isFirst = first.withLockedValue { value in
                defer { value = false }
                return value
            }
            if !isFirst { try await exchange.respond("{}") }
        }) { gateway in
            var configuration = Self.configuration(gateway)
            configuration.deliveryTimeout = .milliseconds(200)
            try await RunningSandbox.with(configuration, time: TestTime().cloudTime) { sandbox in
                let updates = sandbox.cloud.feed.listen()
                let spoken = try sandbox.say()
                let done = try await RunningSandbox.wait(for: spoken.eventID, in: updates, until: ["acknowledged"])
                #expect(done["attempts"]?.array?.first?["status"] == nil)
                #expect(done["attempts"]?.array?.first?["failure"]?.string?.contains("timedOut") == true)
            }
        }
    }

    @Test("fifty copies of one event arrive at once, each signed anew")
    func copies() async throws {
        let arrivals = AsyncStream.makeStream(of: Void.self)
        try await ScriptedHTTPServer.with(handler: { _, exchange in
            try await exchange.respond("{}")
            arrivals.continuation.yield()
        }) { gateway in
            try await RunningSandbox.with(Self.configuration(gateway)) { sandbox in
                var utterance = Utterance(person: "Ann", text: "once please")
                utterance.copies = 50
                let spoken = try sandbox.cloud.say(utterance)
                var count = 0
                for await _ in arrivals.stream {
                    count += 1
                    if count == 50 { break }
                }
                let requests = gateway.tally.requests
                #expect(requests.count == 50)
                let events = try requests.map { try Self.opened($0)["header"]?["event_id"]?.string }
                #expect(Set(events) == [spoken.eventID])
                #expect(Set(requests.map { $0.values(of: "X-Lark-Signature") }).count == 50)
            }
        }
    }

    @Test("the challenge is asked, unsigned, until it comes back")
    func challenge() async throws {
        let attempts = NIOLockedValueBox(0)
        try await ScriptedHTTPServer.with(handler: { request, exchange in
            let number = attempts.withLockedValue { count in
                count += 1
                return count
            }
            let plain = try Self.opened(request, isSigned: false)
            #expect(plain["type"] == "url_verification")
            #expect(plain["token"] == "sandbox-verification-token")
            #expect(request.values(of: "X-Lark-Signature").isEmpty)
            let echo = number < 3 ? "wrong" : plain["challenge"]?.string ?? ""
            let answer: JSONValue = ["challenge": .string(echo)]
            try await exchange.respond(answer.text)
        }) { gateway in
            let time = TestTime()
            let configuration = Self.configuration(gateway, verifies: true)
            let cloudTime = time.cloudTime
            try await RunningSandbox.with(configuration, time: cloudTime) { sandbox in
                let updates = try #require(sandbox.cloud.feed.listen())
                if !sandbox.cloud.isVerified {
                    for await update in updates where update["kind"]?.string == "verified" { break }
                }
                #expect(sandbox.cloud.isVerified)
                #expect(gateway.tally.requests.count == 3)
            }
        }
    }

    @Test("without an encrypt key events go out in clear and unsigned; schema 1.0 has its own envelope")
    func plain() async throws {
        try await ScriptedHTTPServer.with(handler: { _, exchange in try await exchange.respond("{}") }) { gateway in
            var configuration = Self.configuration(gateway)
            configuration.app.encryptKey = nil
            try await RunningSandbox.with(configuration) { sandbox in
                let updates = sandbox.cloud.feed.listen()
                let answer = try await sandbox.call(
                    "POST",
                    "/sandbox/events",
                    ["event_type": "p2p_chat_create", "schema": "1.0", "event": ["chat_id": "oc_1"]]
                )
                let id = try #require(answer.json["event_id"]?.string)
                _ = try await RunningSandbox.wait(for: id, in: updates, until: ["acknowledged"])
                let request = try #require(gateway.tally.requests.first)
                #expect(request.values(of: "X-Lark-Signature").isEmpty)
                let event = try JSONValue(parsing: request.body)
                #expect(event["uuid"]?.string == id)
                #expect(event["type"] == "event_callback")
                #expect(event["event"]?["type"] == "p2p_chat_create")
                #expect(event["event"]?["chat_id"] == "oc_1")
            }
        }
    }
}
