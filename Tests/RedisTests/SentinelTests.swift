import Logging
import Redis
import TestSupport
import Testing

@Suite("The primary that sentinels name", .timeLimit(.minutes(1)))
struct SentinelTests {
    private func client(_ sentinels: [Int], _ rest: String = "") throws -> RedisClient {
        let list = sentinels.map { "127.0.0.1:\($0)" }.joined(separator: ";")
        var configuration = try RedisConfiguration(url: "sentinel://\(list)/0?master=main\(rest)")
        configuration.connectTimeout = .seconds(10)
        configuration.commandTimeout = .seconds(10)
        configuration.backoff = Backoff(base: .milliseconds(10), cap: .milliseconds(50))
        return try RedisClient(
            configuration: configuration,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    private static func naming(_ port: Int) -> ScriptedServer.Script {
        { command in
            guard command == ["SENTINEL", "GET-MASTER-ADDR-BY-NAME", "main"] else { return "-ERR \(command)\r\n" }
            return Reply.array(Reply.bulk("127.0.0.1"), Reply.bulk("\(port)"))
        }
    }

    @Test("asks in turn, past sentinels that are away or do not know it, and first the one that knew")
    func inTurn() async throws {
        try await RedisServer.with { server in
            let gone = try FreePort.next()
            let ignorant = try await ScriptedServer.start { _ in "*-1\r\n" }
            let knowing = try await ScriptedServer.start(Self.naming(server.port))
            let redis = try client([gone, ignorant.port, knowing.port])
            defer { redis.close() }
            for round in 1...3 {
                _ = try await redis.withDedicatedConnection { connection in
                    defer { connection.close() }  // so that the next needs a new one
                    return try await connection.send(RedisCommand("GET", "k"))
                }
                #expect(ignorant.commands.count == 1)
                #expect(knowing.commands.count == round)
            }
        }
    }

    @Test("a server that is named and is no primary is not used; another sentinel is asked")
    func stale() async throws {
        try await RedisServer.with { server in
            let old = try await ScriptedServer.start { command in
                command[0] == "ROLE"
                    ? Reply.array(Reply.bulk("slave"), Reply.bulk("h"), Reply.integer(1)) : "+stale\r\n"
            }
            let behind = try await ScriptedServer.start(Self.naming(old.port))
            let upToDate = try await ScriptedServer.start(Self.naming(server.port))
            let redis = try client([behind.port, upToDate.port])
            defer { redis.close() }
            #expect(try await redis.send(RedisCommand("SET", "k", "v")) == .status("OK"))
            #expect(old.commands == [["ROLE"]])
        }
    }

    @Test("a primary that turns replica under a client is left for the new one")
    func demoted() async throws {
        try await RedisServer.with { first in
            try await RedisServer.with { second in
                let sentinel = try await ScriptedServer.start(Self.naming(first.port))
                let redis = try client([sentinel.port])
                defer { redis.close() }
                _ = try await redis.send(RedisCommand("SET", "k", "first"))
                sentinel.answer(Self.naming(second.port))
                _ = try await redis.send(RedisCommand("REPLICAOF", "127.0.0.1", second.port))
                let error = await #expect(throws: RedisError.self) { try await redis.send(RedisCommand("SET", "k", 1)) }
                #expect(error?.prefix == "READONLY")
                #expect(try await redis.send(RedisCommand("SET", "k", "second")) == .status("OK"))
                let port = try await redis.send(RedisCommand("CONFIG", "GET", "port"))[1]
                #expect(port?.string == "\(second.port)")
            }
        }
    }

    @Test("sentinels have a password of their own")
    func password() async throws {
        try await RedisServer.with(arguments: ["--requirepass", "server"]) { server in
            let sentinel = try await ScriptedServer.start { command in
                command[0] == "AUTH"
                    ? (command == ["AUTH", "guard"] ? "+OK\r\n" : "-WRONGPASS\r\n") : Self.naming(server.port)(command)
            }
            let list = "sentinel://:server@127.0.0.1:\(sentinel.port)/0?master=main&sentinel_password=guard"
            let redis = try makeClient(server, url: list)
            defer { redis.close() }
            #expect(try await redis.send(RedisCommand("SET", "k", "v")) == .status("OK"))
        }
    }
}
