public import Redis

extension QueueInspector {
    /// Looks for a task in each of `queues`, and for its stored state.
    ///
    /// A queue has no index by id, so this reads messages: at most `bound` in each place of each queue, some at a time.
    /// It goes the way a task goes (scheduled, ready, parked, limited, in flight, dead), so that one that moves meanwhile is met, and
    /// goes it once more before it says that there is none.
    public func find(
        _ id: TaskID,
        in queues: [QueueName],
        bound: Int = 10_000
    ) async throws(RedisError) -> TaskFinding {
        var isComplete = true
        for _ in 1...2 {
            isComplete = true
            for queue in queues {
                let search = TaskSearch(redis: redis, keys: redis.keys(of: queue), id: id.rawValue, bound: bound)
                for look in [
                    search.scheduled, search.ready, search.parked, search.limited, search.inFlight, search.dead,
                ] {
                    switch try await look() {
                    case .found(let place):
                        return TaskFinding(place: place, state: try await state(of: id), isComplete: true)
                    case .absent: continue
                    case .bounded: isComplete = false
                    }
                }
            }
            if let state = try await state(of: id), state.isFinal {
                return TaskFinding(place: nil, state: state, isComplete: isComplete)
            }
        }
        return TaskFinding(place: nil, state: try await state(of: id), isComplete: isComplete)
    }

    /// The stored state of a task; nil where none is stored, or no longer.
    public func state(of id: TaskID) async throws(RedisError) -> TaskState? {
        try await redis.send(RedisCommand("GET", redis.names.result(of: id))).bytes.map { TaskState(reading: $0) }
    }
}

/// The search for one task in the places of one queue.
private struct TaskSearch {
    enum Ending {
        case found(TaskPlace)
        case absent
        /// Not among as many as may be looked at, and there are more.
        case bounded
    }

    let redis: RedisClient
    let keys: QueueKeys
    let id: String
    let bound: Int

    func scheduled() async throws(RedisError) -> Ending {
        let now = QueueInspector.time(try await redis.send(RedisCommand("TIME")))
        return try await pages { (start, end) throws(RedisError) in
            let reply = try await redis.send(RedisCommand("ZRANGE", keys.scheduled, start, end, "WITHSCORES"))
            let entries = QueueInspector.scored(reply)
            for entry in entries {
                guard let message = wanted(entry.member) else { continue }
                return (.scheduled(keys.queue, ScheduledTask(message, due: entry.score, now: now)), entries.count)
            }
            return (nil, entries.count)
        }
    }

    func ready() async throws(RedisError) -> Ending {
        let turns = (try await redis.send(RedisCommand("ZRANGE", keys.turns, 0, -1)).array ?? []).compactMap(\.string)
        let lists = [keys.ready] + keys.byPriority + turns.map { keys.turn($0) }
        return try await firstOf(lists) { _, position, message in
            .ready(keys.queue, position: position, message)
        }
    }

    func parked() async throws(RedisError) -> Ending {
        let lanes = (try await redis.send(RedisCommand("HKEYS", keys.lanes)).array ?? []).compactMap(\.string)
            .compactMap { OrderingKey(wire: $0) }
        return try await firstOf(lanes.map { keys.parked($0) }) { index, position, message in
            .parked(keys.queue, lanes[index], position: position, message)
        }
    }

    func limited() async throws(RedisError) -> Ending {
        let limits = (try await redis.send(RedisCommand("ZRANGE", keys.limited, 0, -1)).array ?? []).compactMap(
            \.string
        )
        return try await firstOf(limits.map { keys.limited(by: $0) }) { index, position, message in
            .limited(keys.queue, limit: limits[index], position: position, message)
        }
    }

    /// Looks through lists from the end where the next message stands; `place` is told which list of them it was.
    private func firstOf(
        _ lists: [String],
        _ place: (Int, Int, QueuedMessage) -> TaskPlace
    ) async throws(RedisError) -> Ending {
        var isBounded = false
        for (index, list) in lists.enumerated() {
            let ending = try await pages { (start, end) throws(RedisError) in
                let page = try await redis.send(RedisCommand("LRANGE", list, -1 - end, -1 - start)).array ?? []
                for (offset, element) in page.reversed().enumerated() {
                    guard let message = element.bytes.flatMap(wanted) else { continue }
                    return (place(index, start + offset + 1, message), page.count)
                }
                return (nil, page.count)
            }
            switch ending {
            case .found: return ending
            case .absent: continue
            case .bounded: isBounded = true
            }
        }
        return isBounded ? .bounded : .absent
    }

    func dead() async throws(RedisError) -> Ending {
        try await pages { (start, end) throws(RedisError) in
            let page = try await redis.send(RedisCommand("LRANGE", keys.dead, start, end)).array ?? []
            for (index, element) in page.enumerated() {
                let letter = DeadLetterEntry(element.bytes ?? [], position: start + index + 1)
                if letter.message.id == id { return (.dead(keys.queue, letter), page.count) }
            }
            return (nil, page.count)
        }
    }

    func inFlight() async throws(RedisError) -> Ending {
        let workers = try await redis.send(RedisCommand("ZRANGE", keys.workers, 0, -1)).array ?? []
        var seen = 0
        for worker in workers.compactMap(\.string) {
            var cursor = "0"
            repeat {
                guard seen < bound else { return .bounded }
                let reply = try await redis.send(
                    RedisCommand("HSCAN", keys.inflight(worker), cursor, "COUNT", QueueInspector.pageSize)
                )
                let entries = reply[1]?.array ?? []
                for index in stride(from: 1, to: entries.count, by: 2) {
                    guard let message = entries[index].bytes.flatMap(wanted) else { continue }
                    return .found(.inFlight(keys.queue, worker: worker, message))
                }
                seen += entries.count / 2
                cursor = reply[0]?.string ?? "0"
            } while cursor != "0"
        }
        return .absent
    }

    private func wanted(_ raw: [UInt8]) -> QueuedMessage? {
        let message = QueuedMessage(raw)
        return message.id == id ? message : nil
    }

    /// Calls `look` with one range of positions after the other; it tells what it found and how many stood there.
    private func pages(
        _ look: (Int, Int) async throws(RedisError) -> (TaskPlace?, Int)
    ) async throws(RedisError) -> Ending {
        var start = 0
        while start < bound {
            let size = min(QueueInspector.pageSize, bound - start)
            let (place, count) = try await look(start, start + size - 1)
            if let place { return .found(place) }
            if count < size { return .absent }
            start += size
        }
        return .bounded
    }
}
