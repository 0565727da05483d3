import Logging
import Redis

/// One task in a worker's hands.
struct Delivery: Sendable {
    let tag: Int64
    let raw: [UInt8]
    let queue: QueueName
    let incarnation: Incarnation
    /// How many workers died holding it before.
    let crashes: Int
    /// Whether it was cancelled before it was handed out.
    let isCancelled: Bool
    /// Redis' clock minus this machine's, in milliseconds.
    let clockOffset: Int64

    var now: WireTime { WireTime(milliseconds: WireTime.now.milliseconds + clockOffset) }
}

/// Runs one delivery to its outcome and says what becomes of it in Redis.
struct JobRunner: Sendable {
    let registry: JobRegistry
    let producer: JobProducer
    let metrics: WorkerMetrics
    let logger: Logger

    /// - Returns: nil where the task stays as it is: the worker gives back what it holds as it leaves, or may no
    ///   longer speak for it.
    func run(_ delivery: Delivery, among running: RunningJobs) async -> Settlement? {
        let message: TaskMessage
        do {
            message = try TaskMessage(decoding: delivery.raw)
        } catch {
            logger.error("message is unreadable", metadata: ["queue": "\(delivery.queue)", "error": "\(error)"])
            metrics.finished(delivery.queue, task: nil, outcome: .unreadable)
            return unreadable(delivery, error)
        }
        if delivery.isCancelled {
            metrics.finished(delivery.queue, task: nil, outcome: .cancelled)
            return revoked(delivery, message, "revoked")
        }
        if let expires = message.expires, expires < delivery.now {
            metrics.finished(delivery.queue, task: nil, outcome: .expired)
            return revoked(delivery, message, "expired")
        }
        if let eta = message.eta, eta > delivery.now {
            // It came by plain LPUSH. Its turn is when it is due, so it must not keep others of its key waiting till then.
            var settlement = settled(delivery, message)
            settlement.action = .later
            settlement.forgetsMarksOf = nil
            settlement.freesUniqueKey = nil
            settlement.due = eta
            settlement.payload = message.raw
            return settlement
        }
        guard let entry = registry[message.name] else {
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
            return dead(delivery, message, failure, storing: true)
        }
        if message.isUniqueUntilStart, let key = message.uniqueKey { await free(key, of: message, in: delivery.queue) }
        let started = ContinuousClock.now
        let outcome = await attempt(delivery, message, entry, running: running)
        report(outcome, message, delivery, took: ContinuousClock.now - started)
        var settlement = settlement(outcome, delivery, message, entry)
        if running.reason(delivery.tag) == .cancelled { settlement?.forgetsMarksOf = message.id }
        return settlement
    }

    // MARK: Running

    /// Lets another task of the unique key be enqueued from now on.
    private func free(_ key: String, of message: TaskMessage, in queue: QueueName) async {
        do throws(RedisError) {
            _ = try await producer.redis.evaluate(
                QueueScripts.freeUnique,
                keys: [QueueKeys(queue).unique(key)],
                arguments: [message.id.rawValue]
            )
        } catch {
            // It ends with the task, or by its age.
            logger.warning("unique key is kept", metadata: ["task_id": "\(message.id)", "error": "\(error)"])
        }
    }

    private func attempt(
        _ delivery: Delivery,
        _ message: TaskMessage,
        _ entry: JobRegistry.Entry,
        running: RunningJobs
    ) async -> Outcome {
        let limit = message.timeLimit.soft ?? message.timeLimit.hard ?? entry.timeLimit
        running.begin(delivery.tag, message.id, until: .now + limit)
        let context = JobContext(
            delivery,
            message,
            retriesLeft: max(0, entry.retry.maximumRetries - message.retries),
            logger: logger,
            producer: producer
        )
        do {
            let result = try await entry.run(message, context)
            return running.reason(delivery.tag) == .leaseLost ? .abandoned : .succeeded(result: result)
        } catch {
            switch running.reason(delivery.tag) {
            case .leaseLost: return .abandoned
            case .shutdown: return .givenBack
            case .timeLimit: return .failed(.timeLimit(limit))
            case .cancelled: return .cancelled
            case nil: return judged(error, message, entry.retry)
            }
        }
    }

    /// What follows an error: what it advises itself, else the job's policy.
    private func judged(_ error: any Error, _ message: TaskMessage, _ policy: RetryPolicy) -> Outcome {
        let failure = TaskFailure(error)
        let retry = message.retries + 1
        switch (error as? any RetryAdvising)?.retryAdvice ?? .byPolicy {
        case .never: return .failed(failure)
        case .putOff(let delay): return .retry(after: delay, spending: 0, failure)
        case .after(let delay):
            return policy.maximumRetries >= retry ? .retry(after: delay, spending: 1, failure) : .failed(failure)
        case .byPolicy:
            var generator = SystemRandomNumberGenerator()
            guard let delay = policy.delay(beforeRetry: retry, using: &generator) else { return .failed(failure) }
            return .retry(after: delay, spending: 1, failure)
        }
    }

    // MARK: Settling

    private func settlement(
        _ outcome: Outcome,
        _ delivery: Delivery,
        _ message: TaskMessage,
        _ entry: JobRegistry.Entry
    ) -> Settlement? {
        let storing = message.ignoresResult.map { !$0 } ?? entry.storesResult
        var settlement = settled(delivery, message)
        switch outcome {
        case .succeeded(let result):
            if storing {
                settlement.result = stored(
                    message,
                    TaskResult.success(message, result: result, at: delivery.now),
                    storing: true
                )
            }
        case .failed(let failure):
            return dead(delivery, message, failure, storing: storing)
        case .cancelled:
            return revoked(delivery, message, "terminated")
        case .retry(let delay, let spending, let failure):
            let due = delivery.now.advanced(by: delay)
            settlement.action = .later
            settlement.leavesLane = nil  // Its turn lasts until the last attempt, and so does its unique key.
            settlement.freesUniqueKey = nil
            settlement.due = due
            settlement.payload = message.retried(at: due, spending: spending)
            settlement.result = stored(message, TaskResult.retry(message, failure), storing: storing)
        case .givenBack, .abandoned:
            return nil
        }
        return settlement
    }

    private func settled(_ delivery: Delivery, _ message: TaskMessage) -> Settlement {
        var settlement = Settlement(
            tag: delivery.tag,
            forgetsMarksOf: delivery.crashes > 0 || delivery.isCancelled ? message.id : nil
        )
        settlement.leavesLane = message.orderingKey
        settlement.freesUniqueKey = message.uniqueKey
        settlement.isForeign = message.isForeign
        settlement.taskID = message.id
        return settlement
    }

    /// The end of a task that is not to run, or not to the end; the reason in Celery's word.
    private func revoked(
        _ delivery: Delivery,
        _ message: TaskMessage,
        _ reason: String
    ) -> Settlement {
        var settlement = settled(delivery, message)
        settlement.result = stored(message, TaskResult.revoked(message, reason, at: delivery.now), storing: true)
        return settlement
    }

    private func dead(
        _ delivery: Delivery,
        _ message: TaskMessage,
        _ failure: TaskFailure,
        storing: Bool
    ) -> Settlement {
        var settlement = settled(delivery, message)
        settlement.action = .dead
        settlement.payload = DeadLetter.failed(message, failure, crashes: delivery.crashes, at: delivery.now)
        settlement.result = stored(
            message,
            TaskResult.failure(message, failure, at: delivery.now),
            storing: storing && message.ignoresResult != true
        )
        return settlement
    }

    private func unreadable(_ delivery: Delivery, _ error: UnreadableMessage) -> Settlement {
        let failure = TaskFailure(
            type: error.exceptionType,
            message: error.description,
            module: "kombu.exceptions"
        )
        var settlement = Settlement(tag: delivery.tag, action: .dead)
        settlement.isForeign = true
        settlement.payload = DeadLetter.unreadable(delivery.raw, failure, at: delivery.now)
        settlement.result = error.id.map {
            Settlement.StoredResult(id: $0, text: TaskResult.unreadable($0, failure, at: delivery.now))
        }
        return settlement
    }

    private func stored(_ message: TaskMessage, _ text: [UInt8], storing: Bool) -> Settlement.StoredResult? {
        storing ? Settlement.StoredResult(id: message.id, text: text) : nil
    }

    // MARK: Telling

    private func report(_ outcome: Outcome, _ message: TaskMessage, _ delivery: Delivery, took time: Duration) {
        metrics.finished(delivery.queue, task: message.name, outcome: .init(outcome))
        metrics.ran(message.name, for: time)
        func metadata(_ failure: TaskFailure?) -> Logger.Metadata {
            var metadata: Logger.Metadata = [
                "task_id": "\(message.id)", "task_name": "\(message.name)", "queue": "\(delivery.queue)",
                "attempt": "\(message.retries + 1)", "seconds": "\(Double(time.milliseconds) / 1000)",
            ]
            if let failure { metadata["error"] = "\(failure.type)" }
            return metadata
        }
        switch outcome {
        case .succeeded: logger.info("task succeeded", metadata: metadata(nil))
        case .failed(let failure): logger.error("task failed", metadata: metadata(failure))
        case .retry(_, _, let failure): logger.warning("task will be retried", metadata: metadata(failure))
        case .cancelled: logger.info("task cancelled", metadata: metadata(nil))
        case .givenBack: logger.info("task given back", metadata: metadata(nil))
        case .abandoned: logger.warning("task abandoned with its lease", metadata: metadata(nil))
        }
    }
}

extension JobContext {
    fileprivate init(
        _ delivery: Delivery,
        _ message: TaskMessage,
        retriesLeft: Int,
        logger: Logger,
        producer: JobProducer
    ) {
        self.init(
            taskID: message.id,
            taskName: message.name,
            queue: delivery.queue,
            attempt: message.retries + 1,
            retriesLeft: retriesLeft,
            crashes: delivery.crashes,
            baseLogger: logger,
            producer: producer,
            rootID: message.rootID,
            incarnation: delivery.incarnation,
            tag: delivery.tag
        )
    }
}
