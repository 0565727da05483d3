import JobQueue
package import Redis

/// How much there is to do.
package struct AssistantLoad: Sendable, Equatable {
    /// Answers that wait for their turn, of all conversations.
    package let waiting: Int
    /// Whether an answer of the conversation is being written, or is the next of it.
    package let isAnswering: Bool

    package init(waiting: Int, isAnswering: Bool) {
        self.waiting = waiting
        self.isAnswering = isAnswering
    }
}

/// Who can tell.
package protocol AssistantLoadReader: Sendable {
    func load(of conversation: Conversation) async throws -> AssistantLoad
}

/// By the keys of the queue.
package struct RedisAssistantLoad: AssistantLoadReader {
    private let redis: RedisClient

    package init(redis: RedisClient) { self.redis = redis }

    /// Throws `RedisError`. One round trip.
    package func load(of conversation: Conversation) async throws -> AssistantLoad {
        let keys = QueueKeys(AnswerJob.queue)
        let lane = OrderingKey(answering: conversation).map { keys.lane($0) } ?? ""
        let replies = try await redis.send(pipeline: [
            RedisCommand("LLEN", keys.ready),
            RedisCommand("LLEN", keys.limited(by: AnswerCapacity.limit.rawValue)),
            RedisCommand("EXISTS", lane),
        ])
        let waiting = (try replies[0].get().integer ?? 0) + (try replies[1].get().integer ?? 0)
        return AssistantLoad(waiting: Int(waiting), isAnswering: try replies[2].get().integer == 1)
    }
}
