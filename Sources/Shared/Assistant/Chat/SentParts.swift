import Logging
package import Redis

/// Which parts of answers were sent: outlasts the hour in which Feishu recognises a repeated `uuid`.
package protocol SentParts: Sendable {
    /// The message that the part with this uuid was sent as; nil where it was not.
    func message(of uuid: String) async throws -> String?

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
    package func message(of uuid: String) async throws -> String? {
        try await redis.send(RedisCommand("GET", key(uuid))).string
    }

    /// Throws `RedisError`. One round trip.
    package func insert(_ uuid: String, messageID: String) async throws {
        _ = try await redis.send(
            RedisCommand("SET", key(uuid), messageID, "EX", Int(Self.memory.components.seconds))
        )
    }

    private func key(_ uuid: String) -> String { redis.key("assistant:sent:\(uuid)") }
}
