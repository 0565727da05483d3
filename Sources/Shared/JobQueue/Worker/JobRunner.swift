import Logging

/// Runs one delivery to its outcome and says what becomes of it in Redis.
struct JobRunner: Sendable {
    let registry: JobRegistry
    let producer: JobProducer
    let metrics: WorkerMetrics
    let logger: Logger

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
        if delivery.isCancelled {
            metrics.finished(delivery.queue, task: nil, outcome: .cancelled)
            return .revoked(delivery, message, "revoked")
        }
        if let expires = message.expires, expires < delivery.now {
            metrics.finished(delivery.queue, task: nil, outcome: .expired)
            return .revoked(delivery, message, "expired")
        }
        if let eta = message.eta, eta > delivery.now {
            // It came by plain LPUSH. Its turn is when it is due, so it must not keep others of its key waiting.
            return .later(delivery, message, due: eta, keepsTurn: false)
        }
        guard let job = registry[message.name] else { return unregistered(delivery, message) }
        if delivery.crashes > 0 || !delivery.areMarksKnown,
            let settlement = instead(ofRunning: delivery, message, job)
        {
            return settlement
        }
        return await attempt(delivery, message, job, in: scope)
    }

    private func attempt(
        _ delivery: Delivery,
        _ message: TaskMessage,
        _ job: JobRegistry.Entry,
        in scope: AttemptScope
    ) async -> Settlement? {
        let begun = ContinuousClock.now
        let limits = TimeLimits(message.timeLimit, job)
        let progress = ProgressWatch(job.progress, from: begun)
        scope.running.begin(delivery.tag, message.id, AttemptDeadlines(limits, progress, from: begun))
        let context = JobContext(
            delivery,
            message,
            retriesLeft: max(0, job.retry.maximumRetries - message.retries),
            progressMark: progress?.mark,
            logger: logger,
            in: scope
        )
        let result: Result<[UInt8], any Error>
        do {
            result = .success(try await job.run(message, context))
        } catch {
            result = .failure(error)
        }
        let ending = scope.running.end(delivery.tag)
        if ending.isOverrun {
            reportEnd(ofOverrun: message, delivery, took: .now - begun)
            return nil
        }
        let outcome = Outcome(result, cancelledFor: ending.reason, message, job, limits: limits, at: delivery.now)
        report(outcome, message, delivery, took: .now - begun)
        return settlement(outcome, ending, message, delivery, job)
    }

    /// Ends an attempt over the head of its code.
    func end(_ overrun: RunningTable.Overrun) -> Settlement? {
        let delivery = overrun.delivery
        guard let message = try? TaskMessage(decoding: delivery.raw), let job = registry[message.name] else {
            preconditionFailure("what runs was read")
        }
        let limits = overrun.deadlines.limits
        let outcome = Outcome(endedOver: overrun.reason, message, job, limits: limits, at: delivery.now)
        report(outcome, message, delivery, took: .now - overrun.deadlines.begun)
        reportBegin(ofOverrun: message, delivery)
        let ending = RunningTable.Ending(reason: overrun.reason, isOverrun: true, usedSteps: overrun.usedSteps)
        return settlement(outcome, ending, message, delivery, job)
    }

    private func settlement(
        _ outcome: Outcome,
        _ ending: RunningTable.Ending,
        _ message: TaskMessage,
        _ delivery: Delivery,
        _ job: JobRegistry.Entry
    ) -> Settlement? {
        let storing = job.storesResult(of: message)
        var settlement = Settlement.after(outcome, of: delivery, message, storing: storing)
        if ending.reason == .cancelled { settlement?.forgetsMarksOf = message.id }
        if settlement?.action != .later, ending.usedSteps || message.isRepeated || delivery.crashes > 0 {
            settlement?.forgetsSteps = true
        }
        return settlement
    }

    private func unregistered(_ delivery: Delivery, _ message: TaskMessage) -> Settlement {
        let failure = TaskFailure(
            type: "NotRegistered",
            message: "'\(message.name)'",
            module: "celery.exceptions"
        )
        logger.error(
            "task is not registered",
            metadata: ["task_name": "\(message.name)", "task_id": "\(message.id)"]
        )
        metrics.finished(delivery.queue, task: nil, outcome: .failed)
        return .dead(delivery, message, failure, storing: message.ignoresResult != true)
    }
}
