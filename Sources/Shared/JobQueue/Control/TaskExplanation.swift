public import Redis

/// Why a task is where it is, and what it waits for.
public struct TaskExplanation: Sendable {
    /// The reasons in plain words, what matters most first; at least one.
    public let reasons: [String]
    /// Since when it has been running, where it does for a while.
    public let runningSince: WireTime?
}

extension QueueInspector {
    /// Explains a finding of ``find(_:in:bound:)``. Some round trips; what moves meanwhile may have moved on.
    public func explain(_ id: TaskID, _ finding: TaskFinding) async throws(RedisError) -> TaskExplanation {
        guard let place = finding.place else {
            let state = finding.state?.status.map { "it has ended: \($0)" }
            return TaskExplanation(reasons: [state ?? "it is in none of the queues"], runningSince: nil)
        }
        var reasons: [String] = []
        var since: WireTime?
        switch place {
        case .ready(let queue, let position, _):
            reasons += try await standstill(of: queue)
            reasons.append(position == 1 ? "it is the next" : "\(position - 1) tasks are before it")
        case .parked(let queue, let key, let position, _):
            reasons.append(try await holder(of: key, queue))
            if position > 1 { reasons.append("\(position - 1) tasks of that key are before it") }
            reasons += try await standstill(of: queue)
        case .limited(let queue, let limit, let position, _):
            reasons.append(try await standing(of: limit, queue))
            if position > 1 { reasons.append("\(position - 1) tasks that wait for that limit are before it") }
            reasons += try await standstill(of: queue)
        case .inFlight(let queue, let worker, _):
            since = try await start(of: id, on: worker, queue)
            reasons.append(try await lease(of: worker, queue, since))
        case .scheduled(let queue, let task):
            let seconds = max(0, task.wait.milliseconds / 1000)
            let retries = task.message.retries ?? 0
            reasons.append("it waits for its time, in \(seconds) s" + (retries > 0 ? ", for retry \(retries)" : ""))
            reasons += try await standstill(of: queue)
        case .dead(_, let letter):
            reasons.append("it failed for good: \(letter.errorType ?? "for an unknown reason")")
        }
        if try await isCancelled(id, place) { reasons.append("it is cancelled, and ends when it would be handed out") }
        return TaskExplanation(reasons: reasons, runningSince: since)
    }

    /// Why a queue hands out nothing; empty where it does.
    private func standstill(of queue: QueueName) async throws(RedisError) -> [String] {
        var reasons: [String] = []
        if let pause = try await redis.send(RedisCommand("GET", redis.keys(of: queue).paused)).bytes {
            let pause = QueuePause(reading: pause)
            let by = pause.by.map { " by \($0)" } ?? ""
            let why = pause.reason.map { ": \($0)" } ?? ""
            reasons.append("the queue is paused\(by)\(why)")
        }
        if try await workers(of: queue).allSatisfy({ ($0.leaseLeft ?? .zero) <= .zero }) {
            reasons.append("no worker takes from the queue")
        }
        return reasons
    }

    private func holder(of key: OrderingKey, _ queue: QueueName) async throws(RedisError) -> String {
        let keys = redis.keys(of: queue)
        guard let holder = try await redis.send(RedisCommand("GET", keys.lane(key))).string else {
            return "it waits for its ordering key \(key), which is free by now"
        }
        if holder.hasPrefix("~") {
            return
                "it waits for task \(holder.dropFirst()) of the same ordering key, which waits for a retry or a limit"
        }
        return "it waits for task \(holder) of the same ordering key \(key)"
    }

    private func standing(of limit: String, _ queue: QueueName) async throws(RedisError) -> String {
        guard let state = try await limits(of: queue).first(where: { $0.name == limit }) else {
            return "it waits for the limit \(limit)"
        }
        var parts: [String] = []
        if let rests = state.rests { parts.append("rests for another \(rests.secondsText)") }
        if let most = state.limit?.concurrency { parts.append("lets \(most) run, and \(state.running) do") }
        if let rate = state.limit?.rate { parts.append("lets \(rate.units) units in \(rate.period.secondsText)") }
        return "it waits for the limit \(limit)" + (parts.isEmpty ? "" : ", which " + parts.joined(separator: "; "))
    }

    private func start(of id: TaskID, on worker: String, _ queue: QueueName) async throws(RedisError) -> WireTime? {
        let reply = try await redis.send(RedisCommand("HGET", redis.keys(of: queue).running(worker), id.rawValue))
        return reply.integer.map { WireTime(milliseconds: $0) }
    }

    private func lease(of worker: String, _ queue: QueueName, _ since: WireTime?) async throws(RedisError) -> String {
        let left = try await workers(of: queue).first { $0.incarnation == worker }?.leaseLeft
        guard let left, left > .zero else {
            return "worker \(worker) holds it and is dead; it goes to another within seconds"
        }
        return "worker \(worker) runs it" + (since.map { " since \($0.text)" } ?? "")
    }

    private func isCancelled(_ id: TaskID, _ place: TaskPlace) async throws(RedisError) -> Bool {
        let queue: QueueName
        switch place {
        case .ready(let name, _, _), .parked(let name, _, _, _), .limited(let name, _, _, _), .inFlight(let name, _, _),
            .scheduled(let name, _):
            queue = name
        case .dead: return false
        }
        return try await !redis.send(RedisCommand("ZSCORE", redis.keys(of: queue).cancelled, id.rawValue)).isNull
    }
}
