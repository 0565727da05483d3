import Redis

/// What the attempts of one queue keep in Redis, during one life of a worker.
struct RedisAttemptStore: AttemptStore {
    private let redis: RedisClient
    private let keys: QueueKeys
    private let incarnation: Incarnation
    private let configuration: WorkerConfiguration
    /// The bodies of the queue's tasks that stand in keys of their own.
    private let bodies: StoredBodies

    init(
        _ redis: RedisClient,
        _ keys: QueueKeys,
        _ incarnation: Incarnation,
        _ configuration: WorkerConfiguration
    ) {
        self.redis = redis
        self.keys = keys
        self.incarnation = incarnation
        self.configuration = configuration
        bodies = StoredBodies(redis, keys)
    }

    // MARK: Steps

    func step(_ name: String, of id: TaskID) async throws(RedisError) -> [UInt8]? {
        try await redis.send(RedisCommand("HGET", keys.journal(of: id), name)).bytes
    }

    func record(
        _ result: [UInt8],
        of step: String,
        by attempt: AttemptIdentity
    ) async throws(JobQueueError) -> Bool {
        let reply = try await write(
            QueueScripts.recordStep,
            for: attempt.tag,
            keys: [keys.journal(of: attempt.id)],
            arguments: [step, result, JobContext.maximumSteps, configuration.journalExpires.milliseconds]
        )
        return reply.integer != -1
    }

    // MARK: State

    func setState(
        _ text: [UInt8],
        life: Duration,
        by attempt: AttemptIdentity,
        patience: Duration?
    ) async throws(JobQueueError) -> Bool {
        let key = redis.names.result(of: attempt.id)
        guard !redis.keepsTogether(self.keys.ready, key) else {
            let reply = try await write(
                QueueScripts.storeState,
                for: attempt.tag,
                keys: [key],
                arguments: [life.milliseconds, text],
                patience: patience
            )
            return reply.integer == 1
        }
        _ = try await write(QueueScripts.checkHeld, for: attempt.tag, keys: [], arguments: [], patience: patience)
        do throws(RedisError) {
            let reply = try await redis.evaluate(
                QueueScripts.storeDistantState,
                keys: [key],
                arguments: [life.milliseconds, text],
                timeout: patience
            )
            return reply.integer == 1
        } catch {
            throw JobQueueError(.unavailable, task: nil, cause: error)
        }
    }

    // MARK: Output

    func outputLength(of id: TaskID) async throws(RedisError) -> Int {
        Int(try await redis.send(RedisCommand("STRLEN", keys.output(of: id))).integer ?? 0)
    }

    func output(of id: TaskID) async throws(RedisError) -> [UInt8] {
        try await redis.send(RedisCommand("GET", keys.output(of: id))).bytes ?? []
    }

    func append(
        _ bytes: [UInt8],
        at place: Int,
        by attempt: AttemptIdentity
    ) async throws(JobQueueError) -> OutputWrite {
        let reply = try await write(
            QueueScripts.appendOutput,
            for: attempt.tag,
            keys: [keys.output(of: attempt.id), keys.outputState(of: attempt.id)],
            arguments: [
                place, bytes, TaskOutput.maximumBytes, configuration.outputExpires.milliseconds,
                keys.outputChannel(of: attempt.id),
            ]
        )
        return Self.outputWrite(reply)
    }

    func cutOutput(to place: Int, by attempt: AttemptIdentity) async throws(JobQueueError) -> OutputWrite {
        let reply = try await write(
            QueueScripts.cutOutput,
            for: attempt.tag,
            keys: [keys.output(of: attempt.id), keys.outputState(of: attempt.id)],
            arguments: [place, configuration.outputExpires.milliseconds, keys.outputChannel(of: attempt.id)]
        )
        return Self.outputWrite(reply)
    }

    private static func outputWrite(_ reply: RedisReply) -> OutputWrite {
        switch reply[0]?.integer {
        case 1: .written(Int(reply[1]?.integer ?? 0))
        case -1: .tooLarge
        default: .moved
        }
    }

    /// While the task is still held. Where Redis does not answer readers find out by their own patience.
    func endOutput(by attempt: AttemptIdentity) async throws(RedisError) {
        _ = try await redis.evaluate(
            QueueScripts.endOutput,
            keys: [
                keys.workers, keys.inflight(incarnation), keys.reaped, keys.output(of: attempt.id),
                keys.outputState(of: attempt.id),
            ],
            arguments: [
                incarnation.rawValue, configuration.lease.milliseconds, attempt.tag,
                configuration.outputExpires.milliseconds, keys.outputChannel(of: attempt.id),
            ],
            timeout: .seconds(1)
        )
    }

    // MARK: Others

    func absorb(
        _ key: OrderingKey,
        as name: TaskName,
        from first: Int64,
        atMost most: Int,
        by attempt: AttemptIdentity
    ) async throws(JobQueueError) -> [[UInt8]] {
        let reply = try await write(
            QueueScripts.absorb,
            for: attempt.tag,
            keys: [],
            arguments: [keys.prefix, key.rawValue, attempt.id.rawValue, name.rawValue, first, most]
        )
        return (reply.array ?? []).compactMap(\.bytes)
    }

    func putBehind(_ message: [UInt8], by attempt: AttemptIdentity) async throws(JobQueueError) {
        _ = try await write(
            QueueScripts.putBehind,
            for: attempt.tag,
            keys: [keys.ready],
            arguments: [keys.prefix, configuration.hasPriorities ? 1 : 0, message]
        )
    }

    func freeUnique(_ key: String, of id: TaskID) async throws(RedisError) {
        _ = try await redis.evaluate(QueueScripts.freeUnique, keys: [keys.unique(key)], arguments: [id.rawValue])
    }

    func body(_ reference: String, bytes: Int) async throws(RedisError) -> [UInt8]? {
        try await bodies.body(reference, bytes: bytes)
    }

    /// Runs a script that writes for an attempt, and is refused once the attempt may not any more.
    ///
    /// Repeated for some seconds while Redis is away, so it must change nothing the second time: the work it stands for
    /// is done and may have cost much.
    ///
    /// - Parameters:
    ///   - script: Its first keys are workers, the worker's in-flight hash and reaped; its first arguments
    ///     incarnation, lease (ms) and tag.
    ///   - tag: The delivery tag of the attempt.
    ///   - otherKeys: Its other keys.
    ///   - otherArguments: Its other arguments.
    ///   - patience: How long it is repeated, and waited for each time; nil for the lease, and the client's own.
    /// - Returns: Its reply.
    /// - Throws: `JobQueueError`: `.leaseLost` where it was refused, `.unavailable` where Redis did not confirm in time.
    private func write(
        _ script: RedisScript,
        for tag: Int64,
        keys otherKeys: [String],
        arguments otherArguments: [any RedisArgument],
        patience: Duration? = nil
    ) async throws(JobQueueError) -> RedisReply {
        var keys: RedisArguments = [self.keys.workers, self.keys.inflight(incarnation), self.keys.reaped]
        for key in otherKeys { keys.append(key) }
        var arguments: RedisArguments = [incarnation.rawValue, configuration.lease.milliseconds, tag]
        for argument in otherArguments { arguments.append(argument) }
        let deadline = ContinuousClock.now + (patience ?? configuration.lease)
        var delay: Int64 = 50
        while true {
            do throws(RedisError) {
                return try await redis.evaluate(script, keys: keys, arguments: arguments, timeout: patience)
            } catch {
                if error.prefix == QueueScripts.fenced { throw JobQueueError(.leaseLost, task: nil, cause: nil) }
                guard !Task.isCancelled, .now + .milliseconds(delay) < deadline else {
                    throw JobQueueError(.unavailable, task: nil, cause: error)
                }
            }
            // Ends early only by cancellation: then the next failure is the last.
            try? await Task.sleep(for: .milliseconds(Int64.random(in: delay / 2...delay)))
            delay = min(1000, delay * 2)
        }
    }
}
