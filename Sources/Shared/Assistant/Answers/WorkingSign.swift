import JobQueue
package import Logging
package import Redis

/// The emoji on a message that tells its author at once that somebody is on it, until the answer is there.
///
/// It is put on by whoever takes the event in, and taken off by whoever answers, in either order: the hash
/// `assistant:{<app>:<message>}:sign` has the id of the reaction, and whether the answer is there. Both write first and
/// look then, so at least one sees the other.
package struct WorkingSign: Sendable {
    /// Feishu's name of the emoji.
    static let emoji = "OnIt"
    private static let memory = 86_400

    private let chat: any Chat
    private let redis: RedisClient
    private let logger: Logger

    package init(chat: any Chat, redis: RedisClient, logger: Logger) {
        self.chat = chat
        self.redis = redis
        self.logger = logger
    }

    /// Puts it on, unless that was done or the answer is there. A sign is a courtesy: what fails is logged.
    func show(on target: ReplyTarget) async {
        do {
            let key = Self.key(target)
            let marks = try await redis.send(RedisCommand("HMGET", key, "reaction", "ended"))
            guard marks[0]?.string == nil, marks[1]?.string == nil, await !chat.mustSaveCalls(ofApp: target.appID)
            else {
                return
            }
            let reaction = try await chat.addReaction(Self.emoji, to: target)
            if try await note("reaction", reaction, key: key, thenRead: "ended") != nil {
                try await chat.removeReaction(reaction, from: target)
            }
        } catch {
            logger.debug("no sign on a message", metadata: ["error": "\(error)"])
        }
    }

    /// Takes it off.
    func remove(from target: ReplyTarget) async {
        do {
            guard let reaction = try await note("ended", "1", key: Self.key(target), thenRead: "reaction") else {
                return
            }
            try await chat.removeReaction(reaction, from: target)
        } catch {
            logger.debug("a sign stays on a message", metadata: ["error": "\(error)"])
        }
    }

    /// Does the work of a job, and takes the sign off once that is over: done, or failed for good.
    func staying(on target: ReplyTarget, until context: JobContext, _ work: () async throws -> Void) async throws {
        do {
            try await work()
        } catch {
            if !Task.isCancelled, context.isFinal(error) { await remove(from: target) }
            throw error
        }
        await remove(from: target)
    }

    private func note(_ field: String, _ value: String, key: String, thenRead other: String) async throws -> String? {
        let replies = try await redis.send(pipeline: [
            RedisCommand("HSET", key, field, value), RedisCommand("EXPIRE", key, Self.memory),
            RedisCommand("HGET", key, other),
        ])
        _ = try replies[0].get()
        return try replies[2].get().string
    }

    private static func key(_ target: ReplyTarget) -> String {
        "assistant:{\(target.appID):\(target.messageID)}:sign"
    }
}
