import TestSupport
import Testing

extension WholeSystemTests {
    @Suite("Redis in all its forms")
    struct TopologyTests {
        /// Ten people write and get their replies.
        private func converse(_ system: AssistantSystem, _ topic: String) async throws {
            for person in 0..<10 {
                let message = try await system.sandbox.say("What about \(topic)?", as: "Person \(person)")
                _ = try await system.sandbox.reply(to: message.messageID)
            }
        }

        @Test("programs over Sentinel, replicated: they follow a primary that dies")
        func sentinel() async throws {
            try await SentinelDeployment.with { deployment in
                let settings = ["REDIS_URL": deployment.url, "DURABILITY": "replicated", "WORKER_LEASE": "4"]
                try await AssistantSystem.with(.init(settings: settings)) { system in
                    try await converse(system, "the weather")
                    let primary = try await #require(deployment.primary())
                    primary.kill()
                    try await converse(system, "the failover")
                    #expect(try await deployment.primary() !== primary)
                }
            }
        }

        @Test("programs over a Cluster: they follow a slot that moves")
        func cluster() async throws {
            try await ClusterDeployment.with { cluster in
                try await AssistantSystem.with(.init(settings: ["REDIS_URL": cluster.url])) { system in
                    try await converse(system, "the weather")
                    let source = try await #require(cluster.owner(of: "interactive"))
                    let target = try #require(cluster.servers.prefix(3).first { $0 !== source })
                    _ = try await cluster.moveSlot(of: "interactive", from: source, to: target)
                    try await converse(system, "the move")
                    let owner = try await cluster.owner(of: "interactive")
                    #expect(owner === target)
                }
            }
        }

        @Test(
            "a Redis that cannot keep what it is given ends gateway and worker with 1",
            arguments: ["gateway", "worker"]
        )
        func refused(program: String) async throws {
            try await RedisServer.with { server in
                let environment = ["REDIS_URL": server.url, "DURABILITY": "fsync", "LISTEN_PORT": "0"]
                let process = try ProgramProcess(program, environment: environment)
                defer { process.kill() }
                #expect(try await process.ended() == .exited(1))
                #expect(process.log.contains("set appendonly yes"))
            }
        }
    }
}
