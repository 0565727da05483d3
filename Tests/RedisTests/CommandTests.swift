import NIOCore
import NIOPosix
import Redis
import Testing
import TestSupport

@Suite struct CommandTests {
    @Test("many callers share a connection and each gets its own reply")
    func pipelining() async throws {
        try await RedisServer.with { server in
            let client = try makeClient(server)
            defer { client.close() }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for caller in 0..<500 {
                    group.addTask {
                        for round in 0..<10 {
                            let text = "\(caller)-\(round)"
                            let reply = try await client.send(RedisCommand("ECHO", text))
                            #expect(reply == .bytes(Array(text.utf8)))
                        }
                    }
                }
                try await group.waitForAll()
            }
            let info = try await client.send(RedisCommand("INFO", "clients")).string
            #expect(info?.contains("connected_clients:1\r\n") == true)
        }
    }

    @Test("an error reply is thrown, and its description shows no argument")
    func errorReply() async throws {
        try await RedisServer.with { server in
            let client = try makeClient(server)
            defer { client.close() }
            _ = try await client.send(RedisCommand("SET", "text", "secret"))
            let error = await #expect(throws: RedisError.self) {
                try await client.send(RedisCommand("LPUSH", "text", "hidden"))
            }
            #expect(error?.code == .server)
            #expect(error?.prefix == "WRONGTYPE")
            #expect(error?.outcomeUnknown == false)
            let unknown = await #expect(throws: RedisError.self) {
                try await client.send(RedisCommand("NOSUCH", "hidden"))
            }
            #expect(unknown?.description == "RedisError.server ERR during NOSUCH")
            #expect(try await client.send(RedisCommand("GET", "text")).string == "secret")
        }
    }

    @Test("a script is loaded where the server does not know it, in both forms")
    func scripts() async throws {
        try await RedisServer.with { server in
            let client = try makeClient(server)
            defer { client.close() }
            let script = RedisScript(name: "sum", source: "return redis.call('INCRBY', KEYS[1], ARGV[1])")
            #expect(try await client.evaluate(script, keys: ["n"], arguments: [2]) == .integer(2))
            #expect(try await client.evaluate(script, keys: ["n"], arguments: [3]) == .integer(5))
            _ = try await client.send(RedisCommand("SCRIPT", "FLUSH"))
            let loop = NIOSingletons.posixEventLoopGroup.next()
            #expect(try await client.evaluate(script, keys: ["n"], arguments: [4], on: loop).get() == .integer(9))
            let known = try await client.send(RedisCommand("SCRIPT", "EXISTS", script.sha1))
            #expect(known == .array([.integer(1)]))
        }
    }
}
