import Feishu
import Logging
import Redis
import TestSupport
import Testing

extension Topologies {
    /// Feishu's limits, kept in a Cluster.
    @Suite("Limits in a Cluster")
    struct GovernorTests {
        @Test("an app's limits are kept in one slot, and stay kept while it moves")
        func kept() async throws {
            try await ClusterDeployment.with { cluster in
                let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                let redis = try RedisClient(configuration: RedisConfiguration(url: cluster.url), logger: logger)
                defer { redis.close() }
                let governor = RedisCallGovernor(
                    redis: redis,
                    appID: "cli_1",
                    logger: logger,
                    now: { 1_795_402_800_000 },
                    virtualTime: { 1_795_402_800_000 }
                )
                func waits(_ chat: String) async -> [Duration?] {
                    var waits: [Duration?] = []
                    for _ in 0..<3 {
                        let call = GovernedCall(api: "POST im/v1/messages", subjects: [.chat(chat)])
                        let slot = await governor.reserve(call, within: .seconds(60))
                        if case .granted(let wait, _) = slot { waits.append(wait) } else { waits.append(nil) }
                    }
                    return waits
                }
                #expect(await waits("oc_1") == [.zero, .zero, .zero])
                #expect(governor.monthlyUsage?.calls == 3)

                let key = "feishu:meter:{cli_1}:2026-11"
                let source = try await #require(cluster.owner(of: key))
                let target = try #require(cluster.servers.prefix(3).first { $0 !== source })
                #expect(try await cluster.moveSlot(of: key, from: source, to: target) == 3)
                let after = await waits("oc_1")
                #expect(after.first == .zero)
                #expect(after.dropFirst().allSatisfy { $0.map { $0 >= .seconds(1) } ?? false })
                // Of a governor that had lost its Redis this would be another's count.
                #expect(governor.monthlyUsage?.calls == 6)
            }
        }
    }
}
