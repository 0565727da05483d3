public import Redis

/// What operators do to queues: each step is atomic, so any number of them may act at once, beside running workers.
public struct QueueControl: Sendable {
    /// A place of a queue that can be emptied.
    public enum Place: String, Sendable, CaseIterable {
        case ready, scheduled, dead

        func keys(_ keys: QueueKeys, turns: [String]) -> [String] {
            switch self {
            case .ready: [keys.ready] + keys.byPriority + turns.map { keys.turn($0) }
            case .scheduled: [keys.scheduled]
            case .dead: [keys.dead]
            }
        }
    }

    let redis: RedisClient

    public init(redis: RedisClient) { self.redis = redis }

    // MARK: Pausing

    /// Lets the queue hand out nothing until it is resumed. What runs goes on, and so does enqueueing.
    ///
    /// - Parameters:
    ///   - queue: The queue.
    ///   - pause: Who asks for it, when and why.
    /// - Returns: The pause in force: where there was one already, that one stays.
    /// - Throws: `RedisError` where Redis did not confirm.
    public func pause(_ queue: QueueName, as pause: QueuePause) async throws(RedisError) -> QueuePause {
        let key = redis.keys(of: queue).paused
        while try await redis.send(RedisCommand("SET", key, pause.bytes, "NX")).isNull {
            // Gone again only where somebody resumed the queue in between.
            if let before = try await redis.send(RedisCommand("GET", key)).bytes { return QueuePause(reading: before) }
        }
        return pause
    }

    /// Ends a pause. Workers look at least about once a second.
    ///
    /// - Returns: The pause that ended; nil where there was none.
    /// - Throws: `RedisError` where Redis did not confirm.
    public func resume(_ queue: QueueName) async throws(RedisError) -> QueuePause? {
        try await redis.send(RedisCommand("GETDEL", redis.keys(of: queue).paused)).bytes.map { QueuePause(reading: $0) }
    }

    // MARK: Cancelling

    /// How long a mark is kept for a task that does not turn up: longer than tasks are scheduled ahead.
    package static let cancellationMemory: Duration = .seconds(7 * 86_400)

    /// Marks a task as cancelled; see ``JobProducer/cancel(_:in:memory:)``.
    ///
    /// - Returns: How many workers listened.
    @discardableResult
    package func cancel(
        _ id: TaskID,
        in queue: QueueName,
        memory: Duration = cancellationMemory
    ) async throws(RedisError) -> Int {
        let keys = redis.keys(of: queue)
        let reply = try await redis.evaluate(
            QueueScripts.cancel,
            keys: [keys.cancelled],
            arguments: [id.rawValue, memory.milliseconds, keys.cancellations]
        )
        return Int(reply.integer ?? 0)
    }

    /// Cancels what runs under an ordering key and drops what waits for it; see
    /// ``JobProducer/cancelAll(of:in:memory:)``.
    package func cancelAll(
        of key: OrderingKey,
        in queue: QueueName,
        memory: Duration = cancellationMemory
    ) async throws(RedisError) -> CancelledLane {
        let keys = redis.keys(of: queue)
        let reply = try await redis.evaluate(
            QueueScripts.cancelLane,
            keys: [keys.cancelled],
            arguments: [key.rawValue, memory.milliseconds, keys.cancellations, keys.prefix]
        )
        return CancelledLane(
            holder: reply[1]?.string.flatMap { $0.isEmpty ? nil : TaskID($0) },
            dropped: Int(reply[0]?.integer ?? 0)
        )
    }

    // MARK: Purging

    /// Removes what stands in a place of the queue for good, at most 1,000 messages a step; what is added meanwhile
    /// may stay.
    ///
    /// - Returns: How many were removed.
    /// - Throws: `RedisError` where Redis did not confirm; what was removed before is gone.
    public func purge(_ place: Place, of queue: QueueName) async throws(RedisError) -> Int {
        let keys = redis.keys(of: queue)
        var removed = 0
        let turns = try await redis.send(RedisCommand("ZRANGE", keys.turns, 0, -1)).array ?? []
        for key in place.keys(keys, turns: turns.compactMap(\.string)) { removed += try await purge(key, place, keys) }
        return removed
    }

    private func purge(_ key: String, _ place: Place, _ keys: QueueKeys) async throws(RedisError) -> Int {
        let size = try await redis.send(RedisCommand(place == .scheduled ? "ZCARD" : "LLEN", key)).integer ?? 0
        var removed: Int64 = 0
        while removed < size {
            let reply = try await redis.evaluate(
                QueueScripts.purge,
                keys: [key, keys.deliveries, keys.ready],
                arguments: [min(1000, size - removed), place == .dead ? "" : keys.prefix, keys.prefix]
            )
            guard let count = reply.integer, count > 0 else { break }
            removed += count
        }
        return Int(removed)
    }

    // MARK: Dead letters

    /// What became of the letters that were meant.
    public struct DeadLetterMoves: Sendable, Equatable {
        public var moved = 0
        /// Not moved, as they hold no message that could run.
        public var kept = 0
    }

    /// Puts matching tasks back into their queue, the oldest first and behind what waits there, with all their attempts
    /// before them and their deliveries forgotten.
    ///
    /// Looks once at what stands in the dead list now. A letter that somebody else takes meanwhile is theirs.
    ///
    /// - Throws: `RedisError` where Redis did not confirm; what was moved before stays moved.
    public func retryDeadLetters(
        of queue: QueueName,
        matching filter: DeadLetterFilter
    ) async throws(RedisError) -> DeadLetterMoves {
        let keys = redis.keys(of: queue)
        return try await sweep(keys, filter) { letters throws(RedisError) in
            var arguments = RedisArguments()
            var passed = 0
            for letter in letters {
                guard let message = letter.afresh else { continue }
                arguments.append(letter.raw)
                arguments.append(message)
                arguments.append(letter.message.id ?? "")
                passed += 1
            }
            guard passed > 0 else { return (0, 0) }
            let reply = try await redis.evaluate(
                QueueScripts.retryDead,
                keys: [keys.dead, keys.ready, keys.deliveries, keys.counts],
                arguments: arguments
            )
            return (passed, Int(reply.integer ?? 0))
        }
    }

    /// Removes matching letters for good. Looks once, as ``retryDeadLetters(of:matching:)`` does.
    ///
    /// - Throws: `RedisError` where Redis did not confirm; what was removed before is gone.
    public func dropDeadLetters(
        of queue: QueueName,
        matching filter: DeadLetterFilter
    ) async throws(RedisError) -> DeadLetterMoves {
        let keys = redis.keys(of: queue)
        return try await sweep(keys, filter) { letters throws(RedisError) in
            var arguments: RedisArguments = [keys.prefix]
            for letter in letters { arguments.append(letter.raw) }
            let reply = try await redis.evaluate(QueueScripts.dropDead, keys: [keys.dead], arguments: arguments)
            return (letters.count, Int(reply.integer ?? 0))
        }
    }

    /// How many letters one step looks at.
    private static let batchSize = 50

    /// Walks through the dead list from its old end, which new letters do not move, and hands the matching ones to
    /// `act`, the oldest first. It tells how many of them it tried to move, none of which is there then, and how many
    /// it did move.
    private func sweep(
        _ keys: QueueKeys,
        _ filter: DeadLetterFilter,
        _ act: ([DeadLetterEntry]) async throws(RedisError) -> (tried: Int, moved: Int)
    ) async throws(RedisError) -> DeadLetterMoves {
        var moves = DeadLetterMoves()
        var left = Int(try await redis.send(RedisCommand("LLEN", keys.dead)).integer ?? 0)
        var passed = 0
        while left > 0 {
            let size = min(left, Self.batchSize)
            left -= size
            let page = try await redis.send(RedisCommand("LRANGE", keys.dead, -passed - size, -passed - 1)).array ?? []
            if page.isEmpty { break }
            let letters = page.reversed().map { DeadLetterEntry($0.bytes ?? [], position: 0) }.filter(filter.matches)
            guard !letters.isEmpty else {
                passed += page.count
                continue
            }
            let (tried, moved) = try await act(letters)
            passed += page.count - tried
            moves.moved += moved
            moves.kept += letters.count - tried
        }
        return moves
    }
}
