import Logging
import Redis

/// Runs one delivery to its outcome and says what becomes of it in Redis.
struct JobRunner: Sendable {
    let registry: JobRegistry
    let producer: JobProducer
    let metrics: WorkerMetrics
    let logger: Logger
    /// What runs around every attempt, the first outermost.
    var middleware: [any RunMiddleware] = []
    /// Where jobs run that ask for a process of their own.
    var childProcesses: (any ChildProcessLauncher)?
    /// Whether they are given one; false where a test runs them.
    var isolatesJobs = true
    var jitter = RetryJitter.full

    /// - Returns: nil where the task stays as it is: the worker gives back what it holds as it leaves, or may no
    ///   longer speak for it, or has ended the attempt over the head of its code.
    func run(_ delivery: Delivery, in scope: AttemptScope) async -> Settlement? {
        var message: TaskMessage
        do {
            message = try TaskMessage(decoding: delivery.raw)
        } catch {
            logger.error("message is unreadable", metadata: ["queue": "\(delivery.queue)", "error": "\(error)"])
            metrics.finished(delivery.queue, task: nil, outcome: .unreadable)
            return .unreadable(delivery, error)
        }
        let job = registry[message.name]
        metrics.picked(delivery.queue, message, at: delivery.now)
        if var refusal = refusal(delivery, message, job) {
            refusal.forgetsSteps = refusal.endsTask && (message.isRepeated || delivery.mayHaveCrashed)
            if job?.streamsOutput == true { await endOutput(after: refusal, delivery, message, in: scope) }
            return refusal
        }
        guard let job else { preconditionFailure("what is not registered is refused") }
        if message.bodyForm != nil {
            do throws(BodyProblem) {
                message = try await scope.readable(message)
            } catch {
                return bodyRefusal(error, delivery, message, job)
            }
        }
        return await attempt(delivery, message, job, in: scope)
    }

    private func attempt(
        _ delivery: Delivery,
        _ message: TaskMessage,
        _ job: JobRegistry.Entry,
        in scope: AttemptScope
    ) async -> Settlement? {
        if message.isUniqueUntilStart, let key = message.uniqueKey { await free(key, of: message, delivery, in: scope) }
        let begun = ContinuousClock.now
        let context = begin(delivery, message, job, at: begun, in: scope)
        let result: Result<[UInt8], any Error>
        do {
            let output =
                middleware.isEmpty && job.isolation == .task
                ? try await job.run(message, context)
                : try await wrapped(message, context, delivery, job)
            result = .success(output)
        } catch {
            result = .failure(error)
        }
        let ending = scope.running.end(delivery.tag)
        if ending.isOverrun {
            reportEnd(ofOverrun: message, delivery, took: .now - begun)
            return nil
        }
        let outcome = Outcome(
            result,
            cancelledFor: ending.reason,
            message,
            job,
            jitter: jitter,
            isStopping: scope.stopping.isAsked,
            at: delivery.now
        )
        report(outcome, message, delivery, took: .now - begun)
        let settlement = settlement(outcome, ending, message, delivery, job)
        if job.streamsOutput { await endOutput(after: settlement, delivery, message, in: scope) }
        return settlement
    }

    /// Runs a job inside the middleware, and in a process of its own where it asks for one.
    private func wrapped(
        _ message: TaskMessage,
        _ context: JobContext,
        _ delivery: Delivery,
        _ job: JobRegistry.Entry
    ) async throws -> [UInt8] {
        try await job.run(message, context, inside: middleware[...]) { message, context in
            guard job.isolation == .childProcess, isolatesJobs else { return try await job.run(message, context) }
            guard let childProcesses else { preconditionFailure("a worker without child processes does not begin") }
            return try await ChildAttempt(
                childProcesses,
                delivery,
                message,
                TimeLimits(message.timeLimit, job),
                context
            ).run()
        }
    }

    /// Lets another task of the unique key be enqueued from now on.
    private func free(_ key: String, of message: TaskMessage, _ delivery: Delivery, in scope: AttemptScope) async {
        do throws(RedisError) {
            try await scope.store.freeUnique(key, of: message.id)
        } catch {
            // It ends with the task, or by its age.
            logger.warning("unique key is kept", metadata: about(message, delivery))
        }
    }

    /// From here on the deadlines count.
    private func begin(
        _ delivery: Delivery,
        _ message: TaskMessage,
        _ job: JobRegistry.Entry,
        at begun: ContinuousClock.Instant,
        in scope: AttemptScope
    ) -> JobContext {
        let progress = ProgressWatch(job.progress, from: begun)
        let deadlines = AttemptDeadlines(TimeLimits(message.timeLimit, job), progress, from: begun)
        scope.running.begin(delivery.tag, message.id, deadlines)
        return JobContext(delivery, message, job, progressMark: progress?.mark, logger: logger, in: scope)
    }

    /// Ends an attempt over the head of its code.
    func end(_ overrun: RunningTable.Overrun, in scope: AttemptScope) async -> Settlement? {
        let delivery = overrun.delivery
        guard let message = try? TaskMessage(decoding: delivery.raw), let job = registry[message.name] else {
            preconditionFailure("what runs was read")
        }
        let outcome = Outcome(endedOver: overrun.ending.reason, message, job, jitter: jitter, at: delivery.now)
        report(outcome, message, delivery, took: .now - overrun.begun)
        reportBegin(ofOverrun: message, delivery)
        let settlement = settlement(outcome, overrun.ending, message, delivery, job)
        if job.streamsOutput { await endOutput(after: settlement, delivery, message, in: scope) }
        return settlement
    }

    private func settlement(
        _ outcome: Outcome,
        _ ending: RunningTable.Ending,
        _ message: TaskMessage,
        _ delivery: Delivery,
        _ job: JobRegistry.Entry
    ) -> Settlement? {
        var settlement = Settlement.after(
            outcome,
            of: delivery,
            message,
            storing: job.storesResult(of: message),
            payload: producer.payload
        )
        if let spent = ending.spent { settlement?.limitNews.spent = spent }
        if let absorbed = ending.absorbed {
            settlement?.absorbed = absorbed.compactMap {
                Settlement.after(outcome, absorbed: $0, job, payload: producer.payload)
            }
        }
        if ending.reason == .cancelled { settlement?.forgetsMarksOf = message.id }
        if ending.usedSteps || message.isRepeated || delivery.mayHaveCrashed {
            let endsTask = settlement?.endsTask ?? false
            settlement?.forgetsSteps = endsTask
        }
        return settlement
    }

    /// Where the task ends, tells the readers of its output.
    private func endOutput(
        after settlement: Settlement?,
        _ delivery: Delivery,
        _ message: TaskMessage,
        in scope: AttemptScope
    ) async {
        guard settlement?.endsTask == true else { return }
        do throws(RedisError) {
            try await scope.store.endOutput(by: AttemptIdentity(id: message.id, tag: delivery.tag))
        } catch {
            logger.debug("readers of an output were not told of its end", metadata: about(message, delivery))
        }
    }
}
