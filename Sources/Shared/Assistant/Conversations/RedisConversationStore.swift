import FoundationEssentials
package import Redis

/// Conversations in Redis: `assistant:{<conversation>}:turns`, a list with the newest on the right, and
/// `assistant:{<conversation>}:state`, a hash; `assistant:{<app>:<chat>}:parts`, a sorted set of a chat's conversations
/// besides that of all of it. All are forgotten once nobody has said anything for `memory`.
package struct RedisConversationStore: ConversationStore {
    /// The most turns kept of one conversation.
    static let maximumTurns = 200
    /// The longest text kept of one turn, in characters: what is longer is kept by its beginning.
    static let maximumCharacters = 20_000

    let redis: RedisClient
    private let memory: Duration

    /// - Parameters:
    ///   - redis: The client.
    ///   - memory: How long a conversation is remembered after its latest turn.
    package init(redis: RedisClient, memory: Duration = .seconds(7 * 86_400)) {
        self.redis = redis
        self.memory = memory
    }

    /// Throws `RedisError`. One round trip.
    package func state(of conversation: Conversation) async throws -> ConversationState {
        let replies = try await redis.send(pipeline: [
            RedisCommand("LRANGE", redis.key(conversation.turnsKey), 0, -1),
            RedisCommand(
                "HMGET",
                arguments: [redis.key(conversation.stateKey)] + [
                    "session", "summary", "model", "language", "stopped_at",
                ]
            ),
        ])
        let turns = try replies[0].get().array ?? []
        let fields = try replies[1].get()
        var state = ConversationState()
        state.turns = turns.compactMap { Self.turn($0.bytes) }
        state.session = fields[0]?.string.flatMap { Int64($0) } ?? 0
        state.summary = fields[1]?.string
        state.model = fields[2]?.string
        state.language = fields[3]?.string
        state.stoppedAt = fields[4]?.string.flatMap { Int64($0) } ?? 0
        return state
    }

    /// Throws `RedisError`. Two round trips, three in a part of a chat.
    package func add(
        _ turns: [ConversationTurn],
        by task: String,
        session: Int64,
        to conversation: Conversation
    ) async throws {
        var arguments: RedisArguments = [session, task, Self.maximumTurns, seconds]
        for turn in turns { arguments.append(try Self.text(of: turn)) }
        if conversation != conversation.whole {
            // First: what is remembered is always found.
            let part = String(decoding: try Self.encoder.encode(conversation), as: UTF8.self)
            _ = try await redis.evaluate(
                ConversationScripts.note,
                keys: [redis.key(conversation.whole.partsKey)],
                arguments: [part, seconds]
            )
        }
        if let latest = turns.last { try await note(conversation, at: latest.at) }
        _ = try await redis.evaluate(ConversationScripts.add, keys: keys(of: conversation), arguments: arguments)
    }

    /// Throws `RedisError`. One round trip.
    package func parts(ofChat chatID: String, inApp appID: String) async throws -> [Conversation] {
        let key = redis.key(Conversation(appID: appID, chatID: chatID).partsKey)
        let parts = try await redis.send(RedisCommand("ZRANGE", key, 0, -1)).array ?? []
        return parts.compactMap { part in
            part.bytes.flatMap { try? JSONDecoder().decode(Conversation.self, from: Data($0)) }
        }
    }

    /// Throws `RedisError`. One round trip.
    package func beginAnew(_ conversation: Conversation) async throws {
        _ = try await redis.evaluate(
            ConversationScripts.beginAnew,
            keys: keys(of: conversation),
            arguments: [seconds]
        )
    }

    /// Throws `RedisError`. One round trip.
    package func forget(messageID: String, in conversation: Conversation) async throws {
        _ = try await redis.evaluate(
            ConversationScripts.forget,
            keys: keys(of: conversation),
            arguments: [messageID]
        )
    }

    /// Throws `RedisError`. One round trip.
    package func summarise(
        _ conversation: Conversation,
        as summary: String,
        inPlaceOf count: Int,
        from first: ConversationTurn,
        session: Int64
    ) async throws {
        _ = try await redis.evaluate(
            ConversationScripts.summarise,
            keys: keys(of: conversation),
            arguments: [session, try Self.text(of: first), count, summary]
        )
    }

    /// Throws `RedisError`. One round trip.
    package func choose(model: String?, in conversation: Conversation) async throws {
        try await set("model", to: model, in: conversation)
    }

    /// Throws `RedisError`. One round trip.
    package func choose(language: String?, in conversation: Conversation) async throws {
        try await set("language", to: language, in: conversation)
    }

    /// Throws `RedisError`. One round trip.
    package func stop(_ conversation: Conversation, at time: Int64) async throws {
        try await set("stopped_at", to: String(time), in: conversation)
    }

    private func set(_ field: String, to value: String?, in conversation: Conversation) async throws {
        let change =
            value.map { RedisCommand("HSET", redis.key(conversation.stateKey), field, $0) }
            ?? RedisCommand("HDEL", redis.key(conversation.stateKey), field)
        for reply in try await redis.send(pipeline: [
            change, RedisCommand("EXPIRE", redis.key(conversation.stateKey), seconds),
        ]) { _ = try reply.get() }
    }

    var seconds: Int64 { memory.components.seconds }

    private func keys(of conversation: Conversation) -> RedisArguments {
        [redis.key(conversation.turnsKey), redis.key(conversation.stateKey)]
    }

    private static func text(of turn: ConversationTurn) throws -> String {
        let kept = ConversationTurn(
            speaker: turn.speaker,
            name: turn.name,
            text: String(turn.text.prefix(maximumCharacters)),
            messageID: turn.messageID,
            task: turn.task,
            at: turn.at
        )
        return String(decoding: try encoder.encode(kept), as: UTF8.self)
    }

    /// The same turn is the same text: `summarise` compares.
    static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    /// Nil for what no version of ours wrote.
    private static func turn(_ bytes: [UInt8]?) -> ConversationTurn? {
        bytes.flatMap { try? JSONDecoder().decode(ConversationTurn.self, from: Data($0)) }
    }
}

extension Conversation {
    fileprivate var turnsKey: String { "assistant:{\(key)}:turns" }
    fileprivate var stateKey: String { "assistant:{\(key)}:state" }
    fileprivate var partsKey: String { "assistant:{\(key)}:parts" }

    /// That of all of the chat.
    fileprivate var whole: Conversation { Conversation(appID: appID, chatID: chatID) }
}
