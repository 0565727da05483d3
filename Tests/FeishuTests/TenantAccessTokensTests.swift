import Cryptography
import Feishu
import Logging
import NIOConcurrencyHelpers
import TestSupport
import Testing

@Suite("Tenant access tokens")
struct TenantAccessTokensTests {
    /// One worker's view of a shared store, with a clock that the test moves.
    struct Worker {
        let clock = NIOLockedValueBox(ContinuousClock.now)
        let tokens: TenantAccessTokens

        init(_ endpoint: FeishuEndpoint, _ store: MemoryTokenStore, app: FeishuApp = Delivery.app) {
            let clock = clock
            tokens = TenantAccessTokens(
                app: app,
                endpoint: endpoint,
                store: store,
                logger: Logger(label: "test"),
                now: { clock.withLockedValue { $0 } }
            )
        }

        func advance(_ duration: Duration) { clock.withLockedValue { $0 += duration } }
        func token() async throws -> String { try await tokens.token().value }
    }

    @Test("is asked for once, however many calls wait for it")
    func singleFlight() async throws {
        try await APIServer.with { server, endpoint in
            let worker = Worker(endpoint, MemoryTokenStore())
            let tokens = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<50 { group.addTask { try await worker.token() } }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(tokens == ["t-1"])
            #expect(server.tokenCalls.count == 1)
            let body = server.tokenCalls.first?.text ?? ""
            #expect(body.contains(Delivery.app.appID) && body.contains(Delivery.app.appSecret.value))
        }
    }

    @Test("is shared through the store, which never learns it")
    func shared() async throws {
        try await APIServer.with { server, endpoint in
            let store = MemoryTokenStore()
            #expect(try await Worker(endpoint, store).token() == "t-1")
            #expect(try await Worker(endpoint, store).token() == "t-1")
            #expect(server.tokenCalls.count == 1)
            let sealed = try #require(await store.sealed)
            #expect(!String(decoding: try Base64.decode(sealed), as: UTF8.self).contains("t-1"))
        }
    }

    @Test("is kept until 25 minutes before its end, and renewed from 20 on")
    func renewal() async throws {
        try await APIServer.with { server, endpoint in
            let worker = Worker(endpoint, MemoryTokenStore())
            _ = try await worker.token()
            worker.advance(.seconds(7200 - 1501))
            #expect(try await worker.token() == "t-1")
            #expect(server.tokenCalls.count == 1)
        }
        try await APIServer.with { server, endpoint in
            let store = MemoryTokenStore()
            let worker = Worker(endpoint, store)
            _ = try await worker.token()
            await store.set(remaining: .seconds(1199), isClaimed: false)
            worker.advance(.seconds(7200 - 1199))
            #expect(try await worker.token() == "t-2")
            #expect(try await worker.token() == "t-2")
            #expect(server.tokenCalls.count == 2)
        }
    }

    @Test("goes on in use while another worker renews it, and the new one is then taken from the store")
    func otherRenews() async throws {
        try await APIServer.with { server, endpoint in
            let store = MemoryTokenStore()
            let first = Worker(endpoint, store)
            let second = Worker(endpoint, store)
            _ = try await first.token()
            _ = try await second.token()
            await store.set(remaining: .seconds(1000), isClaimed: true)
            second.advance(.seconds(6200))
            #expect(try await second.token() == "t-1")
            #expect(server.tokenCalls.count == 1)
            // The other one wins the claim and stores the new token.
            await store.set(isClaimed: false)
            first.advance(.seconds(6200))
            #expect(try await first.token() == "t-2")
            second.advance(.seconds(11))
            #expect(try await second.token() == "t-2")
            #expect(server.tokenCalls.count == 2)
        }
    }

    @Test("a failed renewal leaves the old token in use, until it ends")
    func failedRenewal() async throws {
        try await APIServer.with { server, endpoint in
            let store = MemoryTokenStore()
            let worker = Worker(endpoint, store)
            _ = try await worker.token()
            await store.set(remaining: .seconds(600), isClaimed: false)
            worker.advance(.seconds(6600))
            server.lineUpTokens(.failure(2200))
            #expect(try await worker.token() == "t-1")
            await store.put(nil)
            #expect(await store.claimant != nil)
            worker.advance(.seconds(590))
            server.lineUpTokens(.failure(10_014))
            let error = await #expect(throws: FeishuError.self) { try await worker.token() }
            #expect(error?.kind == .credentials)
            #expect(!String(reflecting: error).contains(Delivery.app.appSecret.value))
        }
    }

    @Test("a refused token is forgotten everywhere, but not a newer one")
    func invalidation() async throws {
        try await APIServer.with { server, endpoint in
            let store = MemoryTokenStore()
            let first = Worker(endpoint, store)
            let second = Worker(endpoint, store)
            let refused = try await first.tokens.token()
            _ = try await second.token()
            await first.tokens.invalidate(refused)
            #expect(await store.sealed == nil)
            await store.set(isClaimed: false)
            #expect(try await first.token() == "t-2")
            // The second worker learns the same of its copy, and must not throw the new one away.
            await second.tokens.invalidate(refused)
            #expect(try await second.token() == "t-2")
            await second.tokens.invalidate(refused)
            #expect(try await second.token() == "t-2")
            #expect(server.tokenCalls.count == 2)
        }
    }

    @Test("without the store each worker gets its own token")
    func storeAway() async throws {
        try await APIServer.with { server, endpoint in
            let store = MemoryTokenStore()
            await store.set(isAway: true)
            let worker = Worker(endpoint, store)
            let tokens = [try await worker.token(), try await worker.token()]
            #expect(tokens == ["t-1", "t-1"])
            #expect(server.tokenCalls.count == 1)
        }
    }

    @Test("what another secret sealed, or nobody, counts as nothing", arguments: ["", "AAAA", "not base64"])
    func foreignSeals(sealed: String) async throws {
        try await APIServer.with { _, endpoint in
            let store = MemoryTokenStore()
            await store.put(sealed)
            let token = try await Worker(endpoint, store).token()
            #expect(token == "t-1")
            await store.set(isClaimed: false)
            let rotated = FeishuApp(appID: Delivery.app.appID, appSecret: Secret("rotated"))
            let other = try await Worker(endpoint, store, app: rotated).token()
            #expect(other == "t-2")
        }
    }

    @Test(
        "an odd answer is never kept",
        arguments: [
            #"{"code":0}"#, #"{"code":0,"tenant_access_token":"","expire":7200}"#,
            #"{"code":0,"tenant_access_token":"t","expire":0}"#,
            #"{"code":0,"tenant_access_token":"t","expire":99999999}"#,
        ]
    )
    func oddAnswers(body: String) async throws {
        try await APIServer.with { server, endpoint in
            let store = MemoryTokenStore()
            server.lineUpTokens(.init(body: body))
            let worker = Worker(endpoint, store)
            let error = await #expect(throws: FeishuError.self) { try await worker.token() }
            #expect(error?.kind == .badResponse)
            #expect(await store.saves == 0)
        }
    }

    @Test("a cancelled caller takes the token from nobody else")
    func cancellation() async throws {
        try await APIServer.with { server, endpoint in
            let worker = Worker(endpoint, MemoryTokenStore())
            let cancelled = Task { try await worker.token() }
            cancelled.cancel()
            let token = try await worker.token()
            #expect(token == "t-1")
            #expect(server.tokenCalls.count == 1)
            _ = await cancelled.result
        }
    }
}
