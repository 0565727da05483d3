import FoundationEssentials
import Platform
import Redis

/// Looks at the configured Redis.
struct RedisExamination {
    let settings: Configuration.Redis

    struct Result {
        let findings: [Finding]
        let isReachable: Bool
    }

    func examine() async -> Result {
        do {
            return Result(findings: try await findings(), isReachable: true)
        } catch {
            let failure = RedisAccess.failure(error, settings)
            let fix =
                failure.status == .unreachable
                ? "start Redis, or set redis.url (REDIS_URL) to where it is"
                : "check the user, the password and the rest of redis.url (REDIS_URL)"
            let finding = Finding.failure("redis", failure.message ?? "\(error)", fix: fix)
            return Result(findings: [finding], isReachable: failure.status != .unreachable)
        }
    }

    private func findings() async throws(RedisError) -> [Finding] {
        let redis = try RedisAccess.client(settings)
        defer { redis.close() }
        _ = try await redis.send(RedisCommand("PING"))
        var findings = [Finding.ok("redis", "answers at \(redis.configuration)"), try await clock(redis)]
        let info = try await redis.send(RedisCommand("INFO")).string ?? ""
        let facts = RedisFacts(info: info, appendFsync: await appendFsync(redis))
        findings += facts.findings(for: settings.durability)
        return findings
    }

    /// Compares both clocks, taking Redis's answer for the middle of the round trip.
    private func clock(_ redis: RedisClient) async throws(RedisError) -> Finding {
        let before = Date()
        let reply = try await redis.send(RedisCommand("TIME")).array ?? []
        let after = Date()
        guard reply.count == 2, let seconds = reply[0].integer, let microseconds = reply[1].integer else {
            throw RedisError(.unexpectedReply, command: "TIME")
        }
        let theirs = Double(seconds) + Double(microseconds) / 1e6
        let halfTrip = after.timeIntervalSince(before) / 2
        let ours = before.timeIntervalSince1970 + halfTrip
        return RedisFacts.clock(skew: .seconds(ours - theirs), uncertainty: .seconds(halfTrip + 0.01))
    }

    /// nil where `CONFIG` is not allowed, which is no finding.
    private func appendFsync(_ redis: RedisClient) async -> String? {
        do {
            return try await redis.send(RedisCommand("CONFIG", "GET", "appendfsync")).array?.last?.string
        } catch {
            return nil
        }
    }
}
