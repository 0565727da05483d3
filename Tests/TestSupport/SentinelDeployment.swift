package import Logging
package import Redis

/// A primary, its replicas, and three sentinels that replace it within a second or two.
package final class SentinelDeployment: Sendable {
    package let servers: [RedisServer]
    package let sentinels: [RedisServer]

    /// What a client connects to.
    package var url: String {
        "sentinel://" + sentinels.map { "127.0.0.1:\($0.port)" }.joined(separator: ";") + "/0?master=main"
    }

    private init(servers: [RedisServer], sentinels: [RedisServer]) {
        self.servers = servers
        self.sentinels = sentinels
    }

    /// Runs `body` with a primary, two replicas that have caught up, and sentinels that know of them and of each other.
    package static func with<Value>(_ body: (SentinelDeployment) async throws -> Value) async throws -> Value {
        let primary = try await RedisServer.start()
        var servers = [primary]
        for _ in 0..<2 {
            servers.append(try await RedisServer.start(arguments: ["--replicaof", "127.0.0.1", "\(primary.port)"]))
        }
        // On a busy machine, less patience would replace primaries that live, and that is another fault than a death.
        let watch = """
            sentinel monitor main 127.0.0.1 \(primary.port) 2
            sentinel down-after-milliseconds main 1500
            sentinel failover-timeout main 5000
            sentinel parallel-syncs main 2

            """
        var sentinels: [RedisServer] = []
        for _ in 0..<3 { sentinels.append(try await RedisServer.start(sentinel: watch)) }
        let deployment = SentinelDeployment(servers: servers, sentinels: sentinels)
        defer { for server in servers + sentinels { server.stop() } }
        try await eventually("a deployment that knows itself", within: .seconds(20)) {
            for sentinel in sentinels {
                let facts = try await sentinel.ask("SENTINEL", "MASTER", "main").array?.compactMap(\.string) ?? []
                guard facts.value(of: "num-slaves") == "2", facts.value(of: "num-other-sentinels") == "2" else {
                    return false
                }
            }
            return try await deployment.replicas(of: primary) == 2
        }
        return try await body(deployment)
    }

    /// The server that takes writes, among those that run.
    package func primary() async throws -> RedisServer? {
        for server in servers where server.isRunning {
            do {
                guard try await server.ask("ROLE")[0]?.string == "master" else { continue }
                if try await replicas(of: server) > 0 { return server }
            } catch let error as RedisError where error.isTransient {
                continue  // Frozen, or loading what it was sent.
            }
        }
        return nil
    }

    /// How many replicas a server feeds at the moment.
    package func replicas(of server: RedisServer) async throws -> Int {
        let report = try await server.ask("INFO", "replication").string ?? ""
        return report.split(whereSeparator: \.isNewline).count { $0.contains("state=online") }
    }
}

extension RedisServer {
    /// One command on a connection of its own.
    package func ask(_ name: String, _ arguments: String...) async throws -> RedisReply {
        try await ask(name, arguments: arguments)
    }

    package func ask(_ name: String, arguments: [String]) async throws -> RedisReply {
        var configuration = try RedisConfiguration(url: url)
        configuration.whileDisconnected = .failFast
        configuration.connectTimeout = .seconds(2)
        let redis = try RedisClient(configuration: configuration, logger: .silent)
        defer { redis.close() }
        return try await redis.send(RedisCommand(name, arguments: arguments))
    }
}

extension Logger {
    /// One that says nothing.
    package static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}

extension [String] {
    /// The value behind a name, in a flat list of names and values.
    fileprivate func value(of name: String) -> String? {
        firstIndex(of: name).flatMap { indices.contains($0 + 1) ? self[$0 + 1] : nil }
    }
}
