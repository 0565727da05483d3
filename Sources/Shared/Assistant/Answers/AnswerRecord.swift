import FoundationEssentials
package import Redis

/// What is kept of an answer beside its task, so that another attempt goes on with the same card, and its buttons can
/// be obeyed later.
package struct AnswerRecord: Sendable, Equatable {
    /// What was asked.
    package var arguments: AnswerJob.Arguments
    /// The card it is shown in; nil where it is not, or not yet.
    package var cardID: String?
    /// When that was made: milliseconds since 1970.
    package var cardMadeAt: Int64?
    /// The message that shows the card.
    package var messageID: String?

    /// The card, as what can be changed; nil for an answer that was sent whole.
    var progress: CardProgress? {
        guard let cardID, cardID != CardProgress.noCard else { return nil }
        return CardProgress(cardID: cardID, madeAt: cardMadeAt ?? 0)
    }

    package init(
        arguments: AnswerJob.Arguments,
        cardID: String? = nil,
        cardMadeAt: Int64? = nil,
        messageID: String? = nil
    ) {
        self.arguments = arguments
        self.cardID = cardID
        self.cardMadeAt = cardMadeAt
        self.messageID = messageID
    }
}

/// Where these are kept.
package protocol AnswerRecords: Sendable {
    /// Nil for a task that has none, or whose record is forgotten.
    func record(of task: String, inApp appID: String) async throws -> AnswerRecord?
    /// Keeps what was asked. What is known of a card stays.
    func keep(_ arguments: AnswerJob.Arguments, of task: String) async throws
    /// Keeps the card, unless there is one.
    ///
    /// - Returns: The card to go on with: this, or the one that was kept before.
    func keepCard(
        _ cardID: String,
        madeAt: Int64,
        of task: String,
        inApp appID: String
    ) async throws -> (cardID: String, madeAt: Int64)
    /// Keeps what the person is asked about.
    func keepPending(_ pending: PendingCalls, of task: String, inApp appID: String) async throws
    func pending(of task: String, inApp appID: String) async throws -> PendingCalls?
    /// Keeps the message that shows the answer, and what it shows.
    func keepMessage(_ messageID: String, of task: String, inApp appID: String) async throws
    /// The task whose answer a message shows; nil where it shows none, or long ago.
    func task(shownIn messageID: String, inApp appID: String) async throws -> String?
}

/// In Redis, one hash an answer, `assistant:{<app>:<task>}:answer`, and `assistant:{<app>:<message>}:shows`, for the 14 days that a card can be clicked (Feishu).
package struct RedisAnswerRecords: AnswerRecords {
    private static let memory: Int64 = 14 * 86_400

    private let redis: RedisClient

    package init(redis: RedisClient) { self.redis = redis }

    /// Throws `RedisError`. One round trip.
    package func record(of task: String, inApp appID: String) async throws -> AnswerRecord? {
        let fields = ["arguments", "card", "card_made_at", "message"]
        let reply = try await redis.send(RedisCommand("HMGET", arguments: [self.key(task, appID)] + fields))
        guard let text = reply[0]?.bytes,
            let arguments = try? JSONDecoder().decode(AnswerJob.Arguments.self, from: Data(text))
        else { return nil }
        return AnswerRecord(
            arguments: arguments,
            cardID: reply[1]?.string,
            cardMadeAt: reply[2]?.string.flatMap { Int64($0) },
            messageID: reply[3]?.string
        )
    }

    /// Throws `RedisError`. One round trip.
    package func keep(_ arguments: AnswerJob.Arguments, of task: String) async throws {
        let text = String(decoding: try JSONEncoder().encode(arguments), as: UTF8.self)
        try await set(["arguments", text], of: task, inApp: arguments.target.appID)
    }

    /// Throws `RedisError`. One round trip.
    package func keepCard(
        _ cardID: String,
        madeAt: Int64,
        of task: String,
        inApp appID: String
    ) async throws -> (cardID: String, madeAt: Int64) {
        let key = self.key(task, appID)
        let replies = try await redis.send(pipeline: [
            RedisCommand("HSETNX", key, "card", cardID), RedisCommand("HSETNX", key, "card_made_at", madeAt),
            RedisCommand("EXPIRE", key, Self.memory), RedisCommand("HMGET", key, "card", "card_made_at"),
        ])
        let kept = try replies[3].get()
        return (kept[0]?.string ?? cardID, kept[1]?.string.flatMap { Int64($0) } ?? madeAt)
    }

    /// Throws `RedisError`. One round trip.
    package func keepPending(_ pending: PendingCalls, of task: String, inApp appID: String) async throws {
        try await set(
            ["pending", String(decoding: try JSONEncoder().encode(pending), as: UTF8.self)],
            of: task,
            inApp: appID
        )
    }

    /// Throws `RedisError`. One round trip.
    package func pending(of task: String, inApp appID: String) async throws -> PendingCalls? {
        let bytes = try await redis.send(RedisCommand("HGET", self.key(task, appID), "pending")).bytes
        return bytes.flatMap { try? JSONDecoder().decode(PendingCalls.self, from: Data($0)) }
    }

    /// Throws `RedisError`. One round trip.
    package func keepMessage(_ messageID: String, of task: String, inApp appID: String) async throws {
        try await set(["message", messageID], of: task, inApp: appID)
        _ = try await redis.send(RedisCommand("SET", messageKey(messageID, appID), task, "EX", Self.memory))
    }

    /// Throws `RedisError`. One round trip.
    package func task(shownIn messageID: String, inApp appID: String) async throws -> String? {
        try await redis.send(RedisCommand("GET", messageKey(messageID, appID))).string
    }

    private func messageKey(_ messageID: String, _ appID: String) -> String {
        redis.key("assistant:{\(appID):\(messageID)}:shows")
    }

    private func set(_ fields: [String], of task: String, inApp appID: String) async throws {
        let key = self.key(task, appID)
        let replies = try await redis.send(pipeline: [
            RedisCommand("HSET", arguments: [key] + fields), RedisCommand("EXPIRE", key, Self.memory),
        ])
        for reply in replies { _ = try reply.get() }
    }

    private func key(_ task: String, _ appID: String) -> String { redis.key("assistant:{\(appID):\(task)}:answer") }
}
