import NIOCore

/// The commands that were written and wait for replies, which come in the same order. No I/O and no clock.
///
/// A command that is given up on keeps its place until its replies have come, so that later ones stay aligned.
struct ReplyQueue<Sink: Sendable> {
    /// A waiting party and what it is owed.
    enum Settlement {
        /// The reply of a single command.
        case single(Sink, Result<RedisReply, RedisError>)
        /// All replies of a pipeline.
        case pipeline(Sink, [Result<RedisReply, RedisError>])
        case failure(Sink, RedisError)
    }

    private struct Entry {
        let name: String
        let byteCount: Int
        let replyCount: Int
        let deadline: NIODeadline
        let isPipeline: Bool
        var missing: Int
        var collected: [Result<RedisReply, RedisError>] = []
        /// nil once the caller has been told that it waits no more.
        var sink: Sink?
    }

    private var entries = CircularBuffer<Entry>()
    /// Commands and bytes finished since they were last asked for.
    private var finished = (commands: 0, bytes: 0)

    var isEmpty: Bool { entries.isEmpty }

    mutating func append(_ command: PendingCommand<Sink>) {
        entries.append(
            Entry(
                name: command.name,
                byteCount: command.bytes.count,
                replyCount: command.replyCount,
                deadline: command.deadline,
                isPipeline: command.isPipeline,
                missing: command.replyCount,
                sink: command.sink
            )
        )
    }

    /// Takes the next reply.
    ///
    /// - Returns: Who is to be told, where this completes a command someone still waits for, and the reply's error.
    /// - Throws: `.protocolViolation` for a reply that nobody asked for.
    mutating func receive(_ reply: RedisReply) throws(RedisError) -> (settlement: Settlement?, error: RedisError?) {
        guard !entries.isEmpty else {
            throw RedisError(.protocolViolation, command: "REPLY", detail: "a reply without a command")
        }
        let first = entries.startIndex
        let name = entries[first].name
        let result: Result<RedisReply, RedisError>
        var refusal: RedisError?
        if case .error(let text) = reply {
            let error = RedisError(server: text, command: name)
            refusal = error
            result = .failure(error)
        } else {
            result = .success(reply)
        }
        entries[first].missing -= 1
        if entries[first].isPipeline { entries[first].collected.append(result) }
        guard entries[first].missing == 0 else { return (nil, refusal) }

        let entry = entries.removeFirst()
        finished.commands += entry.replyCount
        finished.bytes += entry.byteCount
        guard let sink = entry.sink else { return (nil, refusal) }
        return (entry.isPipeline ? .pipeline(sink, entry.collected) : .single(sink, result), refusal)
    }

    /// Gives up on every command whose deadline is past.
    mutating func expire(at now: NIODeadline) -> [Settlement] {
        var settlements: [Settlement] = []
        for index in entries.indices where entries[index].deadline <= now {
            guard let sink = entries[index].sink else { continue }
            entries[index].sink = nil
            settlements.append(Self.giveUp(entries[index], sink: sink, code: .timedOut, detail: "no reply in time"))
        }
        return settlements
    }

    /// The earliest deadline of a command that someone still waits for. Linear in the length of the queue.
    var nextDeadline: NIODeadline? {
        entries.lazy.filter { $0.sink != nil }.map(\.deadline).min()
    }

    /// Whether the command whose reply is due next is past its deadline.
    func isHeadOverdue(at now: NIODeadline) -> Bool {
        entries.first.map { $0.deadline <= now } ?? false
    }

    /// Empties the queue of a connection that has ended: what became of these commands is unknown.
    mutating func giveUpAll(_ reason: RedisError) -> [Settlement] {
        var settlements: [Settlement] = []
        while let entry = entries.popFirst() {
            finished.commands += entry.replyCount
            finished.bytes += entry.byteCount
            guard let sink = entry.sink else { continue }
            settlements.append(Self.giveUp(entry, sink: sink, code: reason.code, detail: reason.detail))
        }
        return settlements
    }

    /// Commands and bytes that are no longer outstanding, since the last call.
    mutating func takeFinished() -> (commands: Int, bytes: Int) {
        defer { finished = (0, 0) }
        return finished
    }

    /// A pipeline keeps the replies that came; only the rest has an unknown outcome.
    private static func giveUp(_ entry: Entry, sink: Sink, code: RedisError.Code, detail: String) -> Settlement {
        let error = RedisError(code, command: entry.name, detail: detail, outcomeUnknown: true)
        guard !entry.collected.isEmpty else { return .failure(sink, error) }
        return .pipeline(sink, entry.collected + Array(repeating: .failure(error), count: entry.missing))
    }
}

extension ReplyQueue.Settlement where Sink == ReplySink {
    /// Tells the waiting party.
    func deliver() {
        switch self {
        case .single(let sink, let result): sink.settle(result)
        case .pipeline(let sink, let results): sink.succeed(results)
        case .failure(let sink, let error): sink.fail(error)
        }
    }
}
