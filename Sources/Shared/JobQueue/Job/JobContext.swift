import JSON
public import Logging

/// What a job knows about the attempt it runs in.
public struct JobContext: Sendable {
    /// The same through all retries and redeliveries: what idempotency keys derive from.
    public let taskID: TaskID
    public let taskName: TaskName
    /// 1 for the first attempt, one more with each retry.
    public let attempt: Int
    /// How many retries may follow this attempt, should it fail.
    public let retriesLeft: Int
    /// How many workers died holding this task before.
    public let crashes: Int
    /// The task that all this began with.
    public let rootID: TaskID?
    let tag: Int64
    let scope: AttemptScope
    let streamsOutput: Bool
    private let progressMark: ProgressMark?
    /// What stands around the states that the job sets; nil where the task stores no results.
    let resultPlace: ResultPlace?
    private let baseLogger: Logger
    /// What the names of its steps begin with: '' but for the items of a list, and for what stands in the place of
    /// another task, whose id and journal it has.
    private(set) var stepPrefix: String
    let raw: [UInt8]

    init(
        _ delivery: Delivery,
        _ message: TaskMessage,
        _ job: JobRegistry.Entry,
        progressMark: ProgressMark?,
        logger: Logger,
        in scope: AttemptScope
    ) {
        taskID = message.id
        taskName = message.name
        attempt = message.retries + 1
        retriesLeft = max(0, job.retry.maximumRetries - message.retries)
        streamsOutput = job.streamsOutput
        crashes = delivery.crashes
        rootID = message.rootID
        stepPrefix = message.replacedTaskNesting > 0 ? "^\(message.replacedTaskNesting):" : ""
        tag = delivery.tag
        self.progressMark = progressMark
        baseLogger = logger
        raw = message.raw
        resultPlace = ResultPlace(message, job, in: scope)
        self.scope = scope
    }

    /// The same attempt for one of several items, whose steps are not those of the others.
    func part(_ index: Int) -> JobContext {
        var part = self
        part.stepPrefix = "\(stepPrefix)\(index):"
        return part
    }

    public var queue: QueueName { scope.keys.queue }
    var identity: AttemptIdentity { AttemptIdentity(id: taskID, tag: tag) }

    /// Identifies this worker's life and this delivery to systems that can refuse an older writer.
    public var fencingToken: String { "\(scope.incarnation)-\(tag)" }

    /// A header of the message that is a text, such as one that an `EnqueueMiddleware` or a Python producer wrote; nil
    /// where there is none. Reads the message anew at each call.
    public func header(_ name: String) -> String? {
        (try? JSONValue(parsing: raw))?["headers"]?[name]?.string
    }

    /// Gives a sign of progress, for a job with `progress` deadlines; without them it does nothing.
    ///
    /// Cheap enough for every piece of a stream, and from any thread.
    public func progress() { progressMark?.sign() }

    /// Says what the attempt spent of a limit in truth, in place of the units that its task was enqueued with. The
    /// difference is given back or taken when the attempt ends; of several calls the last counts.
    public func spent(_ units: Int, of limit: LimitName) {
        scope.running.spend(max(0, units), of: limit, tag)
    }

    /// Carries `task_id`, `task_name`, `queue` and `attempt`.
    public var logger: Logger {
        var logger = baseLogger
        logger[metadataKey: "task_id"] = "\(taskID)"
        logger[metadataKey: "task_name"] = "\(taskName)"
        logger[metadataKey: "queue"] = "\(queue)"
        logger[metadataKey: "attempt"] = "\(attempt)"
        return logger
    }

    /// Enqueues a task that follows from this one: this one is its parent.
    ///
    /// - Throws: `JobQueueError`, as `JobProducer.enqueue` does.
    @discardableResult
    public func enqueue<J: Job>(
        _ job: J.Type,
        _ arguments: J.Arguments,
        options: EnqueueOptions = EnqueueOptions()
    ) async throws(JobQueueError) -> EnqueueReceipt {
        var options = options
        options.parentID = options.parentID ?? taskID
        options.rootID = options.rootID ?? rootID ?? taskID
        let receipt = try await scope.producer.enqueue(job, arguments, options: options)
        scope.running.add(child: ResultReference(receipt.taskID), tag)
        return receipt
    }

    /// Calls a canvas that follows from this task: this one is the parent of its first tasks.
    ///
    /// - Parameters:
    ///   - canvas: What to call.
    ///   - deduplicationKey: A canvas with a key that was seen within the last 24 hours is not published again. With one
    ///     that is derived from the task, a second attempt adds nothing.
    /// - Returns: Where its result will be.
    /// - Throws: `JobQueueError`, as `JobProducer.call` does.
    @discardableResult
    public func call<Output>(
        _ canvas: Canvas<Output>,
        deduplicationKey: String? = nil
    ) async throws(JobQueueError) -> CanvasReceipt {
        try await call(canvas.signature, deduplicationKey: deduplicationKey)
    }

    /// Calls a group; else as the other `call`.
    @discardableResult
    public func call<Element>(
        _ group: CanvasGroup<Element>,
        deduplicationKey: String? = nil
    ) async throws(JobQueueError) -> CanvasReceipt {
        try await call(group.signature, deduplicationKey: deduplicationKey)
    }

    /// Calls tasks of another language; else as the other `call`.
    @discardableResult
    public func call(
        _ signature: Signature,
        deduplicationKey: String? = nil
    ) async throws(JobQueueError) -> CanvasReceipt {
        let receipt = try await scope.producer.call(
            signature,
            queue: queue,
            deduplicationKey: deduplicationKey,
            parentID: taskID,
            rootID: rootID ?? taskID
        )
        if let child = receipt.child { scope.running.add(child: child, tag) }
        return receipt
    }

    /// Cancels another task; see ``JobProducer/cancel(_:in:memory:)``.
    ///
    /// - Throws: `JobQueueError(.unavailable)` where Redis did not confirm.
    public func cancel(_ id: TaskID, in queue: QueueName) async throws(JobQueueError) {
        try await scope.producer.cancel(id, in: queue)
    }

    /// Cancels what runs under an ordering key and drops what waits for it; see
    /// ``JobProducer/cancelAll(of:in:memory:)``.
    ///
    /// - Throws: `JobQueueError(.unavailable)` where Redis did not confirm.
    public func cancelAll(of key: OrderingKey, in queue: QueueName) async throws(JobQueueError) -> CancelledLane {
        try await scope.producer.cancelAll(of: key, in: queue)
    }
}
