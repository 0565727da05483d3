import JobQueue
import TestSupport
import Testing

extension Topologies {
    /// A queue whose slot moves, and whose primary dies, while it works.
    @Suite("Cluster under load")
    struct ClusterTests {
        private static var key: String { QueueLoad.queue.rawValue }

        @Test("the queue's slot moves to another primary and back: nothing is lost, nothing is stuck, order is kept")
        func moved() async throws {
            try await ClusterDeployment.with { cluster in
                var keys = 0
                let account = try await QueueLoad.run(cluster.url, .async) { load in
                    for _ in 0..<2 {
                        let source = try await #require(cluster.owner(of: Self.key))
                        let primaries = cluster.servers.prefix(3)
                        let target = try #require(primaries.first { $0 !== source })
                        keys += try await cluster.moveSlot(of: Self.key, from: source, to: target)
                        try await load.progress(1_000)
                    }
                }
                print("chaos: cluster, slot moved twice with \(keys) keys: \(account)")
                #expect(account.lost == 0)
                #expect(account.acknowledged > 1_000)
                #expect(account.longestWait < .seconds(15))
            }
        }

        @Test("replicated: the queue's primary is killed, and no acknowledged task is lost")
        func killed() async throws {
            try await ClusterDeployment.with { cluster in
                let account = try await QueueLoad.run(cluster.url, .replicated) { load in
                    for _ in 0..<2 {
                        let primary = try await #require(cluster.owner(of: Self.key))
                        primary.kill()
                        try await eventually("another primary", within: .seconds(30)) {
                            let next = try await cluster.owner(of: Self.key)
                            return next != nil && next !== primary
                        }
                        try await primary.restart()
                        try await load.progress(1_000)
                        try await cluster.isWhole()
                    }
                }
                print("chaos: cluster, replicated, 2 primaries killed: \(account)")
                #expect(account.lost == 0)
                #expect(account.acknowledged > 1_000)
                #expect(account.longestWait < .seconds(20))
            }
        }
    }
}
