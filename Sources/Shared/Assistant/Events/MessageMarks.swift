package import Redis

/// What is known of messages beside their conversation.
package protocol MessageMarks: Sendable {
    /// Its author, or somebody who may, took it back.
    func noteRecalled(_ messageID: String, inApp appID: String) async throws
    func isRecalled(_ messageID: String, inApp appID: String) async throws -> Bool
    /// The chat in which a person talks to the bot alone: a menu's click does not name it.
    func noteDirectChat(_ chatID: String, of openID: String, inApp appID: String) async throws
    func directChat(of openID: String, inApp appID: String) async throws -> String?
}

/// In Redis: `assistant:{<app>:<message>}:recalled`, for a day, since events come in any order, the later up to 7.1 hours
/// after the earlier (Feishu's redelivery); `assistant:{<app>:<user>}:direct` for 30 days.
package struct RedisMessageMarks: MessageMarks {
    private let redis: RedisClient

    package init(redis: RedisClient) { self.redis = redis }

    /// Throws `RedisError`. One round trip.
    package func noteRecalled(_ messageID: String, inApp appID: String) async throws {
        _ = try await redis.send(RedisCommand("SET", self.key(messageID, appID), "1", "EX", 86_400))
    }

    /// Throws `RedisError`. One round trip.
    package func isRecalled(_ messageID: String, inApp appID: String) async throws -> Bool {
        try await redis.send(RedisCommand("EXISTS", self.key(messageID, appID))).integer == 1
    }

    /// Throws `RedisError`. One round trip.
    package func noteDirectChat(_ chatID: String, of openID: String, inApp appID: String) async throws {
        let key = redis.key("assistant:{\(appID):\(openID)}:direct")
        _ = try await redis.send(RedisCommand("SET", key, chatID, "EX", 30 * 86_400))
    }

    /// Throws `RedisError`. One round trip.
    package func directChat(of openID: String, inApp appID: String) async throws -> String? {
        try await redis.send(RedisCommand("GET", redis.key("assistant:{\(appID):\(openID)}:direct"))).string
    }

    private func key(_ messageID: String, _ appID: String) -> String {
        redis.key("assistant:{\(appID):\(messageID)}:recalled")
    }
}
