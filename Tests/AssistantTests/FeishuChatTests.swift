import Assistant
import Cryptography
import Feishu
import HTTPClient
import JSON
import NIOConcurrencyHelpers
import Redis
import TestSupport
import Testing

@Suite("Feishu as the assistant's chat")
struct FeishuChatTests {
    private let target = ReplyTarget(appID: "cli_1", messageID: "om_1", chatID: "oc_1")

    /// A chat that speaks to a scripted Feishu, and the bodies of the messages that came.
    private func withChat(
        refusing refused: @escaping @Sendable (JSONValue) -> Bool = { _ in false },
        _ body: (FeishuChat, NIOLockedValueBox<[JSONValue]>) async throws -> Void
    ) async throws {
        let bodies = NIOLockedValueBox<[JSONValue]>([])
        let handler: ScriptedHTTPServer.Handler = { request, exchange in
            if request.path.hasSuffix("/internal") {
                try await exchange.respond(#"{"code":0,"msg":"ok","tenant_access_token":"t-1","expire":7200}"#)
            } else if request.path.hasSuffix("/bot/v3/info") {
                try await exchange.respond(#"{"code":0,"msg":"ok","bot":{"open_id":"ou_bot"}}"#)
            } else {
                let json = try JSONValue(parsing: request.body)
                bodies.withLockedValue { $0.append(json) }
                if refused(json) {
                    try await exchange.respond(status: 400, #"{"code":230001,"msg":"bad content"}"#)
                } else {
                    try await exchange.respond(#"{"code":0,"msg":"ok","data":{"message_id":"om_2"}}"#)
                }
            }
        }
        try await RedisServer.with { redisServer in
            let redis = try RedisClient(configuration: RedisConfiguration(url: redisServer.url), logger: .silent)
            defer { redis.close() }
            try await ScriptedHTTPServer.with(handler: handler) { server in
                let http = HTTPClient()
                let endpoint = FeishuEndpoint(baseURL: server.url, http: http)
                let app = FeishuApp(appID: "cli_1", appSecret: Secret("s"))
                let tokens = TenantAccessTokens(
                    app: app,
                    endpoint: endpoint,
                    store: RedisTokenStore(redis),
                    logger: .silent
                )
                let client = FeishuClient(app: app, endpoint: endpoint, tokens: tokens)
                try await body(
                    FeishuChat(clients: [client], sent: RedisSentParts(redis: redis), logger: .silent),
                    bodies
                )
                await http.shutdown()
            }
        }
    }

    @Test("the same key is said once, another key again, each with its own uuid")
    func once() async throws {
        try await withChat { chat, bodies in
            for _ in 0..<3 { try await chat.reply(.markdown("**hi**", title: "t"), to: target, key: "job/answer") }
            try await chat.reply(.text("hi"), to: target, key: "job/failure")
            let sent = bodies.withLockedValue { $0 }
            #expect(sent.map { $0["msg_type"]?.string } == ["post", "text"])
            #expect(Set(sent.map { $0["uuid"]?.string?.count }) == [32])
            #expect(Set(sent.map { $0["uuid"] }).count == 2)
        }
    }

    @Test("a long answer goes out in parts that fit, nothing lost")
    func long() async throws {
        let lines = (0..<3_000).map { "第\($0)行，这里有\"引号\"和一些文字。" }
        try await withChat { chat, bodies in
            try await chat.reply(.markdown(lines.joined(separator: "\n")), to: target, key: "k")
            let sent = bodies.withLockedValue { $0 }
            #expect(sent.count > 3 && sent.allSatisfy { $0.bytes.count <= 30_000 })
            let all = sent.map { $0["content"]?.string ?? "" }.joined()
            #expect(lines.indices.allSatisfy { all.contains("第\($0)行") })
        }
    }

    @Test("what is refused as rich text is said in plain text")
    func plain() async throws {
        try await withChat(refusing: { $0["msg_type"] == "post" }) { chat, bodies in
            try await chat.reply(.markdown("words", title: "title"), to: target, key: "k")
            let last = bodies.withLockedValue { $0.last }
            #expect(last?["msg_type"] == "text")
            #expect(last?["content"]?.string == #"{"text":"title\nwords"}"#)
        }
    }

    @Test("asks for the bot once, and knows only its own apps")
    func apps() async throws {
        try await withChat { chat, _ in
            let id = try await chat.botID(ofApp: "cli_1")
            #expect(id == "ou_bot")
            await #expect(throws: (any Error).self) { _ = try await chat.botID(ofApp: "cli_2") }
        }
    }
}
