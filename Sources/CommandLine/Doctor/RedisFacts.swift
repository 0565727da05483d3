import Platform

/// What Redis says about itself, and what follows from it. Decisions only, no I/O.
struct RedisFacts {
    /// `INFO`, field by field.
    private let info: [String: String]
    /// `appendfsync`, where `CONFIG GET` is allowed.
    let appendFsync: String?

    /// - Parameters:
    ///   - info: the reply of `INFO`: lines of `name:value`, sections after `#`.
    ///   - appendFsync: the value of the setting; nil where a managed service keeps `CONFIG` to itself.
    init(info: String, appendFsync: String?) {
        var fields: [String: String] = [:]
        for line in info.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[String(line[..<colon])] = String(line[line.index(after: colon)...])
        }
        self.info = fields
        self.appendFsync = appendFsync
    }

    /// Everything to be said, given the durability that is asked for.
    func findings(for durability: Configuration.Durability) -> [Finding] {
        [version, role, persistence, durabilityFinding(durability), eviction].compactMap { $0 }
    }

    /// Major and minor of the Redis version that a server, Valkey too, is compatible with.
    private var compatibility: (major: Int, minor: Int) {
        let parts = (info["redis_version"] ?? "0").split(separator: ".").map { Int($0) ?? 0 }
        return (parts.first ?? 0, parts.dropFirst().first ?? 0)
    }

    private var version: Finding {
        let name = info["valkey_version"].map { "Valkey \($0)" } ?? "Redis \(info["redis_version"] ?? "unknown")"
        if compatibility < (6, 2) {
            return .failure("redis version", name, fix: "use Redis 6.2 or later, or Valkey")
        }
        if compatibility.major < 7 {
            return .warning("redis version", name, fix: "it works, but 7 or later is what is tested")
        }
        return .ok("redis version", name)
    }

    private var role: Finding {
        switch info["role"] {
        case "master", nil: .ok("redis role", "primary")
        case let role?:
            .failure("redis role", "\(role), which takes no writes", fix: "point redis.url at the primary")
        }
    }

    private var persistence: Finding {
        let subject = "redis persistence"
        if info["aof_enabled"] == "1" {
            if info["aof_last_write_status"].map({ $0 != "ok" }) ?? false {
                return .failure(
                    subject,
                    "the append-only file cannot be written",
                    fix: "look at its disk and Redis's log"
                )
            }
            return .ok(subject, "append-only file" + (appendFsync.map { ", appendfsync \($0)" } ?? ""))
        }
        return .warning(
            subject,
            "no append-only file: a restart of Redis loses what was acknowledged",
            fix: "set appendonly yes (redis-cli CONFIG SET appendonly yes, and in redis.conf)"
        )
    }

    private func durabilityFinding(_ durability: Configuration.Durability) -> Finding? {
        let subject = "redis durability"
        switch durability {
        case .async: return nil
        case .replicated:
            let replicas = Int(info["connected_slaves"] ?? "") ?? 0
            guard replicas > 0 else {
                return .failure(
                    subject,
                    "replicated, but there is no replica",
                    fix: "attach one, or set DURABILITY=async"
                )
            }
            return .ok(subject, "replicated to \(replicas)")
        case .fsync:
            guard info["aof_enabled"] == "1" else {
                return .failure(subject, "fsync, but there is no append-only file", fix: "set appendonly yes")
            }
            guard compatibility >= (7, 2) || appendFsync == "always" else {
                return .failure(subject, "fsync needs WAITAOF of Redis 7.2", fix: "set appendfsync always, or upgrade")
            }
            return .ok(subject, compatibility >= (7, 2) ? "fsync by WAITAOF" : "fsync by appendfsync always")
        }
    }

    private var eviction: Finding {
        let subject = "redis eviction"
        switch info["maxmemory_policy"] {
        case "noeviction": return .ok(subject, "noeviction")
        case nil: return .warning(subject, "unknown", fix: "make sure that maxmemory-policy is noeviction")
        case let policy?:
            return .failure(
                subject,
                "\(policy): Redis may throw away queues when memory runs out",
                fix: "set maxmemory-policy noeviction"
            )
        }
    }

    /// What to say about our clock and another's that differ by `skew`, known to within `uncertainty`.
    static func clock(skew: Duration, uncertainty: Duration, of other: String = "Redis") -> Finding {
        let subject = other == "Redis" ? "clock" : "clock and \(other)"
        let certain = max(.zero, (skew < .zero ? .zero - skew : skew) - uncertainty)
        let text = "\(Double(skew / .milliseconds(1)).rounded() / 1_000) s ahead of \(other)"
        let fix = "synchronise this machine with NTP"
        if certain > .seconds(60) { return .failure(subject, text, fix: fix) }
        if certain > .seconds(1) { return .warning(subject, text, fix: fix) }
        return .ok(subject, "within \(certain == .zero ? "the round trip" : "a second") of \(other)")
    }
}
