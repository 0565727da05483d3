import Cryptography
import Feishu
import Logging
import Redis
import TestSupport
import Testing

@Suite("Tokens in Redis")
struct RedisTokenStoreTests {
    static func withStore(_ body: (RedisTokenStore, RedisClient) async throws -> Void) async throws {
        try await RedisServer.with { server in
            let redis = try RedisClient(
                configuration: RedisConfiguration(url: server.url),
                logger: Logger(label: "test")
            )
            defer { redis.close() }
            try await body(RedisTokenStore(redis), redis)
        }
    }

    @Test("a token is there until it expires, under its documented key")
    func saved() async throws {
        try await Self.withStore { store, redis in
            let nothing = try await store.load(appID: "cli_1")
            #expect(nothing == nil)
            try await store.save("sealed", appID: "cli_1", lifetime: .seconds(100))
            let stored = try #require(try await store.load(appID: "cli_1"))
            #expect(stored.sealed == "sealed")
            #expect((.seconds(90) ... .seconds(100)).contains(stored.remaining))
            let raw = try await redis.send(RedisCommand("GET", "feishu:token:cli_1"))
            #expect(raw.string == "sealed")
            try await store.save("gone", appID: "cli_1", lifetime: .zero)
            let unchanged = try await store.load(appID: "cli_1")
            #expect(unchanged?.sealed == "sealed")
        }
    }

    @Test("only one worker has the right to renew, and not for ever")
    func claims() async throws {
        try await Self.withStore { store, redis in
            let first = try await store.claimRenewal(appID: "cli_1", by: "a", for: .seconds(60))
            let second = try await store.claimRenewal(appID: "cli_1", by: "b", for: .seconds(60))
            let other = try await store.claimRenewal(appID: "cli_2", by: "b", for: .seconds(60))
            #expect([first, second, other] == [true, false, true])
            let remaining = try await redis.send(RedisCommand("PTTL", "feishu:token:cli_1:renewal")).integer
            #expect((1...60_000).contains(remaining ?? 0))
            try await store.releaseRenewal(appID: "cli_1", by: "b")
            let stillHeld = try await store.claimRenewal(appID: "cli_1", by: "b", for: .seconds(60))
            try await store.releaseRenewal(appID: "cli_1", by: "a")
            let free = try await store.claimRenewal(appID: "cli_1", by: "b", for: .seconds(60))
            #expect([stillHeld, free] == [false, true])
        }
    }

    @Test("only the token that was refused is forgotten")
    func discards() async throws {
        try await Self.withStore { store, _ in
            try await store.save("new", appID: "cli_1", lifetime: .seconds(100))
            try await store.discard("old", appID: "cli_1")
            let kept = try await store.load(appID: "cli_1")
            #expect(kept?.sealed == "new")
            try await store.discard("new", appID: "cli_1")
            let gone = try await store.load(appID: "cli_1")
            #expect(gone == nil)
        }
    }

    @Test("twenty workers that start at once ask for one token, which stands nowhere in Redis")
    func fleet() async throws {
        try await Self.withStore { store, redis in
            try await APIServer.with { server, endpoint in
                let tokens = try await withThrowingTaskGroup(of: String.self) { group in
                    for _ in 0..<20 {
                        let worker = TenantAccessTokens(
                            app: Delivery.app,
                            endpoint: endpoint,
                            store: store,
                            logger: Logger(label: "test")
                        )
                        group.addTask { try await worker.token().value }
                    }
                    return try await group.reduce(into: Set()) { $0.insert($1) }
                }
                #expect(tokens == ["t-1"])
                #expect(server.tokenCalls.count == 1)
                let raw = try await redis.send(RedisCommand("GET", "feishu:token:\(Delivery.app.appID)")).string
                #expect(raw?.isEmpty == false)
                #expect(raw?.contains("t-1") == false)
            }
        }
    }
}
