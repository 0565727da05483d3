import Redis

/// The audit log as it lies in Redis, all in one hash slot:
///
/// - `{audit}:log`: stream. The id is `<seq>-0`, the fields are `seq` and `record` (the line).
/// - `{audit}:head`: hash of `seq` and `hash`, the last record appended.
/// - `{audit}:anchor`: hash of `seq` and `hash`, the last record that retention removed; missing where none was.
struct AuditStream: Sendable {
    /// One entry of the stream; its content may be anything.
    struct Entry {
        let id: String
        /// The field `seq`.
        var seq: Int64?
        /// The field `record`; nil where the fields are not those of a record.
        var line: [UInt8]?

        /// The number that the id stands for; nil where ids of ours look otherwise.
        var place: Int64? { id.hasSuffix("-0") ? Int64(id.dropLast(2)) : nil }
    }

    let redis: RedisClient

    var logKey: String { redis.key("{audit}:log") }
    var headKey: String { redis.key("{audit}:head") }
    var anchorKey: String { redis.key("{audit}:anchor") }

    /// Entries behind the one of this id, oldest first; nil: from the beginning.
    func entries(after id: String?, limit: Int) async throws(AuditError) -> [Entry] {
        try await entries(RedisCommand("XRANGE", logKey, id.map { "(\($0)" } ?? "-", "+", "COUNT", limit))
    }

    /// Entries before the one of this id, newest first; nil: from the end.
    func entries(before id: String?, limit: Int) async throws(AuditError) -> [Entry] {
        try await entries(RedisCommand("XREVRANGE", logKey, id.map { "(\($0)" } ?? "+", "-", "COUNT", limit))
    }

    /// The last record as remembered; nil where nothing is.
    func head() async throws(AuditError) -> AuditLink? { try await link(headKey) }

    /// The last record removed by retention; nil where none was.
    func anchor() async throws(AuditError) -> AuditLink? { try await link(anchorKey) }

    private func entries(_ command: RedisCommand) async throws(AuditError) -> [Entry] {
        let reply = try await send(command)
        return (reply.array ?? []).compactMap { entry in
            guard let id = entry[0]?.string else { return nil }
            let fields = entry[1]?.array ?? []
            guard fields.count == 4, fields[0].string == "seq", fields[2].string == "record" else {
                return Entry(id: id)
            }
            return Entry(id: id, seq: fields[1].integer, line: fields[3].bytes)
        }
    }

    private func link(_ key: String) async throws(AuditError) -> AuditLink? {
        let reply = try await send(RedisCommand("HMGET", key, "seq", "hash"))
        guard let seq = reply[0]?.integer, let hash = reply[1]?.string else { return nil }
        return AuditLink(seq: seq, hash: hash)
    }

    private func send(_ command: RedisCommand) async throws(AuditError) -> RedisReply {
        do {
            return try await redis.send(command)
        } catch {
            throw AuditError(error)
        }
    }
}
