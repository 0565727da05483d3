import NIOConcurrencyHelpers
import Redis

/// What the attempts of one queue share during one life of a worker, and reach through their `JobContext`.
final class AttemptScope: Sendable {
    let keys: QueueKeys
    let incarnation: Incarnation
    let configuration: WorkerConfiguration
    let producer: JobProducer
    let running = RunningJobs()
    /// What the worker holds; nil in a process that runs one attempt for another.
    let holdings: NIOLockedValueBox<Holdings>?
    /// The bodies of the queue's tasks that stand in keys of their own.
    let bodies: StoredBodies
    /// Asked for when the worker stops.
    let stopping = StopRequest()

    init(
        _ keys: QueueKeys,
        _ incarnation: Incarnation,
        _ configuration: WorkerConfiguration,
        _ producer: JobProducer,
        holdings: NIOLockedValueBox<Holdings>? = nil
    ) {
        self.holdings = holdings
        self.keys = keys
        self.incarnation = incarnation
        self.configuration = configuration
        self.producer = producer
        bodies = StoredBodies(producer.redis, keys)
    }

    var redis: RedisClient { producer.redis }

    /// Tells the readers of a task's output that no more comes, while the task is still held. Where Redis does not
    /// answer they find out by their own patience.
    func endOutput(of id: TaskID, for tag: Int64) async throws(RedisError) {
        _ = try await redis.evaluate(
            QueueScripts.endOutput,
            keys: [
                keys.workers, keys.inflight(incarnation), keys.reaped, keys.output(of: id), keys.outputState(of: id),
            ],
            arguments: [
                incarnation.rawValue, configuration.lease.milliseconds, tag, configuration.outputExpires.milliseconds,
                keys.outputChannel(of: id),
            ],
            timeout: .seconds(1)
        )
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
    /// - Returns: Its reply.
    /// - Throws: `JobQueueError`: `.leaseLost` where it was refused, `.unavailable` where Redis did not confirm in time.
    func write(
        _ script: RedisScript,
        for tag: Int64,
        keys otherKeys: [String],
        arguments otherArguments: [any RedisArgument]
    ) async throws(JobQueueError) -> RedisReply {
        var keys: RedisArguments = [self.keys.workers, self.keys.inflight(incarnation), self.keys.reaped]
        for key in otherKeys { keys.append(key) }
        var arguments: RedisArguments = [incarnation.rawValue, configuration.lease.milliseconds, tag]
        for argument in otherArguments { arguments.append(argument) }
        let deadline = ContinuousClock.now + configuration.lease
        var delay: Int64 = 50
        while true {
            do throws(RedisError) {
                return try await redis.evaluate(script, keys: keys, arguments: arguments)
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
