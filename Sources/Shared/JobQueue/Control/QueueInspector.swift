public import Redis

/// How full the places of one queue are.
public struct QueueDepths: Sendable, Equatable {
    public let queue: QueueName
    public let survey: QueueSurvey
    /// Workers whose lease stands.
    public let workers: Int
    /// Nil while the queue hands out tasks.
    public let pause: QueuePause?
}

/// One registration of a worker with one queue.
public struct RegisteredWorker: Sendable, Equatable {
    public let queue: QueueName
    public let incarnation: String
    /// What is left of its lease, below zero where it ran out; nil where a reaper has condemned the worker.
    public let leaseLeft: Duration?
    public let inFlight: Int
}

/// A task that waits for its time.
public struct ScheduledTask: Sendable, Equatable {
    public let due: WireTime
    /// Until then; below zero where nobody moved it yet.
    public let wait: Duration
    public let message: QueuedMessage

    init(_ message: QueuedMessage, due: Int64, now: Int64) {
        self.message = message
        self.due = WireTime(milliseconds: due)
        wait = .milliseconds(due - now)
    }
}

/// Reads queues without changing anything, for operators.
///
/// What takes several commands may show a queue that moved in between. Every call throws `RedisError` where Redis does
/// not answer.
public struct QueueInspector: Sendable {
    let redis: RedisClient

    public init(redis: RedisClient) { self.redis = redis }

    /// The depths of each queue, four round trips a queue.
    public func depths(of queues: [QueueName]) async throws(RedisError) -> [QueueDepths] {
        var result: [QueueDepths] = []
        for queue in queues { result.append(try await depths(of: queue)) }
        return result
    }

    private func depths(of queue: QueueName) async throws(RedisError) -> QueueDepths {
        let keys = redis.keys(of: queue)
        let survey = try await QueueSurvey(
            of: keys,
            hasPriorities: redis.configuration.hasPriorityLists,
            beginsCount: false,
            redis: redis
        )
        let pause = try await redis.send(RedisCommand("GET", keys.paused))
        return QueueDepths(
            queue: queue,
            survey: survey,
            workers: try await workers(of: queue).count { $0.leaseLeft.map { $0 > .zero } ?? false },
            pause: pause.bytes.map { QueuePause(reading: $0) }
        )
    }

    /// The workers that are registered with a queue, those without a lease included: they may still hold tasks.
    public func workers(of queue: QueueName) async throws(RedisError) -> [RegisteredWorker] {
        let keys = redis.keys(of: queue)
        let replies = try await replies([
            RedisCommand("ZRANGE", keys.workers, 0, -1, "WITHSCORES"), RedisCommand("TIME"),
        ])
        let now = Self.time(replies[1])
        let members = Self.scored(replies[0]).map {
            (name: String(decoding: $0.member, as: UTF8.self), lease: $0.score)
        }
        let counts = try await self.replies(members.map { RedisCommand("HLEN", keys.inflight($0.name)) })
        var workers: [RegisteredWorker] = []
        for (member, held) in zip(members, counts) {
            workers.append(
                RegisteredWorker(
                    queue: queue,
                    incarnation: member.name,
                    leaseLeft: member.lease > 0 ? .milliseconds(member.lease - now) : nil,
                    inFlight: try count(held, of: "HLEN")
                )
            )
        }
        return workers
    }

    /// Up to `count` ready messages, the next one first.
    public func next(_ count: Int, of queue: QueueName) async throws(RedisError) -> [QueuedMessage] {
        let reply = try await redis.send(RedisCommand("LRANGE", redis.keys(of: queue).ready, -count, -1))
        return (reply.array ?? []).reversed().compactMap { $0.bytes.map { QueuedMessage($0) } }
    }

    /// Up to `count` scheduled tasks, the next due first.
    public func scheduled(_ count: Int, of queue: QueueName) async throws(RedisError) -> [ScheduledTask] {
        let replies = try await replies([
            RedisCommand("ZRANGE", redis.keys(of: queue).scheduled, 0, count - 1, "WITHSCORES"), RedisCommand("TIME"),
        ])
        let now = Self.time(replies[1])
        return Self.scored(replies[0]).map { entry in
            ScheduledTask(QueuedMessage(entry.member), due: entry.score, now: now)
        }
    }

    /// Up to `limit` letters that match, the newest first; looks through the whole dead list where it must.
    public func deadLetters(
        of queue: QueueName,
        matching filter: DeadLetterFilter = DeadLetterFilter(),
        limit: Int
    ) async throws(RedisError) -> [DeadLetterEntry] {
        var found: [DeadLetterEntry] = []
        var start = 0
        while found.count < limit {
            let end = start + Self.pageSize - 1
            let page = try await redis.send(RedisCommand("LRANGE", redis.keys(of: queue).dead, start, end)).array ?? []
            if page.isEmpty { break }
            for (index, raw) in page.enumerated() where found.count < limit {
                let letter = DeadLetterEntry(raw.bytes ?? [], position: start + index + 1)
                if filter.matches(letter) { found.append(letter) }
            }
            start += page.count
        }
        return found
    }

    /// The letter that stands at `position`, counted from 1 and the newest first; nil beyond the end.
    public func deadLetter(at position: Int, of queue: QueueName) async throws(RedisError) -> DeadLetterEntry? {
        guard position > 0 else { return nil }
        let reply = try await redis.send(RedisCommand("LINDEX", redis.keys(of: queue).dead, position - 1))
        return reply.bytes.map { DeadLetterEntry($0, position: position) }
    }

    // MARK: Replies

    /// How many elements are read at once.
    static let pageSize = 100

    /// Replies to several commands in one round trip; the first that failed is thrown.
    func replies(_ commands: [RedisCommand]) async throws(RedisError) -> [RedisReply] {
        var replies: [RedisReply] = []
        for result in try await redis.send(pipeline: commands) { replies.append(try result.get()) }
        return replies
    }

    private func count(_ reply: RedisReply, of command: String) throws(RedisError) -> Int {
        guard let count = reply.integer else { throw RedisError(.unexpectedReply, command: command) }
        return Int(count)
    }

    /// Redis' time, in milliseconds, from a reply to `TIME`.
    static func time(_ reply: RedisReply) -> Int64 {
        (reply[0]?.integer ?? 0) * 1000 + (reply[1]?.integer ?? 0) / 1000
    }

    /// Members of a sorted set with their scores in milliseconds; a score that is no such number counts as 0.
    static func scored(_ reply: RedisReply) -> [(member: [UInt8], score: Int64)] {
        let entries = reply.array ?? []
        return stride(from: 0, to: entries.count - 1, by: 2).compactMap { index in
            guard let member = entries[index].bytes else { return nil }
            let score = entries[index + 1].string.flatMap { Double($0) } ?? 0
            return (member, Int64(exactly: score.rounded(.down)) ?? 0)
        }
    }
}
