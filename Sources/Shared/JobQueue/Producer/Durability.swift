import NIOCore
import Redis

/// Where a task must be before its enqueueing is confirmed.
///
/// It governs what callers are told, and nothing else: a worker's own moves need no wait. Redis replicates one history
/// in its order, so a failover cuts off its end. What is cut off is undone as a whole: the task is back where it was
/// before, in the hands of a worker or in the queue, and runs again. Only an answer that went out to somebody else
/// cannot be undone, and what a job enqueues in a queue on another node of a Cluster; both are confirmed here.
public enum Durability: String, Sendable {
    /// In the memory of the primary. A failover loses what had not reached the replica that takes over.
    case async
    /// In the memory of at least one replica, too (`WAIT`).
    case replicated
    /// On the disk of the primary: by `WAITAOF` from Redis 7.2, before that only with `appendfsync always`.
    case fsync
}

extension Durability {
    /// Runs a script that adds tasks and waits for what must have its writes.
    ///
    /// All on one connection, since `WAIT` is about the writes of its own connection. Fails with
    /// `RedisError(.unconfirmed)`, its outcome unknown, where the script ran and the rest did not follow in time.
    func run(
        _ script: RedisScript,
        keys: RedisArguments,
        arguments: RedisArguments,
        with redis: RedisClient,
        timeout: Duration,
        on eventLoop: any EventLoop
    ) -> EventLoopFuture<RedisReply> {
        guard self != .async else {
            return redis.evaluate(
                script,
                keys: keys,
                arguments: arguments,
                timeout: timeout,
                on: eventLoop
            )
        }
        return redis.evaluate(
            script,
            keys: keys,
            arguments: arguments,
            then: questions(timeout: timeout),
            timeout: timeout,
            on: eventLoop
        ).flatMapThrowing { reply, answers in
            try judge(answers)
            return reply
        }
    }

    /// What is asked behind the script. The wait ends before the caller's own, so that its answer still arrives, and
    /// after a second at the latest, since the connection does nothing else meanwhile.
    private func questions(timeout: Duration) -> [RedisCommand] {
        let wait = min(max(1, timeout.milliseconds * 3 / 4), 1000)
        switch self {
        case .async: return []
        case .replicated: return [RedisCommand("WAIT", 1, wait)]
        case .fsync:
            return [
                RedisCommand("WAITAOF", 1, 0, wait), RedisCommand("CONFIG", "GET", "appendonly"),
                RedisCommand("CONFIG", "GET", "appendfsync"),
            ]
        }
    }

    /// Throws where the answers do not say that the script's writes are where they must be.
    func judge(_ answers: [Result<RedisReply, RedisError>]) throws(RedisError) {
        switch self {
        case .async: return
        case .replicated:
            let replicas = try confirmation(answers[0], "WAIT").integer ?? 0
            guard replicas < 1 else { return }
            throw RedisError(.unconfirmed, command: "WAIT", detail: "no replica has it", outcomeUnknown: true)
        case .fsync:
            if case .failure(let error) = answers[0], error.isUnknownCommand {
                // Before Redis 7.2. Where every write is synced before it is answered, the script's reply said it all.
                let settings = try answers[1...].map { result throws(RedisError) in
                    try confirmation(result, "CONFIG")[1]?.string
                }
                guard settings != ["yes", "always"] else { return }
                let detail = "appendonly yes and appendfsync always are needed before Redis 7.2"
                throw RedisError(.unconfirmed, command: "WAITAOF", detail: detail, outcomeUnknown: true)
            }
            let local = try confirmation(answers[0], "WAITAOF")[0]?.integer ?? 0
            guard local < 1 else { return }
            throw RedisError(.unconfirmed, command: "WAITAOF", detail: "not on disk in time", outcomeUnknown: true)
        }
    }

    /// The reply to a question. Where there is none, or a refusal, the script has run all the same.
    private func confirmation(
        _ answer: Result<RedisReply, RedisError>,
        _ command: String
    ) throws(RedisError) -> RedisReply {
        do {
            return try answer.get()
        } catch {
            throw RedisError(.unconfirmed, command: command, detail: error.detail, outcomeUnknown: true)
        }
    }
}

extension RedisError {
    /// Whether the server has never heard of the command.
    fileprivate var isUnknownCommand: Bool { code == .server && detail.hasPrefix("ERR unknown command") }
}
