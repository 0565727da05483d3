import JobQueue
package import Logging
package import Redis

/// The emoji on a message that tells its author at once that somebody is on it, until the answer is there.
///
/// It is put on by whoever takes the event in, and taken off by whoever answers, in either order: the hash
/// `assistant:{<app>:<message>}:sign` has the id of the reaction, and whether the answer is there. Both write first and
/// look then, so at least one sees the other.
///
/// A message may be dropped before anybody answers it: by a stop, or by a later one that supersedes it. So the sorted set
/// `assistant:{<conversation>}:signs` has the messages that wait, by when they were written, and whoever drops some or
/// ends an answer takes their emojis off, too.
package struct WorkingSign: Sendable {
    /// Feishu's name of the emoji.
    static let emoji = "OnIt"
    private static let memory = 86_400
    /// The most emojis that are taken off at once.
    private static let most = 200

    private let chat: any Chat
    private let redis: RedisClient
    private let logger: Logger

    package init(chat: any Chat, redis: RedisClient, logger: Logger) {
        self.chat = chat
        self.redis = redis
        self.logger = logger
    }

    /// Notes that a message waits for its answer; before it is enqueued, so that whoever drops it knows of it.
    ///
    /// - Parameters:
    ///   - target: The message.
    ///   - conversation: Where it waits.
    ///   - time: When it was written: milliseconds since 1970.
    func expect(on target: ReplyTarget, in conversation: Conversation, at time: Int64) async {
        do {
            let key = self.key(conversation)
            for reply in try await redis.send(pipeline: [
                RedisCommand("ZADD", key, time, target.messageID), RedisCommand("EXPIRE", key, Self.memory),
            ]) { _ = try reply.get() }
        } catch {
            logger.debug("a message is not known to wait", metadata: ["error": "\(error)"])
        }
    }

    /// Puts it on, unless that was done or the answer is there. A sign is a courtesy: what fails is logged.
    func show(on target: ReplyTarget) async {
        do {
            let key = self.key(target)
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

    /// Takes it off, also where the attempt that answers was cancelled.
    func remove(from target: ReplyTarget, in conversation: Conversation? = nil) async {
        await Task {
            do {
                if let conversation {
                    _ = try await redis.send(RedisCommand("ZREM", self.key(conversation), target.messageID))
                }
                guard let reaction = try await note("ended", "1", key: self.key(target), thenRead: "reaction") else {
                    return
                }
                _ = try await redis.send(RedisCommand("HDEL", self.key(target), "reaction"))
                try await chat.removeReaction(reaction, from: target)
            } catch {
                logger.debug("a sign stays on a message", metadata: ["error": "\(error)"])
            }
        }.value
    }

    /// Keeps it on a message that waits in its conversation no more, since a task of another kind goes on with it.
    func keep(on target: ReplyTarget, leaving conversation: Conversation) async {
        do {
            _ = try await redis.send(RedisCommand("ZREM", self.key(conversation), target.messageID))
        } catch {
            logger.debug("a message is taken to wait", metadata: ["error": "\(error)"])
        }
    }

    /// Takes it off all messages of a conversation that were written by then and wait for no answer any more.
    ///
    /// - Parameters:
    ///   - conversation: Whose messages.
    ///   - appID: The app they were written to.
    ///   - time: Until when: milliseconds since 1970.
    func removeAll(in conversation: Conversation, ofApp appID: String, until time: Int64) async {
        let dropped: [String]
        do {
            let reply = try await Task {
                try await redis.send(
                    RedisCommand("ZRANGEBYSCORE", self.key(conversation), "-inf", time, "LIMIT", 0, Self.most)
                )
            }.value
            dropped = reply.array?.compactMap(\.string) ?? []
        } catch {
            logger.debug("signs stay on messages", metadata: ["error": "\(error)"])
            return
        }
        for id in dropped {
            let target = ReplyTarget(appID: appID, messageID: id, chatID: nil)
            await remove(from: target, in: conversation)
        }
    }

    /// Does the work of a job, and takes the sign off once that is over: done, or failed for good. Before another attempt
    /// it stays.
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

    private func key(_ target: ReplyTarget) -> String {
        redis.key("assistant:{\(target.appID):\(target.messageID)}:sign")
    }

    private func key(_ conversation: Conversation) -> String { redis.key("assistant:{\(conversation.key)}:signs") }
}
