import JSON
public import Redis

/// What operators do to periodic jobs while they run: each step is atomic, so any number of them may act at once.
public struct PeriodicControl: Sendable {
    /// What came of adding a job.
    public enum Addition: Sendable, Hashable {
        /// With its first time; nil where there is none any more.
        case added(next: WireTime?)
        /// There is one of that name already, from this source.
        case exists(PeriodicJob.Source)
        /// There are as many as there may be.
        case tooMany
    }

    /// What came of ending a pause.
    public enum Resumption: Sendable, Equatable {
        case resumed(QueuePause, next: WireTime?)
        case notPaused
        case none
    }

    /// What came of removing a job.
    public enum Removal: Sendable, Hashable {
        case removed
        case none
        /// It would be back with the next worker that starts, as it comes from there.
        case belongs(to: PeriodicJob.Source)
    }

    let redis: RedisClient

    public init(redis: RedisClient) { self.redis = redis }

    /// All jobs, by name.
    ///
    /// - Throws: `RedisError` where Redis did not answer.
    public func list() async throws(RedisError) -> [PeriodicListing] {
        let now = try await redis.time()
        let replies = try await redis.send(pipeline: [
            RedisCommand("HGETALL", redis.periodicKeys.jobs),
            RedisCommand("ZRANGE", redis.periodicKeys.due, 0, -1, "WITHSCORES"),
            RedisCommand("HGETALL", redis.periodicKeys.states), RedisCommand("HGETALL", redis.periodicKeys.paused),
        ])
        let (jobs, due) = (try pairs(replies[0].get()), try pairs(replies[1].get()))
        let (states, paused) = (try pairs(replies[2].get()), try pairs(replies[3].get()))
        return jobs.sorted { $0.key < $1.key }.map { name, text in
            let next = due[name].map { WireTime(score: String(decoding: $0, as: UTF8.self)) }
            return PeriodicListing(
                name: name,
                job: Result { () throws(ScheduleProblem) in try PeriodicJob(text) },
                next: next,
                wait: next.map { .milliseconds($0.milliseconds - now.milliseconds) },
                pause: paused[name].map { QueuePause(reading: $0) },
                state: PeriodicState(states[name])
            )
        }
    }

    /// Adds a job, or changes one that was added while it ran.
    ///
    /// - Parameters:
    ///   - job: The job.
    ///   - replacing: Whether one of its name that has the same source gives way.
    /// - Returns: What came of it.
    /// - Throws: `RedisError` where Redis did not confirm.
    public func add(_ job: PeriodicJob, replacing: Bool = false) async throws(RedisError) -> Addition {
        while true {
            let before = try await redis.send(RedisCommand("HGET", redis.periodicKeys.jobs, job.name)).bytes
            if let before {
                let source = (try? PeriodicJob(before))?.source ?? .runTime
                guard replacing, source == job.source else { return .exists(source) }
            }
            let next = job.next(after: try await redis.time())
            let text = next.map { String($0.milliseconds) } ?? ""
            switch try await redis.put(job, job.json.bytes, seen: before, next: text) {
            case 1: return .added(next: next)
            case 2: return .tooMany
            // Somebody was faster.
            default: continue
            }
        }
    }

    /// Lets a job happen no more until it is resumed. What it misses meanwhile is not made up for.
    ///
    /// - Returns: The pause in force, which may be an earlier one; nil where there is no such job.
    /// - Throws: `RedisError` where Redis did not confirm.
    public func pause(_ name: String, as pause: QueuePause) async throws(RedisError) -> QueuePause? {
        try await redis.evaluate(
            PeriodicScripts.pause,
            keys: [redis.periodicKeys.jobs, redis.periodicKeys.due, redis.periodicKeys.paused],
            arguments: [name, pause.bytes, redis.periodicKeys.news]
        ).bytes.map { QueuePause(reading: $0) }
    }

    /// Ends a pause; the job goes on with its next time.
    ///
    /// - Throws: `RedisError` where Redis did not confirm.
    public func resume(_ name: String) async throws(RedisError) -> Resumption {
        while let text = try await redis.send(RedisCommand("HGET", redis.periodicKeys.jobs, name)).bytes {
            let now = try await redis.time()
            let next = (try? PeriodicJob(text)).map { $0.next(after: now) } ?? now
            let reply = try await redis.evaluate(
                PeriodicScripts.resume,
                keys: [redis.periodicKeys.jobs, redis.periodicKeys.due, redis.periodicKeys.paused],
                arguments: [name, text, next.map { String($0.milliseconds) } ?? "", redis.periodicKeys.news]
            )
            guard let pause = reply.bytes else { continue }
            return pause.isEmpty ? .notPaused : .resumed(QueuePause(reading: pause), next: next)
        }
        return .none
    }

    /// Removes a job; its tasks that are enqueued stay.
    ///
    /// - Parameters:
    ///   - name: The job.
    ///   - evenIfOwned: Also one that comes from code or configuration: where the program that brought it is no more.
    /// - Returns: What came of it.
    /// - Throws: `RedisError` where Redis did not confirm.
    public func remove(_ name: String, evenIfOwned: Bool = false) async throws(RedisError) -> Removal {
        guard let text = try await redis.send(RedisCommand("HGET", redis.periodicKeys.jobs, name)).bytes else {
            return .none
        }
        if let source = (try? PeriodicJob(text))?.source, source != .runTime, !evenIfOwned {
            return .belongs(to: source)
        }
        let reply = try await redis.evaluate(
            PeriodicScripts.remove,
            keys: [
                redis.periodicKeys.jobs, redis.periodicKeys.due, redis.periodicKeys.paused, redis.periodicKeys.states,
            ],
            arguments: [name, "", redis.periodicKeys.news]
        )
        return reply.integer == 1 ? .removed : .none
    }

    /// Enqueues a job's task now, paused or not; its times stay as they are.
    ///
    /// - Parameters:
    ///   - name: The job.
    ///   - durability: As a producer's.
    ///   - payload: As a producer's.
    /// - Returns: The task and its queue; nil where there is no such job.
    /// - Throws: `JobQueueError` where the job cannot be read, its queue is full or Redis did not confirm.
    public func run(
        _ name: String,
        durability: Durability = .async,
        payload: (any PayloadCoding)? = nil
    ) async throws(JobQueueError) -> (id: TaskID, queue: QueueName)? {
        let job: PeriodicJob
        let now: WireTime
        do {
            guard let text = try await redis.send(RedisCommand("HGET", redis.periodicKeys.jobs, name)).bytes else {
                return nil
            }
            job = try PeriodicJob(text)
            now = try await redis.time()
        } catch {
            throw JobQueueError(error is RedisError ? .unavailable : .invalidOptions, task: nil, cause: error)
        }
        let producer = JobProducer(redis: redis, durability: durability, payload: payload)
        let (task, rules) = job.task(
            for: now,
            id: .random(),
            now: now,
            delay: .zero,
            hasPriorities: redis.configuration.hasPriorityLists,
            middleware: []
        )
        var request = producer.request(for: job.queue)
        request.append(task, unlessSeen: [], rules: rules)
        let fates: [EnqueueFate]
        do throws(RedisError) {
            fates = try EnqueueRequest.fates(try await producer.run(request), of: 1)
        } catch {
            throw JobQueueError(.unavailable, task: job.task, cause: error)
        }
        guard fates != [.refused] else { throw JobQueueError(.queueFull, task: job.task, cause: nil) }
        return (task.id, job.queue)
    }

    private func pairs(_ reply: RedisReply) -> [String: [UInt8]] {
        let words = reply.array ?? []
        let pairs = stride(from: 0, to: words.count - 1, by: 2).map {
            (words[$0].string ?? "", words[$0 + 1].bytes ?? [])
        }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }
}

/// A periodic job and how it stands.
public struct PeriodicListing: Sendable {
    public let name: String
    /// The job, or what is wrong with what stands there.
    public let job: Result<PeriodicJob, ScheduleProblem>
    /// When it happens next, or should have; nil while it is paused and where there is no time any more.
    public let next: WireTime?
    /// How long until then, by Redis' clock; negative where nobody makes it happen.
    public let wait: Duration?
    public let pause: QueuePause?
    let state: PeriodicState

    /// The latest time that it happened for.
    public var last: WireTime? { state.last }
    /// The task of that time.
    public var lastTask: TaskID? { state.lastTask }
    /// How many tasks were enqueued for it.
    public var count: Int64 { state.count }
    /// The latest time that was missed and passed over.
    public var skipped: WireTime? { state.skipped }
}
