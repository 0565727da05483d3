import FoundationEssentials
package import Redis

/// A conversation that something was said in.
package struct KnownConversation: Sendable {
    package let conversation: Conversation
    /// When it was answered last, in milliseconds since 1970.
    package let at: Int64
}

/// Which conversations there are, for those who look after the assistant: `{assistant:conversations}:latest`, a sorted set of their
/// keys by the time of the latest answer, and `{assistant:conversations}:parts`, a hash of what each is. Both hold the latest
/// 10,000 alone.
extension RedisConversationStore {
    private static let mostKnown = 10_000

    /// The conversations, the latest first. Two round trips.
    ///
    /// - Parameters:
    ///   - start: How many to pass over.
    ///   - limit: How many at most.
    /// - Returns: Those that something was said in lately.
    /// - Throws: `RedisError`.
    package func latest(from start: Int, atMost limit: Int) async throws(RedisError) -> [KnownConversation] {
        let reply = try await redis.send(
            RedisCommand("ZRANGE", index, start, start + limit - 1, "REV", "WITHSCORES")
        )
        let entries = reply.array ?? []
        let keys = stride(from: 0, to: entries.count - 1, by: 2).compactMap { entries[$0].string }
        let times = stride(from: 1, to: entries.count, by: 2).map { entries[$0].string.flatMap { Double($0) } ?? 0 }
        guard !keys.isEmpty else { return [] }
        let found = try await redis.send(RedisCommand("HMGET", arguments: [parts] + keys))
        return zip(found.array ?? [], times).compactMap { part, time in
            Self.conversation(part.bytes).map { KnownConversation(conversation: $0, at: Int64(time)) }
        }
    }

    /// The conversation of a key; nil for one that nothing was said in lately.
    ///
    /// - Throws: `RedisError`.
    package func known(_ key: String) async throws(RedisError) -> KnownConversation? {
        let part = try await redis.send(RedisCommand("HGET", parts, key))
        guard let conversation = Self.conversation(part.bytes) else { return nil }
        let time = try await redis.send(RedisCommand("ZSCORE", index, key)).string.flatMap { Double($0) }
        return KnownConversation(conversation: conversation, at: Int64(time ?? 0))
    }

    /// Notes that something was said now.
    func note(_ conversation: Conversation, at time: Int64) async throws {
        let part = String(decoding: try Self.encoder.encode(conversation), as: UTF8.self)
        _ = try await redis.evaluate(
            ConversationScripts.index,
            keys: [index, parts],
            arguments: [conversation.key, part, time, Self.mostKnown, seconds]
        )
    }

    private var index: String { redis.key("{assistant:conversations}:latest") }
    private var parts: String { redis.key("{assistant:conversations}:parts") }

    private static func conversation(_ bytes: [UInt8]?) -> Conversation? {
        bytes.flatMap { try? JSONDecoder().decode(Conversation.self, from: Data($0)) }
    }
}
