import Redis

/// One scheduler's word to Redis: whether it leads, what is due, and that it happens.
///
/// Every step asks Redis whether the word counts, so one that was frozen for as long as its lease can do no harm.
struct PeriodicLeader: Sendable {
    /// What a look found.
    enum Look: Sendable, Equatable {
        /// Another leads, for so much longer at least.
        case follows(for: Duration)
        /// - Parameters:
        ///   - now: Redis' time.
        ///   - next: The first time that has not come.
        ///   - due: Names whose time has come, and which it was.
        ///   - isNew: Whether it began to lead with this look.
        case leads(now: WireTime, next: WireTime?, due: [DueName], isNew: Bool)
    }

    struct DueName: Sendable, Equatable {
        let name: String
        let time: WireTime
    }

    /// A job whose time has come, as it stands in Redis.
    struct DueJob: Sendable {
        let due: DueName
        let text: [UInt8]
        let job: PeriodicJob
        let state: PeriodicState
    }

    enum Ending: Sendable, Equatable {
        /// It has happened for so many times, and was passed over where these are none.
        case done(PeriodicTick)
        /// The job changed, was paused or went on before.
        case changed
        /// Its queue is full.
        case full
    }

    /// Names this life of this scheduler.
    let token: String
    let lease: Duration
    let producer: JobProducer
    private var redis: RedisClient { producer.redis }

    /// Looks, and leads from now on where nobody does.
    ///
    /// - Throws: `RedisError` where Redis did not answer.
    func look() async throws(RedisError) -> Look {
        let reply = try await redis.evaluate(
            PeriodicScripts.look,
            keys: [redis.periodicKeys.leader, redis.periodicKeys.due],
            arguments: [token, lease.milliseconds, PeriodicScripts.mostNames]
        )
        guard let now = reply[1]?.integer else { throw RedisError(.unexpectedReply, command: "EVALSHA(periodic-look)") }
        guard let word = reply[0]?.integer, word > 0 else {
            return .follows(for: .milliseconds(max(0, reply[2]?.integer ?? 0)))
        }
        let words = (reply[3]?.array ?? []).map { $0.string ?? "" }
        let due = stride(from: 0, to: words.count - 1, by: 2).map { index in
            DueName(name: words[index], time: WireTime(score: words[index + 1]))
        }
        let next = reply[2]?.string.flatMap { $0.isEmpty ? nil : WireTime(score: $0) }
        return .leads(now: WireTime(milliseconds: now), next: next, due: due, isNew: word == 2)
    }

    /// Reads jobs whose time has come.
    ///
    /// - Returns: One for each name: the job, or what is wrong with it.
    /// - Throws: `RedisError` where Redis did not answer.
    func read(_ due: [DueName]) async throws(RedisError) -> [(DueName, Result<DueJob, ScheduleProblem>)] {
        guard !due.isEmpty else { return [] }
        let names = due.map(\.name)
        let replies = try await redis.send(pipeline: [
            RedisCommand("HMGET", arguments: [redis.periodicKeys.jobs] + names),
            RedisCommand("HMGET", arguments: [redis.periodicKeys.states] + names),
        ])
        let (texts, states) = (try replies[0].get(), try replies[1].get())
        return due.enumerated().map { index, due in
            let result = Result { () throws(ScheduleProblem) in
                guard let text = texts[index]?.bytes else { throw ScheduleProblem("json", "there is none") }
                let job = try PeriodicJob(text)
                guard job.name == due.name else { throw ScheduleProblem("name", "it is not the one it stands under") }
                return DueJob(due: due, text: text, job: job, state: PeriodicState(states[index]?.bytes))
            }
            return (due, result)
        }
    }

    /// Makes a job happen whose time has come.
    ///
    /// - Parameters:
    ///   - due: The job.
    ///   - now: Redis' time at the look that found it.
    ///   - looked: When that look began, by this machine's clock.
    /// - Returns: What came of it.
    /// - Throws: `RedisError`, with the prefix `FENCED` where another leads.
    func tick(
        _ due: DueJob,
        now: WireTime,
        looked: ContinuousClock.Instant = .now
    ) async throws(RedisError) -> Ending {
        let tick = PeriodicTick(due.job, due.state, due: due.due.time, now: now)
        let queue = redis.keys(of: due.job.queue)
        let isNear = redis.keepsTogether(redis.periodicKeys.jobs, queue.ready)
        var keys: RedisArguments = [
            redis.periodicKeys.leader, redis.periodicKeys.due, redis.periodicKeys.jobs, redis.periodicKeys.states,
        ]
        var arguments: RedisArguments = [
            token, lease.milliseconds, due.job.name, due.text, due.due.time.milliseconds,
            tick.next.map { String($0.milliseconds) } ?? "", tick.state.bytes,
        ]
        var announced: [TaskAnnouncement] = []
        if !tick.times.isEmpty {
            let (request, tasks) = request(for: tick.times, of: due.job, now: now, isNear: isNear)
            if producer.announcesTasks { announced = tasks.map { TaskAnnouncement($0) } }
            if isNear {
                keys.append(contentsOf: request.keys)
                arguments.append(contentsOf: request.arguments)
            } else {
                // On a Cluster the queue is in another slot: first the tasks, which Redis takes once for each time, then
                // the job's move. Who dies in between is followed by one who repeats the first, which adds nothing.
                guard ContinuousClock.now - looked < lease * 0.8 else {
                    throw RedisError(server: "FENCED the lease may be over", command: "EVALSHA(periodic-tick)")
                }
                let fates = try EnqueueRequest.fates(try await producer.run(request), of: tick.times.count)
                guard !fates.contains(.refused) else { return .full }
            }
        }
        let reply = try await redis.evaluate(PeriodicScripts.tick, keys: keys, arguments: arguments)
        if reply.integer == 1 { TaskAnnouncement.publish(announced, with: redis) }
        return switch reply.integer {
        case 1: .done(tick)
        case 2: .full
        default: .changed
        }
    }

    /// Leads no more, so that another need not wait for the end of the lease.
    ///
    /// - Throws: `RedisError` where Redis did not answer.
    func leave() async throws(RedisError) {
        _ = try await redis.evaluate(
            PeriodicScripts.leave,
            keys: [redis.periodicKeys.leader],
            arguments: [token],
            timeout: .seconds(1)
        )
    }

    private func request(
        for times: [WireTime],
        of job: PeriodicJob,
        now: WireTime,
        isNear: Bool
    ) -> (request: EnqueueRequest, tasks: [NewTask]) {
        var request = producer.request(for: job.queue)
        var tasks: [NewTask] = []
        for time in times {
            let id = job.taskID(at: time)
            let (task, rules) = job.task(
                for: time,
                id: id,
                now: now,
                delay: job.delay(at: time),
                hasPriorities: redis.configuration.hasPriorityLists,
                middleware: producer.middleware
            )
            // Where one step does both, the job's move says that it has happened; but not of several times of which some
            // found the queue full.
            let isToldByMove = isNear && times.count == 1
            let seen = job.seenKey(at: time) ?? (isToldByMove ? nil : "periodic:\(id)")
            request.append(task, due: task.eta, unlessSeen: seen.map { [$0] } ?? [], rules: rules)
            tasks.append(task)
        }
        return (request, tasks)
    }
}

extension WireTime {
    /// The score of a sorted set; what is none of ours, such as `inf`, is brought within the calendar.
    init(score: String) {
        let number = Double(score).map { $0.isNaN ? 0 : $0 } ?? 0
        self.init(milliseconds: Int64(min(max(number, 0), 253_402_300_799_000)))
    }
}
