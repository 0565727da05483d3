import NIOConcurrencyHelpers
import Redis
import TestSupport
import Testing

/// What the client makes of a network that does not keep to the rules, and whether the proxy does what it says.
@Suite("A network that harms", .timeLimit(.minutes(2)))
struct FaultProxyTests {
    /// - Parameters:
    ///   - patience: How long a command may take: short where some are never answered, long where all are, however busy
    ///     the machine is.
    ///   - body: The test.
    /// - Throws: What it throws.
    private static func with(
        patience: Duration = .milliseconds(300),
        _ body: (FaultProxy, RedisClient) async throws -> Void
    ) async throws {
        try await RedisServer.with { server in
            let proxy = try await FaultProxy.start(to: server.port, scripts: [:])
            var configuration = try RedisConfiguration(url: proxy.url)
            configuration.commandTimeout = patience
            configuration.stallTimeout = .milliseconds(300)
            configuration.backoff = Backoff(base: .milliseconds(1), cap: .milliseconds(5))
            let redis = try RedisClient(configuration: configuration, logger: .silent)
            defer { redis.close() }
            do {
                try await body(proxy, redis)
            } catch {
                await proxy.stop()
                throw error
            }
            await proxy.stop()
        }
    }

    @Test("an answer is its own or an error, whatever becomes of the bytes", arguments: FaultProxy.Fault.allCases)
    func ownAnswers(_ fault: FaultProxy.Fault) async throws {
        // What timed out is still under way, and takes the first of two answers.
        try await Self.with(patience: fault == .duplicate ? .seconds(20) : .milliseconds(300)) { proxy, redis in
            let generator = NIOLockedValueBox(SeededGenerator(seed: ChaosSettings.seed))
            proxy.follow { moment in
                guard moment.name == "ECHO", moment.side == .reply else { return nil }
                let isHit = generator.withLockedValue { Int.random(in: 0..<20, using: &$0) == 0 }
                return isHit ? fault : nil
            }
            // One call at a time: with several under way nobody could tell a duplicate from an answer.
            var errors = 0
            for number in 0..<200 {
                do throws(RedisError) {
                    let reply = try await redis.send(RedisCommand("ECHO", "\(number)"))
                    #expect(reply.string == "\(number)")
                } catch {
                    errors += 1
                    if fault == .hold { proxy.release() }
                }
            }
            #expect(errors < 100)
            // A duplicate comes after the answer; what follows it finds a new connection.
            #expect(fault == .duplicate || errors > 0, "nothing was harmed")
        }
    }

    @Test("a duplicate ends the connection that it came on")
    func duplicate() async throws {
        try await Self.with(patience: .seconds(20)) { proxy, redis in
            #expect(try await redis.send(RedisCommand("ECHO", "a")).string == "a")
            let before = try #require(try await redis.send(RedisCommand("CLIENT", "ID")).integer)
            proxy.follow { $0.name == "ECHO" && $0.side == .reply ? .duplicate : nil }
            #expect(try await redis.send(RedisCommand("ECHO", "b")).string == "b")
            proxy.follow { _ in nil }
            try await eventually("another connection") {
                do throws(RedisError) {
                    return try await redis.send(RedisCommand("CLIENT", "ID")).integer ?? 0 > before
                } catch {
                    return false
                }
            }
        }
    }

    @Test("requests are known by their names, and what is refused or held arrives once it may")
    func names() async throws {
        try await Self.with(patience: .seconds(3)) { proxy, redis in
            let script = RedisScript(name: "one", source: "return 1")
            _ = try await redis.evaluate(script, keys: [])
            _ = try await redis.send(RedisCommand("CONFIG", "GET", "port"))
            let seen = proxy.seen(.request)
            #expect(seen["EVALSHA of nobody"] == 2)
            #expect(seen["SCRIPT LOAD"] == 1)
            #expect(seen["CONFIG GET"] == 1)
            #expect(proxy.seen(.reply)["CONFIG GET"] == 1)

            proxy.follow { $0.name == "APPEND" && $0.side == .request ? .hold : nil }
            do throws(RedisError) {
                _ = try await redis.send(RedisCommand("APPEND", "key", "x"))
                Issue.record("it arrived although it was held")
            } catch {
                #expect(error.outcomeUnknown)
            }
            proxy.follow { _ in nil }
            proxy.release()
            try await eventually("what was held") {
                do throws(RedisError) {
                    return try await redis.send(RedisCommand("GET", "key")).string == "x"
                } catch {
                    return false
                }
            }
        }
    }

    @Test("a request that was held is answered once released, and so is one behind it, although their client gave up")
    func answersOfTheDeparted() async throws {
        try await Self.with { proxy, redis in
            proxy.follow { $0.name == "APPEND" && $0.side == .request ? .hold : nil }
            await withTaskGroup { group in
                for number in 0..<2 {
                    group.addTask {
                        do throws(RedisError) {
                            _ = try await redis.send(RedisCommand("APPEND", "key-\(number)", "x"))
                            Issue.record("it arrived although it was held")
                        } catch {
                            #expect(error.outcomeUnknown)
                        }
                    }
                }
            }
            proxy.follow { _ in nil }
            try await eventually("a new connection") {
                do throws(RedisError) {
                    return try await redis.send(RedisCommand("ECHO", "a")).string == "a"
                } catch {
                    return false
                }
            }
            #expect(proxy.seen(.reply)["APPEND"] == nil)
            proxy.release()
            try await eventually("the replies that nobody waits for") { proxy.seen(.reply)["APPEND"] == 2 }
        }
    }
}
