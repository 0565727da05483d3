import NIOCore
import NIOPosix
import Redis
import Testing
import TestSupport

@Suite struct OutageTests {
    @Test("a frozen server costs a command its deadline, and later replies stay aligned")
    func alignmentAfterTimeout() async throws {
        try await RedisServer.with { server in
            let client = try makeClient(server)
            defer { client.close() }
            let identity = try await client.send(RedisCommand("CLIENT", "ID"))
            server.pause()
            for _ in 0..<3 {
                let error = await #expect(throws: RedisError.self) {
                    try await client.send(RedisCommand("ECHO", "late"), timeout: .milliseconds(50))
                }
                #expect(error?.code == .timedOut)
                #expect(error?.outcomeUnknown == true)
                #expect(error?.isTransient == true)
            }
            server.resume()
            for number in 0..<20 {
                #expect(try await client.send(RedisCommand("ECHO", number)).integer == Int64(number))
            }
            #expect(try await client.send(RedisCommand("CLIENT", "ID")) == identity)
        }
    }

    @Test("a connection that makes no progress is replaced, and its commands learn that their outcome is unknown")
    func stalled() async throws {
        try await RedisServer.with { server in
            let client = try makeClient(server) { $0.stallTimeout = .milliseconds(100) }
            defer { client.close() }
            _ = try await client.send(RedisCommand("PING"))
            server.pause()
            let patient = Task { try await client.send(RedisCommand("INCR", "n"), timeout: .seconds(60)) }
            let hasty = Task { try await client.send(RedisCommand("INCR", "n"), timeout: .milliseconds(50)) }
            await #expect(throws: RedisError.self) { try await hasty.value }
            // Which of the two was written first decides whether the head is overdue.
            _ = try? await client.send(RedisCommand("INCR", "n"), timeout: .milliseconds(50))
            server.resume()
            _ = await patient.result
            #expect(try await client.send(RedisCommand("PING")) == .status("PONG"))
        }
    }

    @Test("a command in flight when the server dies is not sent again; later ones work without a new client")
    func restart() async throws {
        try await RedisServer.with { server in
            let client = try makeClient(server)
            let observer = try makeClient(server)
            defer { client.close() }
            defer { observer.close() }
            let popped = Task { try await client.send(RedisCommand("BLPOP", "list", 0), timeout: .seconds(60)) }
            try await eventually("the pop reaches the server") { try await blockedClients(observer) == 1 }
            server.kill()
            let error = await #expect(throws: RedisError.self) { try await popped.value }
            #expect(error?.code == .connectionLost)
            #expect(error?.outcomeUnknown == true)
            #expect(error?.description == "RedisError.connectionLost during BLPOP, outcome unknown")

            async let waiting = client.send(RedisCommand("RPUSH", "list", "x"), timeout: .seconds(60))
            try await server.restart()
            #expect(try await waiting == .integer(1))
            #expect(try await client.send(RedisCommand("LLEN", "list")) == .integer(1))
        }
    }

    @Test("without a server a command fails at its own deadline, as certainly not executed")
    func noServer() async throws {
        let server = try await RedisServer.start()
        server.stop()
        let client = try makeClient(server)
        defer { client.close() }
        let error = await #expect(throws: RedisError.self) {
            try await client.send(RedisCommand("PING"), timeout: .milliseconds(80))
        }
        #expect(error?.code == .notConnected)
        #expect(error?.outcomeUnknown == false)
        #expect(error?.isTransient == true)
    }

    @Test("failing fast, a command does not wait for a server that is known to be away")
    func failFast() async throws {
        let server = try await RedisServer.start()
        server.stop()
        let client = try makeClient(server) { $0.whileDisconnected = .failFast }
        defer { client.close() }
        for _ in 0..<3 {
            let error = await #expect(throws: RedisError.self) {
                try await client.send(RedisCommand("PING"), timeout: .seconds(3_600))
            }
            #expect(error?.code == .notConnected)
        }
        try await server.restart()
        try await eventually("the client reconnects") { (try? await client.send(RedisCommand("PING"))) != nil }
    }

    @Test("over the bound of outstanding commands the next one is refused, until replies come")
    func overload() async throws {
        try await RedisServer.with { server in
            let client = try makeClient(server) { $0.maximumOutstandingCommands = 4 }
            defer { client.close() }
            server.pause()
            let loop = MultiThreadedEventLoopGroup.singleton.next()
            let taken = (0..<4).map { client.submit(RedisCommand("ECHO", $0), on: loop, timeout: .seconds(60)) }
            let error = await #expect(throws: RedisError.self) { try await client.send(RedisCommand("PING")) }
            #expect(error?.code == .overloaded)
            #expect(error?.outcomeUnknown == false)
            server.resume()
            for (number, future) in taken.enumerated() { #expect(try await future.get().integer == Int64(number)) }
            try await eventually("there is room again") { (try? await client.send(RedisCommand("PING"))) != nil }
        }
    }

    @Test("READONLY leads to a new connection and is a transient error")
    func readOnly() async throws {
        try await RedisServer.with { server in
            let client = try makeClient(server)
            let other = try makeClient(server)
            defer { client.close() }
            defer { other.close() }
            let before = try await client.send(RedisCommand("CLIENT", "ID"))
            _ = try await other.send(RedisCommand("REPLICAOF", "127.0.0.1", 1))
            let error = await #expect(throws: RedisError.self) { try await client.send(RedisCommand("SET", "k", "v")) }
            #expect(error?.prefix == "READONLY")
            #expect(error?.isTransient == true)
            #expect(error?.outcomeUnknown == false)
            _ = try await other.send(RedisCommand("REPLICAOF", "NO", "ONE"))
            #expect(try await client.send(RedisCommand("SET", "k", "v")) == .status("OK"))
            #expect(try await client.send(RedisCommand("CLIENT", "ID")) != before)
        }
    }

    @Test("a closed client fails what waits and refuses the rest")
    func closing() async throws {
        try await RedisServer.with { server in
            let client = try makeClient(server)
            let observer = try makeClient(server)
            defer { observer.close() }
            let popped = Task { try await client.send(RedisCommand("BLPOP", "list", 0), timeout: .seconds(60)) }
            try await eventually("the pop reaches the server") { try await blockedClients(observer) == 1 }
            client.close()
            #expect(await #expect(throws: RedisError.self) { try await popped.value }?.code == .closed)
            let late = await #expect(throws: RedisError.self) { try await client.send(RedisCommand("PING")) }
            #expect(late?.code == .closed)
            let lease = await #expect(throws: RedisError.self) { try await client.withDedicatedConnection { _ in } }
            #expect(lease?.code == .closed)
        }
    }
}
