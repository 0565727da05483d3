import Logging
package import Redis

/// Which parts of answers were sent: outlasts the hour in which Feishu recognises a repeated `uuid`.
package protocol SentParts: Sendable {
    /// Whether the part with this uuid was sent.
    func contains(_ uuid: String) async throws -> Bool

    /// Notes that it was sent, as this message.
    func insert(_ uuid: String, messageID: String) async throws
}

/// Keeps them in Redis, one key a part, for a day: `assistant:sent:<uuid>` holds the message's id.
package struct RedisSentParts: SentParts {
    private static let memory: Duration = .seconds(86_400)

    private let redis: RedisClient

    package init(redis: RedisClient) {
        self.redis = redis
    }

    /// Throws `RedisError`. One round trip.
    package func contains(_ uuid: String) async throws -> Bool {
        try await redis.send(RedisCommand("EXISTS", Self.key(uuid))).integer == 1
    }

    /// Throws `RedisError`. One round trip.
    package func insert(_ uuid: String, messageID: String) async throws {
        _ = try await redis.send(
            RedisCommand("SET", Self.key(uuid), messageID, "EX", Int(Self.memory.components.seconds))
        )
    }

    private static func key(_ uuid: String) -> String { "assistant:sent:\(uuid)" }
}
