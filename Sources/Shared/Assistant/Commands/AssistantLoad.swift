import JobQueue
package import Redis

/// How much there is to do.
package struct AssistantLoad: Sendable, Equatable {
    /// Answers of all conversations that wait for a place. What only passes through the queue does not count.
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
        let keys = redis.keys(of: AnswerJob.queue)
        let lane = OrderingKey(answering: conversation).map { keys.lane($0) } ?? keys.prefix + "nothing"
        let replies = try await redis.send(pipeline: [
            RedisCommand("LLEN", keys.limited(by: AnswerCapacity.limit.rawValue)),
            RedisCommand("EXISTS", lane),
        ])
        return AssistantLoad(
            waiting: Int(try replies[0].get().integer ?? 0),
            isAnswering: try replies[1].get().integer == 1
        )
    }
}
