package import Redis

/// What is known of messages beside their conversation.
package protocol MessageMarks: Sendable {
    /// Its author, or somebody who may, took it back.
    func noteRecalled(_ messageID: String, inApp appID: String) async throws
    func isRecalled(_ messageID: String, inApp appID: String) async throws -> Bool
}

/// In Redis: `assistant:{<app>:<message>}:recalled`, for a day: events come in any order, the later up to 7.1 hours
/// after the earlier (Feishu's redelivery).
package struct RedisMessageMarks: MessageMarks {
    private let redis: RedisClient

    package init(redis: RedisClient) { self.redis = redis }

    /// Throws `RedisError`. One round trip.
    package func noteRecalled(_ messageID: String, inApp appID: String) async throws {
        _ = try await redis.send(RedisCommand("SET", Self.key(messageID, appID), "1", "EX", 86_400))
    }

    /// Throws `RedisError`. One round trip.
    package func isRecalled(_ messageID: String, inApp appID: String) async throws -> Bool {
        try await redis.send(RedisCommand("EXISTS", Self.key(messageID, appID))).integer == 1
    }

    private static func key(_ messageID: String, _ appID: String) -> String {
        "assistant:{\(appID):\(messageID)}:recalled"
    }
}
