import Redis

/// A Redis Cluster: three primaries that share the slots, and a replica of each, or none.
package final class ClusterDeployment: Sendable {
    private static let ranges = [(0, 5460), (5461, 10_922), (10_923, 16_383)]
    package let servers: [RedisServer]

    /// What a client connects to.
    package var url: String {
        "redis+cluster://" + servers.map { "127.0.0.1:\($0.port)" }.joined(separator: ";")
    }

    private init(servers: [RedisServer]) { self.servers = servers }

    /// Runs `body` with a cluster that is complete.
    package static func with<Value>(
        replicas: Bool = true,
        _ body: (ClusterDeployment) async throws -> Value
    ) async throws -> Value {
        var servers: [RedisServer] = []
        var buses: [Int] = []
        let count = replicas ? 6 : 3
        for _ in 0..<count {
            // Nodes speak with each other on a port of their own, which by default may be out of range.
            let bus = try FreePort.next()
            // Where nobody can take over, a node that a busy machine keeps waiting is not to be taken for dead.
            let patience = replicas ? "2000" : "60000"
            let arguments = [
                "--cluster-enabled", "yes", "--cluster-node-timeout", patience, "--cluster-port", "\(bus)",
            ]
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
            for server in servers where try await !cluster.says(server, "cluster_known_nodes:\(count)") { return false }
            return true
        }
        for index in 3..<max(3, count) {
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
                    if servers.count == 3 { continue }
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

    /// Stands between the nodes and everybody who asks for their addresses: each node announces a proxy of its own.
    ///
    /// - Parameters:
    ///   - scripts: Names of scripts by their digest in hexadecimal.
    ///   - body: Gets the proxies, one per node.
    /// - Returns: What `body` does.
    /// - Throws: What `body` throws, or where a proxy cannot listen.
    package func behindProxies<Value>(
        scripts: [String: String],
        _ body: ([FaultProxy]) async throws -> Value
    ) async throws -> Value {
        var proxies: [FaultProxy] = []
        for server in servers {
            let proxy = try await FaultProxy.start(to: server.port, scripts: scripts)
            proxies.append(proxy)
            _ = try await server.ask("CONFIG", "SET", "cluster-announce-port", "\(proxy.port)")
        }
        let ports = Set(proxies.map { Int64($0.port) })
        try await eventually("nodes that know the proxies") {
            for server in servers {
                let slots = try await server.ask("CLUSTER", "SLOTS").array ?? []
                guard slots.allSatisfy({ ports.contains($0[2]?[1]?.integer ?? 0) }) else { return false }
            }
            return true
        }
        do {
            let value = try await body(proxies)
            for proxy in proxies { await proxy.stop() }
            return value
        } catch {
            for proxy in proxies { await proxy.stop() }
            throw error
        }
    }

    private func says(_ server: RedisServer, _ line: String) async throws -> Bool {
        try await server.ask("CLUSTER", "INFO").string?.contains(line) == true
    }
}

extension RedisServer {
    fileprivate func clusterID() async throws -> String { try await ask("CLUSTER", "MYID").string ?? "" }
}
