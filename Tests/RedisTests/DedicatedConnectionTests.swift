import NIOCore
import NIOPosix
import Redis
import Testing
import TestSupport

@Suite struct DedicatedConnectionTests {
    @Test("a blocking pop is woken by a push")
    func woken() async throws {
        try await RedisServer.with { server in
            let client = try makeClient(server)
            defer { client.close() }
            async let popped = client.withDedicatedConnection { connection in
                try await connection.send(RedisCommand("BLPOP", "list", 0), timeout: .seconds(60))
            }
            try await eventually("the pop waits") { try await blockedClients(client) == 1 }
            _ = try await client.send(RedisCommand("RPUSH", "list", "x"))
            #expect(try await popped == .array([.bytes(Array("list".utf8)), .bytes([UInt8(ascii: "x")])]))
        }
    }

    @Test("a cancelled blocking pop ends at once, leaves the server, and frees its place")
    func cancelled() async throws {
        try await RedisServer.with { server in
            let client = try makeClient(server) { $0.maximumConnections = 2 }
            defer { client.close() }
            let task = Task {
                try await client.withDedicatedConnection { connection in
                    try await connection.send(RedisCommand("BLPOP", "list", 0), timeout: .seconds(3_600))
                }
            }
            try await eventually("the pop waits") { try await blockedClients(client) == 1 }
            task.cancel()
            let error = await #expect(throws: RedisError.self) { try await task.value }
            #expect(error?.code == .cancelled)
            try await eventually("the pop is gone") { try await blockedClients(client) == 0 }
            let reply = try await client.withDedicatedConnection { try await $0.send(RedisCommand("PING")) }
            #expect(reply == .status("PONG"))
        }
    }

    @Test("over the bound a caller waits, gets the next free connection, or gives up in time")
    func bound() async throws {
        try await RedisServer.with { server in
            let client = try makeClient(server) {
                $0.maximumConnections = 2
                $0.connectionTimeout = .milliseconds(100)
            }
            defer { client.close() }
            let first = try await client.withDedicatedConnection { connection in
                let error = await #expect(throws: RedisError.self) { try await client.withDedicatedConnection { _ in } }
                #expect(error?.code == .poolExhausted)
                #expect(error?.isTransient == true)
                let waiter = Task { try await client.withDedicatedConnection { _ in } }
                waiter.cancel()
                #expect(await #expect(throws: RedisError.self) { try await waiter.value }?.code == .cancelled)
                return try await connection.send(RedisCommand("CLIENT", "ID"))
            }
            let second = try await client.withDedicatedConnection { try await $0.send(RedisCommand("CLIENT", "ID")) }
            #expect(first == second)
        }
    }

    @Test("many callers take turns on few connections")
    func turns() async throws {
        try await RedisServer.with { server in
            let client = try makeClient(server) { $0.maximumConnections = 4 }
            defer { client.close() }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<60 {
                    group.addTask {
                        let reply = try await client.withDedicatedConnection { connection in
                            try await connection.send(RedisCommand("ECHO", number))
                        }
                        #expect(reply.integer == Int64(number))
                    }
                }
                try await group.waitForAll()
            }
            let info = try await client.send(RedisCommand("INFO", "stats")).string ?? ""
            #expect(info.contains("total_connections_received:4\r\n"))
        }
    }

    @Test("a timeout on a dedicated connection closes it, so that nobody gets the late reply")
    func timeout() async throws {
        try await RedisServer.with { server in
            let client = try makeClient(server) { $0.maximumConnections = 2 }
            defer { client.close() }
            let error = await #expect(throws: RedisError.self) {
                try await client.withDedicatedConnection { connection in
                    try await connection.send(RedisCommand("BLPOP", "list", 0), timeout: .milliseconds(50))
                }
            }
            #expect(error?.code == .timedOut)
            let reply = try await client.withDedicatedConnection { try await $0.send(RedisCommand("ECHO", "mine")) }
            #expect(reply.string == "mine")
        }
    }

    @Test("a connection works alone on an event loop of one's own, by promises")
    func alone() async throws {
        try await RedisServer.with { server in
            let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            let loop = group.next()
            let configuration = try RedisConfiguration(url: server.url)
            let script = RedisScript(name: "twice", source: "return ARGV[1] * 2")
            let doubled = try await RedisConnection.connect(configuration: configuration, on: loop).flatMap {
                connection in
                loop.assertInEventLoop()
                return connection.send(RedisCommand("SET", "k", 1)).flatMap { _ in
                    loop.assertInEventLoop()
                    return connection.evaluate(script, keys: [], arguments: [21], on: loop)
                }.flatMap { reply in
                    connection.close()
                    return connection.closeFuture.map { reply }
                }
            }.get()
            #expect(doubled == .integer(42))
            try await group.shutdownGracefully()
        }
    }

    @Test("a connection tells when the server is gone, and refuses commands then")
    func ended() async throws {
        try await RedisServer.with { server in
            let loop = MultiThreadedEventLoopGroup.singleton.next()
            let configuration = try RedisConfiguration(url: server.url)
            let connection = try await RedisConnection.connect(configuration: configuration, on: loop).get()
            server.kill()
            try await connection.closeFuture.get()
            let error = await #expect(throws: RedisError.self) {
                _ = try await connection.send(RedisCommand("PING"))
            }
            #expect(error?.code == .connectionLost)
            #expect(error?.outcomeUnknown == false)
        }
    }
}
