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
    /// Tells monitors.
    var events = TaskEvents()
    /// Whose tasks are not run.
    var stamps = RevokedStamps()
    /// What the worker was told of tasks by their names.
    var tuning = TaskTuning()

    /// What is known of a delivery before its job runs.
    private enum Admission {
        case runs(TaskMessage, JobRegistry.Entry)
        /// It is not run, and this becomes of it.
        case ends(Settlement)
    }

    /// - Returns: nil where the task stays as it is: the worker gives back what it holds as it leaves, or may no
    ///   longer speak for it, or has ended the attempt over the head of its code.
    func run(_ delivery: Delivery, in scope: AttemptScope) async -> Settlement? {
        // Apart, so that a job that waits for long does not hold what only the look at its message needs.
        switch await admit(delivery, in: scope) {
        case .runs(let message, let job): return await attempt(delivery, message, job, in: scope)
        case .ends(let settlement): return settlement
        }
    }

    private func admit(_ delivery: Delivery, in scope: AttemptScope) async -> Admission {
        var message: TaskMessage
        do {
            message = try TaskMessage(decoding: delivery.raw)
        } catch {
            if let rewritten = ProtocolOne.rewritten(delivery.raw) { return .ends(.rewritten(delivery, as: rewritten)) }
            reportUnreadable(error, delivery)
            metrics.finished(delivery.queue, task: nil, outcome: .unreadable)
            if let id = error.id { events.rejected(id, isRequeued: false) }
            return .ends(.unreadable(delivery, error))
        }
        let job = registry[message.name]
        if job == nil, let end = await putBackUnknown(delivery, message, in: scope) { return .ends(end) }
        metrics.picked(delivery.queue, message, at: delivery.now)
        events.received(message)
        // What is not run may be part of a chord, too.
        if message.bodyForm != nil, !delivery.isTooEarly(for: message) {
            do throws(BodyProblem) {
                message = try await scope.readable(message)
            } catch {
                var refusal = bodyRefusal(error, delivery, message, job)
                refusal.completeResult(message, job, in: scope)
                return .ends(refusal)
            }
        }
        if var refusal = refusal(
            delivery,
            message,
            job,
            deliveriesAllowed: scope.configuration.maximumDeliveries
        ) {
            refusal.completeResult(message, job, in: scope)
            refusal.forgetsSteps = refusal.endsTask && (message.isRepeated || delivery.mayHaveCrashed)
            if job?.streamsOutput == true { await endOutput(after: refusal, delivery, message, in: scope) }
            return .ends(refusal)
        }
        guard let job else { preconditionFailure("what is not registered is refused") }
        return .runs(message, job)
    }

    private func attempt(
        _ delivery: Delivery,
        _ message: TaskMessage,
        _ job: JobRegistry.Entry,
        in scope: AttemptScope
    ) async -> Settlement? {
        if message.isUniqueUntilStart, let key = message.uniqueKey { await free(key, of: message, delivery, in: scope) }
        let begun = ContinuousClock.now
        let limits = tuning.begin(message.name, message.timeLimit, job)
        let context = begin(delivery, message, job, limits, at: begun, in: scope)
        if job.tracksStart || scope.configuration.tracksStart {
            await tellStart(of: message, context, delivery, in: scope)
        }
        let result: Result<[UInt8], any Error>
        do {
            let output =
                middleware.isEmpty && job.isolation == .task
                ? try await job.run(message, context)
                : try await wrapped(message, context, delivery, job, limits)
            result = .success(output)
        } catch {
            result = .failure(error)
        }
        let ending = scope.running.end(delivery.tag)
        if ending.isOverrun {
            reportEnd(ofOverrun: message, delivery, took: .now - begun)
            return nil
        }
        var outcome = Outcome(
            result,
            cancelledFor: ending.reason,
            message,
            job,
            jitter: jitter,
            isStopping: scope.stopping.isAsked,
            at: delivery.now
        )
        let settlement = settlement(&outcome, ending, message, delivery, job, in: scope)
        report(outcome, message, delivery, took: .now - begun)
        announceRetry(outcome, message, delivery)
        if let absorbed = ending.absorbed { events.absorbed(absorbed, outcome, took: .now - begun) }
        if job.streamsOutput { await endOutput(after: settlement, delivery, message, in: scope) }
        return settlement
    }

    /// Runs a job inside the middleware, and in a process of its own where it asks for one.
    private func wrapped(
        _ message: TaskMessage,
        _ context: JobContext,
        _ delivery: Delivery,
        _ job: JobRegistry.Entry,
        _ limits: TimeLimits
    ) async throws -> [UInt8] {
        try await job.run(message, context, inside: middleware[...]) { message, context in
            guard job.isolation == .childProcess, isolatesJobs else { return try await job.run(message, context) }
            guard let childProcesses else { preconditionFailure("a worker without child processes does not begin") }
            return try await ChildAttempt(
                childProcesses,
                delivery,
                message,
                limits,
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
        _ limits: TimeLimits,
        at begun: ContinuousClock.Instant,
        in scope: AttemptScope
    ) -> JobContext {
        let progress = ProgressWatch(job.progress, from: begun)
        let deadlines = AttemptDeadlines(limits, progress, from: begun)
        scope.running.begin(delivery.tag, message.id, deadlines)
        events.started(message.id)
        return JobContext(delivery, message, job, progressMark: progress?.mark, logger: logger, in: scope)
    }

    /// Ends an attempt over the head of its code.
    func end(_ overrun: RunningTable.Overrun, in scope: AttemptScope) async -> Settlement? {
        let delivery = overrun.delivery
        guard var message = try? TaskMessage(decoding: delivery.raw), let job = registry[message.name] else {
            preconditionFailure("what runs was read")
        }
        do throws(BodyProblem) {
            message = try await scope.readable(message)
        } catch {
            logger.warning(
                "what follows from a task is unknown, as its body is gone",
                metadata: about(message, delivery)
            )
        }
        var outcome = Outcome(endedOver: overrun.ending.reason, message, job, jitter: jitter, at: delivery.now)
        let settlement = settlement(&outcome, overrun.ending, message, delivery, job, in: scope)
        report(outcome, message, delivery, took: .now - overrun.begun)
        announceRetry(outcome, message, delivery)
        reportBegin(ofOverrun: message, delivery)
        if job.streamsOutput { await endOutput(after: settlement, delivery, message, in: scope) }
        return settlement
    }

    /// What becomes of the task. The outcome is another where what should follow cannot be called.
    private func settlement(
        _ outcome: inout Outcome,
        _ ending: RunningTable.Ending,
        _ message: TaskMessage,
        _ delivery: Delivery,
        _ job: JobRegistry.Entry,
        in scope: AttemptScope
    ) -> Settlement? {
        let storing = job.storesResult(of: message)
        var followUps = FollowUps.none
        if let end = Ending(outcome) {
            do throws(UnreadableSignature) {
                followUps = try self.followUps(end, message, delivery, storing: storing)
            } catch {
                outcome = .failed(TaskFailure(type: "UnreadableSignature", message: "\(error)"))
            }
        }
        var settlement = Settlement.after(
            outcome,
            of: delivery,
            message,
            storing: storing,
            children: ending.children + followUps.children,
            payload: producer.payload
        )
        settlement?.plan = followUps.plan
        settlement?.completeResult(message, job, in: scope)
        if let spent = ending.spent { settlement?.limitNews.spent = spent }
        if let absorbed = ending.absorbed {
            settlement?.absorbed = absorbed.compactMap { delivery in
                Settlement.after(outcome, absorbed: delivery, job, payload: producer.payload).map {
                    var settlement = $0
                    settlement.completeResult(nil, job, in: scope)
                    guard case .succeeded(let result) = outcome, let message = try? TaskMessage(decoding: delivery.raw)
                    else { return settlement }
                    return following(settlement, .succeeded(result), message, delivery)
                }
            }
        }
        let isMarked = ending.isRevoked && settlement?.endsTask == true
        if ending.reason == .cancelled || isMarked { settlement?.forgetsMarksOf = message.id }
        if ending.usedSteps || message.isRepeated || message.replacedTaskNesting > 0 || delivery.mayHaveCrashed {
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
