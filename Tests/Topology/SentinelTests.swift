import JobQueue
import TestSupport
import Testing

extension Topologies {
    /// A primary that dies while replicas are behind, with sentinels that put one of them in its place.
    @Suite("Failover under Sentinel")
    struct SentinelTests {
        /// Kills the primary while its replicas lag: they are cut off for a moment in which the load goes on.
        private func failOver(_ deployment: SentinelDeployment, _ load: QueueLoad) async throws {
            let primary = try await #require(deployment.primary())
            let replicas = deployment.servers.filter { $0 !== primary }
            try await eventually("replicas") { try await deployment.replicas(of: primary) == 2 }
            for replica in replicas { replica.pause() }
            _ = try await primary.ask("CLIENT", "KILL", "TYPE", "replica")
            try await Task.sleep(for: .milliseconds(200))  // How far the replicas are behind.
            primary.kill()
            for replica in replicas { replica.resume() }
            try await eventually("another primary", within: .seconds(30)) {
                let next = try await deployment.primary()
                return next != nil && next !== primary
            }
            try await load.progress()
            try await primary.restart()
            try await eventually("the old primary as a replica", within: .seconds(30)) {
                guard let next = try await deployment.primary() else { return false }
                return try await deployment.replicas(of: next) == 2
            }
        }

        @Test("replicated: primaries killed twice while their replicas lag, and no acknowledged task is lost")
        func replicated() async throws {
            try await SentinelDeployment.with { deployment in
                let account = try await QueueLoad.run(deployment.url, .replicated) { load in
                    for _ in 0..<2 { try await failOver(deployment, load) }
                }
                print("chaos: sentinel, replicated, 2 primaries killed: \(account)")
                #expect(account.lost == 0)
                #expect(account.acknowledged > 1_000)
                #expect(account.longestWait < .seconds(15))
            }
        }

        @Test(
            "replicated: a primary that freezes is left, and what it still holds of us when it comes back harms nothing"
        )
        func frozen() async throws {
            try await SentinelDeployment.with { deployment in
                let account = try await QueueLoad.run(deployment.url, .replicated) { load in
                    let primary = try await #require(deployment.primary())
                    primary.pause()
                    try await eventually("another primary", within: .seconds(30)) {
                        let next = try await deployment.primary()
                        return next != nil && next !== primary
                    }
                    try await load.progress()
                    primary.resume()
                    try await eventually("the old primary as a replica", within: .seconds(30)) {
                        guard let next = try await deployment.primary(), next !== primary else { return false }
                        return try await deployment.replicas(of: next) == 2
                    }
                    try await load.progress()
                }
                print("chaos: sentinel, replicated, 1 primary frozen: \(account)")
                #expect(account.lost == 0)
                #expect(account.longestWait < .seconds(15))
            }
        }

        @Test("async: what had not reached a replica is lost with its primary, and nothing is stuck")
        func unconfirmed() async throws {
            try await SentinelDeployment.with { deployment in
                let account = try await QueueLoad.run(deployment.url, .async) { load in
                    try await failOver(deployment, load)
                }
                print("chaos: sentinel, async, 1 primary killed, its replicas 200 ms behind: \(account)")
                #expect(account.lost > 0, "the replicas were behind, so the other test shows something")
            }
        }
    }
}
