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

    /// - Returns: nil where the task stays as it is: the worker gives back what it holds as it leaves, or may no
    ///   longer speak for it, or has ended the attempt over the head of its code.
    func run(_ delivery: Delivery, in scope: AttemptScope) async -> Settlement? {
        let message: TaskMessage
        do {
            message = try TaskMessage(decoding: delivery.raw)
        } catch {
            logger.error("message is unreadable", metadata: ["queue": "\(delivery.queue)", "error": "\(error)"])
            metrics.finished(delivery.queue, task: nil, outcome: .unreadable)
            return .unreadable(delivery, error)
        }
        let job = registry[message.name]
        metrics.picked(delivery.queue, message, at: delivery.now)
        var settlement = refusal(delivery, message, job)
        var usedSteps = false
        if settlement == nil, let job {
            (settlement, usedSteps) = await attempt(delivery, message, job, in: scope)
        }
        await tidy(&settlement, delivery, message, job, usedSteps: usedSteps, in: scope)
        return settlement
    }

    private func attempt(
        _ delivery: Delivery,
        _ message: TaskMessage,
        _ job: JobRegistry.Entry,
        in scope: AttemptScope
    ) async -> (Settlement?, usedSteps: Bool) {
        if message.isUniqueUntilStart, let key = message.uniqueKey { await free(key, of: message, delivery) }
        let begun = ContinuousClock.now
        let limits = TimeLimits(message.timeLimit, job)
        let progress = ProgressWatch(job.progress, from: begun)
        scope.running.begin(delivery.tag, message.id, AttemptDeadlines(limits, progress, from: begun))
        let context = JobContext(delivery, message, job, progressMark: progress?.mark, logger: logger, in: scope)
        let result: Result<[UInt8], any Error>
        do {
            let output =
                middleware.isEmpty
                ? try await job.run(message, context)
                : try await job.run(message, context, inside: middleware[...])
            result = .success(output)
        } catch {
            result = .failure(error)
        }
        let ending = scope.running.end(delivery.tag)
        if ending.isOverrun {
            reportEnd(ofOverrun: message, delivery, took: .now - begun)
            return (nil, false)
        }
        let outcome = Outcome(
            result,
            cancelledFor: ending.reason,
            message,
            job,
            limits: limits,
            isStopping: scope.stopping.isAsked,
            at: delivery.now
        )
        report(outcome, message, delivery, took: .now - begun)
        var settlement = settlement(outcome, ending.reason, message, delivery, job)
        if let spent = ending.spent { settlement?.limitNews.spent = spent }
        return (settlement, ending.usedSteps)
    }

    /// Lets another task of the unique key be enqueued from now on.
    private func free(_ key: String, of message: TaskMessage, _ delivery: Delivery) async {
        do throws(RedisError) {
            _ = try await producer.redis.evaluate(
                QueueScripts.freeUnique,
                keys: [QueueKeys(delivery.queue).unique(key)],
                arguments: [message.id.rawValue]
            )
        } catch {
            // It ends with the task, or by its age.
            logger.warning("unique key is kept", metadata: about(message, delivery))
        }
    }

    /// Ends an attempt over the head of its code.
    func end(_ overrun: RunningTable.Overrun, in scope: AttemptScope) async -> Settlement? {
        let delivery = overrun.delivery
        guard let message = try? TaskMessage(decoding: delivery.raw), let job = registry[message.name] else {
            preconditionFailure("what runs was read")
        }
        let limits = overrun.deadlines.limits
        let outcome = Outcome(endedOver: overrun.reason, message, job, limits: limits, at: delivery.now)
        report(outcome, message, delivery, took: .now - overrun.deadlines.begun)
        reportBegin(ofOverrun: message, delivery)
        var settlement = settlement(outcome, overrun.reason, message, delivery, job)
        await tidy(&settlement, delivery, message, job, usedSteps: overrun.usedSteps, in: scope)
        return settlement
    }

    private func settlement(
        _ outcome: Outcome,
        _ reason: CancellationReason?,
        _ message: TaskMessage,
        _ delivery: Delivery,
        _ job: JobRegistry.Entry
    ) -> Settlement? {
        var settlement = Settlement.after(outcome, of: delivery, message, storing: job.storesResult(of: message))
        if reason == .cancelled { settlement?.forgetsMarksOf = message.id }
        return settlement
    }

    /// Where the task ends with this: its steps are to be forgotten, and the readers of its output told.
    private func tidy(
        _ settlement: inout Settlement?,
        _ delivery: Delivery,
        _ message: TaskMessage,
        _ job: JobRegistry.Entry?,
        usedSteps: Bool,
        in scope: AttemptScope
    ) async {
        guard let action = settlement?.action, action != .later else { return }
        if usedSteps || message.isRepeated || delivery.crashes > 0 { settlement?.forgetsSteps = true }
        guard job?.streamsOutput == true else { return }
        do throws(RedisError) {
            try await scope.endOutput(of: message.id, for: delivery.tag)
        } catch {
            logger.debug("readers of an output were not told of its end", metadata: about(message, delivery))
        }
    }
}
