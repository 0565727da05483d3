import FoundationEssentials
package import MeetingMinutes
package import Redis

/// In Redis, one hash for each, `assistant:{<app>:<task>}:minutes`, for the 14 days that a card can be clicked (Feishu), and
/// for each chat the sorted set `assistant:{<app>:<chat>}:minutes` of their tasks by time.
package struct RedisMinutesStore: MinutesStore {
    static let memory: Int64 = 14 * 86_400
    /// The most minutes that a chat remembers.
    private static let mostOfChat = 50

    let redis: RedisClient
    /// The time in milliseconds since 1970.
    private let now: @Sendable () -> Int64

    package init(redis: RedisClient, now: @escaping @Sendable () -> Int64) {
        self.redis = redis
        self.now = now
    }

    /// Throws `RedisError`. Three round trips.
    package func begin(_ request: MinutesRequest, transcript: String, of id: MinutesID) async throws {
        try await set("request", try text(request), of: id, besides: ["transcript", transcript])
        if let target = request.target { try await keepMessage(target.messageID, of: id) }
        guard let chatID = request.chatID else { return }
        let key = self.key(ofChat: chatID, id.appID)
        for reply in try await redis.send(pipeline: [
            RedisCommand("ZADD", key, "NX", now(), id.task),
            RedisCommand("ZREMRANGEBYRANK", key, 0, -1 - Self.mostOfChat),
            RedisCommand("EXPIRE", key, Self.memory),
        ]) { _ = try reply.get() }
    }

    /// Throws `RedisError`. One round trip.
    package func request(of id: MinutesID) async throws -> MinutesRequest? { try await value("request", of: id) }

    /// Throws `RedisError`. One round trip.
    package func transcript(of id: MinutesID) async throws -> String? {
        try await redis.send(RedisCommand("HGET", key(id), "transcript")).string
    }

    /// Throws `RedisError`. One round trip.
    package func keepCard(_ cardID: String, of id: MinutesID) async throws -> String {
        let key = self.key(id)
        let replies = try await redis.send(pipeline: [
            RedisCommand("HSETNX", key, "card", cardID), RedisCommand("EXPIRE", key, Self.memory),
            RedisCommand("HGET", key, "card"),
        ])
        for reply in replies { _ = try reply.get() }
        return try replies[2].get().string ?? cardID
    }

    /// Throws `RedisError`. One round trip.
    package func card(of id: MinutesID) async throws -> String? {
        try await redis.send(RedisCommand("HGET", key(id), "card")).string
    }

    /// Throws `RedisError`. One round trip.
    package func nextChange(of id: MinutesID) async throws -> Int32 {
        let replies = try await redis.send(pipeline: [
            RedisCommand("HINCRBY", key(id), "card_changes", 1), RedisCommand("EXPIRE", key(id), Self.memory),
        ])
        return Int32(clamping: try replies[0].get().integer ?? 0)
    }

    /// Throws `RedisError`. Two round trips.
    package func keep(_ facts: ChunkFacts, of id: MinutesID) async throws -> Int {
        try await set("chunk:\(facts.chunk)", try text(facts), of: id)
        let fields = try await redis.send(RedisCommand("HKEYS", key(id))).array ?? []
        return fields.count { $0.string?.hasPrefix("chunk:") ?? false }
    }

    /// Throws `RedisError`. Two round trips.
    package func chunks(of id: MinutesID) async throws -> [ChunkFacts] {
        try await fields("chunk:", of: id).compactMap { Self.decoded($0.value) }
            .sorted { (one: ChunkFacts, other) in one.chunk < other.chunk }
    }

    /// Throws `RedisError`. One round trip.
    package func keep(_ minutes: Minutes, of id: MinutesID) async throws {
        try await set("minutes", try text(minutes), of: id)
    }

    /// Throws `RedisError`. One round trip.
    package func minutes(of id: MinutesID) async throws -> Minutes? { try await value("minutes", of: id) }

    /// Throws `RedisError`. One round trip.
    package func keep(_ document: MinutesPage, of id: MinutesID) async throws {
        try await set("document", try text(document), of: id)
    }

    /// Throws `RedisError`. One round trip.
    package func document(of id: MinutesID) async throws -> MinutesPage? { try await value("document", of: id) }

    /// Throws `RedisError`. One round trip.
    package func keep(_ task: MinutesTask, ofAction index: Int, of id: MinutesID) async throws {
        try await set("task:\(index)", try text(task), of: id)
    }

    /// Throws `RedisError`. Two round trips.
    package func tasks(of id: MinutesID) async throws -> [Int: MinutesTask] {
        var tasks: [Int: MinutesTask] = [:]
        for (name, value) in try await fields("task:", of: id) {
            if let index = Int(name), let task: MinutesTask = Self.decoded(value) { tasks[index] = task }
        }
        return tasks
    }

    /// Throws `RedisError`. One round trip.
    package func beginTask(ofAction index: Int, at time: Int64, of id: MinutesID) async throws -> Int64 {
        let (key, field) = (self.key(id), "making:\(index)")
        let replies = try await redis.send(pipeline: [
            RedisCommand("HSETNX", key, field, time), RedisCommand("EXPIRE", key, Self.memory),
            RedisCommand("HGET", key, field),
        ])
        for reply in replies { _ = try reply.get() }
        return try replies[2].get().string.flatMap { Int64($0) } ?? time
    }

    /// Throws `RedisError`. One round trip.
    package func abandonTask(ofAction index: Int, of id: MinutesID) async throws {
        _ = try await redis.send(RedisCommand("HDEL", key(id), "making:\(index)"))
    }

    /// Throws `RedisError`. One round trip.
    package func claim(_ part: String, by task: String, of id: MinutesID) async throws -> Bool {
        let replies = try await redis.send(pipeline: [
            RedisCommand("HSETNX", key(id), part, task), RedisCommand("HGET", key(id), part),
        ])
        return try replies[1].get().string == task
    }

    /// The fields whose names begin so, by the rest of their names.
    private func fields(_ prefix: String, of id: MinutesID) async throws -> [(name: String, value: [UInt8])] {
        let all = try await redis.send(RedisCommand("HKEYS", key(id))).array ?? []
        let names = all.compactMap(\.string).filter { $0.hasPrefix(prefix) }
        guard !names.isEmpty else { return [] }
        let values = try await redis.send(RedisCommand("HMGET", arguments: [key(id)] + names)).array ?? []
        return zip(names, values).compactMap { name, value in
            value.bytes.map { (String(name.dropFirst(prefix.count)), $0) }
        }
    }

    private func set(_ field: String, _ value: String, of id: MinutesID, besides more: [String] = []) async throws {
        let key = self.key(id)
        for reply in try await redis.send(pipeline: [
            RedisCommand("HSET", arguments: [key, field, value] + more), RedisCommand("EXPIRE", key, Self.memory),
        ]) { _ = try reply.get() }
    }

    private func value<Value: Decodable>(_ field: String, of id: MinutesID) async throws -> Value? {
        Self.decoded(try await redis.send(RedisCommand("HGET", key(id), field)).bytes)
    }

    private func text(_ value: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }

    /// What an earlier version wrote and this one cannot read counts as forgotten.
    static func decoded<Value: Decodable>(_ bytes: [UInt8]?) -> Value? {
        bytes.flatMap { try? JSONDecoder().decode(Value.self, from: Data($0)) }
    }

    func key(_ id: MinutesID) -> String { redis.key("assistant:{\(id.appID):\(id.task)}:minutes") }
    func key(ofChat chatID: String, _ appID: String) -> String {
        redis.key("assistant:{\(appID):\(chatID)}:minutes")
    }
}
