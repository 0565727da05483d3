package import Logging
package import Redis
import ServiceLifecycle

/// Whether a Redis, as it is set up, keeps what it was given. A service that ends its program where it does not.
package struct ServerSafety: Service {
    private let redis: RedisClient
    private let durability: Durability
    private let logger: Logger

    /// - Parameters:
    ///   - redis: A client of the server to look at.
    ///   - durability: What is going to be asked of it.
    ///   - logger: Told while the server does not answer.
    package init(redis: RedisClient, durability: Durability, logger: Logger) {
        self.redis = redis
        self.durability = durability
        self.logger = logger
    }

    /// Looks once, as soon as Redis answers, and then does nothing until it is stopped.
    ///
    /// - Throws: `JobQueueError(.unsafeServer)` with the reason.
    package func run() async throws {
        try await wait()
        try? await gracefulShutdown()  // Ends otherwise only by cancellation, which is an end as well.
    }

    /// Returns once Redis answers and can keep tasks, or when the task is cancelled or told to stop.
    func wait() async throws {
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            do throws(JobQueueError) {
                return try await check()
            } catch {
                guard error.code == .unavailable else { throw error }
                logger.warning("redis is not there yet", metadata: ["error": "\(error)"])
                // Ends early only by cancellation, which the loop sees.
                try? await Task.sleep(for: .milliseconds(Int64.random(in: 200...600)))
            }
        }
    }

    /// Looks at the server's own report.
    ///
    /// - Throws: `JobQueueError(.unsafeServer)` with the reason where tasks could be lost or the scripts cannot run.
    ///   `JobQueueError(.unavailable)` where the server did not answer.
    func check() async throws(JobQueueError) {
        // Of a deployment whose primary moves the connector looks at the role, each time.
        let isFixed =
            switch redis.configuration.endpoint {
            case .tcp, .unixSocket: true
            case .sentinel, .cluster: false
            }
        let reports: [RedisReply]
        do throws(RedisError) {
            reports = try await redis.sendToAll(RedisCommand("INFO"))
        } catch {
            if error.code == .unsupported {
                let reason = UnsafeServer(description: "it is no node of a Cluster; use redis://")
                throw JobQueueError(.unsafeServer, task: nil, cause: reason)
            }
            throw JobQueueError(.unavailable, task: nil, cause: error)
        }
        let appendFsync = await appendFsync()
        for report in reports {
            let facts = ServerFacts(report: report.string ?? "", appendFsync: appendFsync)
            guard let reason = facts.danger(for: durability, named: isFixed) else { continue }
            throw JobQueueError(.unsafeServer, task: nil, cause: UnsafeServer(description: reason))
        }
    }

    /// nil where `CONFIG` is not allowed.
    private func appendFsync() async -> String? {
        do {
            return try await redis.send(RedisCommand("CONFIG", "GET", "appendfsync"))[1]?.string
        } catch {
            return nil
        }
    }
}

/// A Redis that would lose tasks, or cannot hold them.
struct UnsafeServer: Error, CustomStringConvertible {
    let description: String
}

/// What a server says of itself, and whether tasks are safe with it. Decides, does no I/O.
struct ServerFacts {
    private let info: [Substring: Substring]
    private let appendFsync: String?

    /// - Parameters:
    ///   - report: The reply to `INFO`.
    ///   - appendFsync: The setting of that name; nil where it cannot be read.
    init(report: String, appendFsync: String?) {
        var info: [Substring: Substring] = [:]
        for line in report.split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            info[line[..<colon]] = line[line.index(after: colon)...]
        }
        self.info = info
        self.appendFsync = appendFsync
    }

    /// The version of Redis whose commands it has (Valkey and others name one, too).
    private var version: (major: Int, minor: Int)? {
        let parts = (info["redis_version"] ?? "").split(separator: ".").map { Int($0) }
        guard parts.count >= 2, let major = parts[0], let minor = parts[1] else { return nil }
        return (major, minor)
    }

    /// Why tasks must not be given to this server; nil where they may. What it does not say is held to be well.
    ///
    /// - Parameters:
    ///   - durability: What is going to be asked of it.
    ///   - isNamed: Whether the configuration names this very server and no other.
    /// - Returns: The reason and what to do about it.
    func danger(for durability: Durability, named isNamed: Bool = true) -> String? {
        if let version, version < (6, 2) {
            return
                "version \(version.major).\(version.minor) lacks commands of the queue; use Redis 6.2 or later, or Valkey"
        }
        if isNamed, let role = info["role"], role != "master" {
            return "it is a replica and takes no writes; name the primary, or use sentinel://"
        }
        if isNamed, info["cluster_enabled"] == "1" {
            return "it is a node of a Cluster; use redis+cluster://"
        }
        if let policy = info["maxmemory_policy"], policy != "noeviction" {
            return "maxmemory-policy is \(policy), so tasks can be thrown away; set it to noeviction"
        }
        guard durability == .fsync else { return nil }
        if info["aof_enabled"] == "0" { return "durability fsync needs an append-only file; set appendonly yes" }
        if let version, version < (7, 2), appendFsync != "always" {
            return "durability fsync needs WAITAOF of Redis 7.2; set appendfsync always, or upgrade"
        }
        return nil
    }
}
