import Foundation
import JSON
import Logging
import Redis
import TestSupport

@testable import Platform

/// A log in a Redis of its own.
struct AuditFixture {
    let server: RedisServer
    let redis: RedisClient

    var stream: AuditStream { AuditStream(redis: redis) }
    var log: RedisAuditLog { RedisAuditLog(redis: redis) }

    static func with(_ body: (AuditFixture) async throws -> Void) async throws {
        try await RedisServer.with { server in
            let fixture = AuditFixture(server: server, redis: try client(of: server))
            defer { fixture.redis.close() }
            try await body(fixture)
        }
    }

    static func client(of server: RedisServer) throws -> RedisClient {
        var configuration = try RedisConfiguration(url: server.url)
        configuration.keyPrefix = "t:"
        return try RedisClient(configuration: configuration, logger: silent)
    }

    static let silent = Logger(label: "audit") { _ in SwiftLogNoOpLogHandler() }

    /// Appends so many records, of one minute each.
    func fill(_ count: Int, from start: Int64 = 1_764_000_000_000) async throws {
        var time = start
        for number in 1...count {
            let now = AuditTime(milliseconds: time)
            try await RedisAuditLog(redis: redis, now: { now }).append(.sample("queue-\(number)"))
            time += 60_000
        }
    }

    func verify() async throws -> AuditReport { try await AuditVerification(redis: redis).verify() }

    /// The lines of the log, oldest first.
    func lines() async throws -> [[UInt8]] {
        try await stream.entries(after: nil, limit: 10_000).compactMap(\.line)
    }

    /// Writes the stream anew, as whoever can write to Redis can; head and anchor stay.
    func rebuild(_ entries: [(id: String, seq: String, record: [UInt8])]) async throws {
        _ = try await redis.send(RedisCommand("DEL", stream.logKey))
        for entry in entries {
            let command = RedisCommand("XADD", stream.logKey, entry.id, "seq", entry.seq, "record", entry.record)
            _ = try await redis.send(command)
        }
    }

    /// Writes the stream anew with these lines at the numbers from 1.
    func rebuild(lines: [[UInt8]]) async throws {
        try await rebuild(lines.enumerated().map { (id: "\($0 + 1)-0", seq: "\($0 + 1)", record: $1) })
    }
}

extension AuditEntry {
    static func sample(_ target: String, actor: String = "alice", action: String = "queue.purge") -> AuditEntry {
        AuditEntry(
            actor: actor,
            role: "admin",
            address: "192.0.2.7",
            action: action,
            target: target,
            outcome: .ok,
            requestID: "r-\(target)",
            before: ["depth": 3, "nothing": nil],
            after: ["depth": 0, "rate": 0.5]
        )
    }
}

/// A directory that is gone with its owner.
final class ScratchDirectory {
    let url = FileManager.default.temporaryDirectory.appending(path: "audit-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appending(path: name).path }
}
