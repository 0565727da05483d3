import Redis

/// A Redis Cluster: three primaries that share the slots, and a replica of each.
package final class ClusterDeployment: Sendable {
    private static let ranges = [(0, 5460), (5461, 10_922), (10_923, 16_383)]
    package let servers: [RedisServer]

    /// What a client connects to.
    package var url: String {
        "redis+cluster://" + servers.map { "127.0.0.1:\($0.port)" }.joined(separator: ";")
    }

    private init(servers: [RedisServer]) { self.servers = servers }

    /// Runs `body` with a cluster that is complete.
    package static func with<Value>(_ body: (ClusterDeployment) async throws -> Value) async throws -> Value {
        var servers: [RedisServer] = []
        var buses: [Int] = []
        for _ in 0..<6 {
            // Nodes speak with each other on a port of their own, which by default may be out of range.
            let bus = try await RedisServer.freePort()
            let arguments = ["--cluster-enabled", "yes", "--cluster-node-timeout", "2000", "--cluster-port", "\(bus)"]
            servers.append(try await RedisServer.start(arguments: arguments))
            buses.append(bus)
        }
        let cluster = ClusterDeployment(servers: servers)
        defer { for server in servers { server.stop() } }
        for (index, server) in servers.enumerated() {
            _ = try await server.ask("CLUSTER", "SET-CONFIG-EPOCH", "\(index + 1)")
            if index < 3 {
                let (first, last) = ranges[index]
                _ = try await server.ask("CLUSTER", "ADDSLOTSRANGE", "\(first)", "\(last)")
            }
            _ = try await server.ask("CLUSTER", "MEET", "127.0.0.1", "\(servers[0].port)", "\(buses[0])")
        }
        try await eventually("acquaintance", within: .seconds(20)) {
            for server in servers where try await !cluster.says(server, "cluster_known_nodes:6") { return false }
            return true
        }
        for index in 3..<6 {
            let primary = try await servers[index - 3].clusterID()
            try await eventually("a replica") {
                do {
                    return try await servers[index].ask("CLUSTER", "REPLICATE", primary).string == "OK"
                } catch let error as RedisError where error.detail.contains("Unknown node") {
                    return false
                }
            }
        }
        try await cluster.isWhole()
        return try await body(cluster)
    }

    /// Waits until every running node finds the cluster whole, and every primary has a replica.
    package func isWhole() async throws {
        try await eventually("a whole cluster", within: .seconds(30)) {
            for server in servers {
                do {
                    guard try await says(server, "cluster_state:ok") else { return false }
                    let report = try await server.ask("INFO", "replication").string ?? ""
                    guard report.contains("state=online") || report.contains("master_link_status:up") else {
                        return false
                    }
                } catch let error as RedisError where error.isTransient {
                    return false
                }
            }
            return true
        }
    }

    /// The primary that serves `key`, as the others say.
    package func owner(of key: String) async throws -> RedisServer? {
        for server in servers where server.isRunning {
            do {
                guard let slot = try await server.ask("CLUSTER", "KEYSLOT", key).integer else { continue }
                for range in try await server.ask("CLUSTER", "SLOTS").array ?? [] {
                    guard let first = range[0]?.integer, let last = range[1]?.integer, first <= slot, slot <= last
                    else { continue }
                    let port = range[2]?[1]?.integer ?? 0
                    return servers.first { $0.port == Int(port) && $0.isRunning }
                }
            } catch let error as RedisError where error.isTransient {
                continue
            }
        }
        return nil
    }

    /// Moves the slot of `key` to another primary while clients use it, step by step as `redis-cli --cluster reshard`
    /// does.
    ///
    /// - Returns: How many keys were moved.
    package func moveSlot(of key: String, from source: RedisServer, to target: RedisServer) async throws -> Int {
        let slot = "\(try await source.ask("CLUSTER", "KEYSLOT", key).integer ?? -1)"
        let (sourceID, targetID) = (try await source.clusterID(), try await target.clusterID())
        _ = try await target.ask("CLUSTER", "SETSLOT", slot, "IMPORTING", sourceID)
        _ = try await source.ask("CLUSTER", "SETSLOT", slot, "MIGRATING", targetID)
        var moved = 0
        while true {
            let keys = try await source.ask("CLUSTER", "GETKEYSINSLOT", slot, "50").array?.compactMap(\.string) ?? []
            guard !keys.isEmpty else { break }
            let command = ["127.0.0.1", "\(target.port)", "", "0", "5000", "KEYS"] + keys
            _ = try await source.ask("MIGRATE", arguments: command)
            moved += keys.count
        }
        for server in [target, source] { _ = try await server.ask("CLUSTER", "SETSLOT", slot, "NODE", targetID) }
        return moved
    }

    private func says(_ server: RedisServer, _ line: String) async throws -> Bool {
        try await server.ask("CLUSTER", "INFO").string?.contains(line) == true
    }
}

extension RedisServer {
    fileprivate func clusterID() async throws -> String { try await ask("CLUSTER", "MYID").string ?? "" }
}
