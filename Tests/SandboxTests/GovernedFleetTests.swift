import Cryptography
import Feishu
import FeishuSandbox
import HTTPClient
import JSON
import Logging
import Redis
import TestSupport
import Testing

@Suite("A fleet that shares its limits", .timeLimit(.minutes(1)))
struct GovernedFleetTests {
    /// A worker's part: connections of its own to the cloud and to Redis.
    private final class Member: Sendable {
        let client: FeishuClient
        private let http = HTTPClient()
        private let redis: RedisClient

        init(_ sandbox: RunningSandbox, _ server: RedisServer) throws {
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            redis = try RedisClient(configuration: RedisConfiguration(url: server.url), logger: logger)
            let app = FeishuApp(
                appID: sandbox.cloud.configuration.app.id,
                appSecret: sandbox.cloud.configuration.app.secret
            )
            let endpoint = FeishuEndpoint(baseURL: sandbox.url, http: http)
            client = FeishuClient(
                app: app,
                endpoint: endpoint,
                tokens: TenantAccessTokens(
                    app: app,
                    endpoint: endpoint,
                    store: RedisTokenStore(redis),
                    logger: logger
                ),
                governor: RedisCallGovernor(redis: redis, appID: app.appID, logger: logger),
                patience: .seconds(20)
            )
        }

        func end() async {
            redis.close()
            await http.shutdown()
        }
    }

    private static let card: JSONValue = [
        "schema": "2.0", "config": ["streaming_mode": true],
        "body": ["elements": [["tag": "markdown", "element_id": "answer", "content": "…"]]],
    ]

    @Test("streams thirty answers at once and is hardly ever refused, and each answer is whole")
    func hardlyRefused() async throws {
        try await RedisServer.with { server in
            try await RunningSandbox.with(SandboxConfiguration(verifiesEventURL: false)) { sandbox in
                var members: [Member] = []
                for _ in 0..<3 { members.append(try Member(sandbox, server)) }
                let updates = try await withThrowingTaskGroup(of: Int.self) { group in
                    for index in 0..<30 {
                        let client = members[index % 3].client
                        let spoken = try sandbox.cloud.say(Utterance(person: "P\(index)", text: "hello"))
                        group.addTask { try await Self.answer(spoken.messageID, in: spoken.chatID, by: client) }
                    }
                    return try await group.reduce(0, +)
                }
                for member in members { await member.end() }
                let calls = sandbox.cloud.calls()
                let (made, tooOften) = (calls["calls"]?.integer ?? 0, calls["too_often"]?.integer ?? 0)
                // None on a machine with nothing else to do. A busy one sends calls later than their slots, and some
                // together; without a governor it is nearly all of them.
                #expect(tooOften * 20 <= made, "\(calls.text)")
                #expect(calls["refusals"]?.integer == tooOften, "\(calls.text)")
                // The cards did grow: thirty finals, and many steps on the way.
                #expect(updates > 90)
                let replies = try await sandbox.call("GET", "/sandbox/state").json["messages"]?.array ?? []
                #expect(replies.filter { $0.text.contains("the whole answer") }.count == 30)
            }
        }
    }

    /// Answers a message with a card that grows for three seconds, and says how often it did.
    private static func answer(_ messageID: String, in chatID: String, by client: FeishuClient) async throws -> Int {
        let id = try await client.createCard(json: card)
        _ = try await client.reply(.card(id: id), to: messageID, chatID: chatID, uuid: nil)
        let end = ContinuousClock.now + .seconds(3)
        var sequence: Int32 = 0
        while ContinuousClock.now < end {
            sequence += 1
            do throws(FeishuError) {
                try await client.streamContent(
                    cardID: id,
                    elementID: "answer",
                    text: String(repeating: "word ", count: Int(sequence)),
                    sequence: sequence
                )
            } catch {
                // What was not shown is part of the next text.
                guard error.kind == .rateLimited else { throw error }
            }
        }
        sequence += 1
        try await client.streamContent(
            cardID: id,
            elementID: "answer",
            text: "the whole answer",
            sequence: sequence,
            urgency: .required
        )
        try await client.closeStreaming(cardID: id, summary: "done", sequence: sequence + 1)
        return Int(sequence)
    }
}
