import FoundationEssentials
package import Redis

/// The reminders that people have set, in Redis.
///
/// One hash for each person of each app, `assistant:reminders:<app id>:<open id>`: the reminder's id, and as its value
/// `<due> <JSON>`. A hash is gone with its last field, which is when its last reminder was said or cancelled.
package struct RedisReminders: Sendable {
    /// How many one person may have.
    package static let maximumCount = 50

    private let redis: RedisClient

    package init(redis: RedisClient) { self.redis = redis }

    /// Adds a reminder. One of its id stays as it is: a second run adds nothing.
    ///
    /// - Returns: Whether it is there now; not where its owner has too many.
    /// - Throws: `RedisError`.
    func insert(_ reminder: Reminder) async throws -> Bool {
        let reply = try await redis.evaluate(
            Self.insertion,
            keys: [key(reminder.owner)],
            arguments: [reminder.id, try Self.value(of: reminder), Self.maximumCount]
        )
        return reply.integer == 1
    }

    /// One reminder; nil where it was cancelled or is over.
    ///
    /// - Throws: `RedisError`.
    func reminder(_ id: String, of owner: ReminderOwner) async throws -> Reminder? {
        try await redis.send(RedisCommand("HGET", key(owner), id)).bytes.flatMap(Self.reminder)
    }

    /// All reminders of a person, the next first.
    ///
    /// - Throws: `RedisError`.
    package func reminders(of owner: ReminderOwner) async throws -> [Reminder] {
        let reply = try await redis.send(RedisCommand("HVALS", key(owner)))
        return (reply.array ?? []).compactMap { $0.bytes.flatMap(Self.reminder) }
            .sorted { ($0.due, $0.id) < ($1.due, $1.id) }
    }

    /// Takes a reminder out; false where there was none.
    ///
    /// - Throws: `RedisError`.
    @discardableResult
    func remove(_ id: String, of owner: ReminderOwner) async throws -> Bool {
        try await redis.send(RedisCommand("HDEL", key(owner), id)).integer == 1
    }

    /// Puts a reminder in the place of the one that was due at `due`, or with nil takes that out. Nothing happens where
    /// another run did so before, or it was cancelled.
    ///
    /// - Throws: `RedisError`.
    func replace(_ id: String, of owner: ReminderOwner, dueAt due: Int64, with next: Reminder?) async throws {
        _ = try await redis.evaluate(
            Self.replacement,
            keys: [key(owner)],
            arguments: [id, "\(due)", try next.map(Self.value) ?? []]
        )
    }

    private func key(_ owner: ReminderOwner) -> String {
        redis.key("assistant:reminders:\(owner.appID):\(owner.userID)")
    }

    private static func value(of reminder: Reminder) throws -> [UInt8] {
        Array("\(reminder.due) ".utf8) + Array(try JSONEncoder().encode(reminder))
    }

    private static func reminder(_ value: [UInt8]) -> Reminder? {
        guard let space = value.firstIndex(of: 0x20) else { return nil }
        return try? JSONDecoder().decode(Reminder.self, from: Data(value[(space + 1)...]))
    }

    /// KEYS: the person's hash. ARGV: id, value, how many there may be. Replies 1 where the id is there now, else 0.
    private static let insertion = RedisScript(
        name: "remind-insert",
        source: """
            if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then return 1 end
            if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
            redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
            return 1
            """
    )

    /// KEYS: the person's hash. ARGV: id, due of the one to be replaced, value or nothing. Replies 1 where it was
    /// replaced, else 0.
    private static let replacement = RedisScript(
        name: "remind-replace",
        source: """
            local value = redis.call('HGET', KEYS[1], ARGV[1])
            if not value or string.match(value, '^%-?%d+') ~= ARGV[2] then return 0 end
            if ARGV[3] == '' then redis.call('HDEL', KEYS[1], ARGV[1])
            else redis.call('HSET', KEYS[1], ARGV[1], ARGV[3]) end
            return 1
            """
    )
}
