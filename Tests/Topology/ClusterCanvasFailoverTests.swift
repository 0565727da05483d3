import JSON
import JobQueue
import Redis
import TestSupport
import Testing

extension Topologies {
    /// A node dies while canvases go on.
    @Suite("Canvases on a Cluster whose primaries are killed")
    struct ClusterCanvasFailoverTests {
        @Test(
            "replicated: the primary of a queue and of a third of the chords is killed, and every canvas comes to its end"
        )
        func killed() async throws {
            try await ClusterDeployment.with { cluster in
                var configuration = try RedisConfiguration(url: cluster.url)
                configuration.commandTimeout = .seconds(1)
                configuration.connectTimeout = .seconds(1)
                configuration.stallTimeout = .seconds(1)
                configuration.backoff = Backoff(base: .milliseconds(20), cap: .milliseconds(200))
                let redis = try RedisClient(configuration: configuration, logger: .silent)
                defer { redis.close() }
                let producer = JobProducer(redis: redis, durability: .replicated)
                var receipts: [CanvasReceipt] = []
                /// Repeats what was not confirmed, as every caller has to.
                func call(_ count: Int) async throws {
                    for _ in 0..<count {
                        let number = receipts.count
                        let header = (0..<6).map { index in
                            Signature.add(
                                .integer(Int64(number)),
                                .integer(index),
                                on: index % 2 == 0 ? "left" : "right"
                            )
                        }
                        let steps = [Signature(.chord(header: header, body: .same(on: "left"))), .same()]
                        let canvas = Signature(.chain(steps))
                        try await eventually("a call") {
                            do throws(JobQueueError) {
                                receipts.append(try await producer.call(canvas, deduplicationKey: "canvas \(number)"))
                                return true
                            } catch { return false }
                        }
                    }
                }
                let jobs = ClusterCanvasJobs()
                try await jobs.work(redis, durability: .replicated, lease: .seconds(6)) {
                    try await call(100)
                    let primary = try await #require(cluster.owner(of: "left"))
                    primary.kill()
                    try await eventually("another primary", within: .seconds(30)) {
                        let next = try await cluster.owner(of: "left")
                        return next != nil && next !== primary
                    }
                    // As its only replica was taken from it, the queue confirms nothing until that is back.
                    try await primary.restart()
                    try await call(100)
                    for (number, receipt) in receipts.enumerated() {
                        let result = try await producer.results.handle(of: receipt.resultID, as: [Int64].self)
                            .value(timeout: .seconds(60))
                        #expect(result == (0..<6).map { Int64(number) + $0 })
                    }
                }
                print("chaos: cluster, replicated, a primary killed: \(receipts.count) canvases")
            }
        }
    }
}
