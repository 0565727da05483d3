import Redis
import Synchronization
import TestSupport
import Testing

@Suite struct SharedConnectionTests {
    private final class Failures: Sendable {
        let count = Atomic(0)
    }

    @Test("a connection that waits for its next attempt waits no longer once another has reached the server")
    func news() async throws {
        try await RedisServer.with { server in
            server.kill()
            let failures = Failures()
            let client = try makeClient(server) {
                $0.sharedConnections = 2
                $0.backoff = Backoff(base: .seconds(3_600), cap: .seconds(3_600))
                // The first to fail tries again in an hour, the other at once.
                $0.random = { failures.count.wrappingAdd(1, ordering: .relaxed).oldValue == 0 ? 0.99 : 0 }
            }
            defer { client.close() }
            async let first = client.send(RedisCommand("PING"), timeout: .seconds(20))
            async let second = client.send(RedisCommand("PING"), timeout: .seconds(20))
            try await eventually("failures of both") { failures.count.load(ordering: .relaxed) > 2 }
            try await server.restart()
            #expect(try await [first, second] == [.status("PONG"), .status("PONG")])
        }
    }
}
