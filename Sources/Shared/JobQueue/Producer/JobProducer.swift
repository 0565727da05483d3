import FoundationEssentials
import NIOCore
import NIOPosix
public import Redis

/// Writes tasks to queues.
///
/// A task is stored when the call returns, as safely as ``Durability`` says. A call that throws `outcomeUnknown` may
/// have stored it: repeat it with the same `taskID` and `deduplicationKey`.
public struct JobProducer: Sendable {
    let redis: RedisClient
    private let origin: String
    /// How long deduplication keys are remembered. Feishu redelivers for 7.1 hours.
    private let memory: Duration
    let durability: Durability
    private let middleware: [any EnqueueMiddleware]

    /// - Parameters:
    ///   - redis: The client; whoever made it runs it.
    ///   - durability: Where a task must be before a call returns.
    ///   - deduplicationMemory: How long deduplication keys are remembered.
    ///   - middleware: What is done to every task before it is stored.
    public init(
        redis: RedisClient,
        durability: Durability = .async,
        deduplicationMemory: Duration = .seconds(86_400),
        middleware: [any EnqueueMiddleware] = []
    ) {
        self.redis = redis
        self.durability = durability
        self.middleware = middleware
        memory = deduplicationMemory
        origin = "gen\(ProcessInfo.processInfo.processIdentifier)@\(ProcessInfo.processInfo.hostName)"
    }

    /// Adds one task.
    ///
    /// - Throws: `JobQueueError` where the arguments cannot be encoded, the options cannot be used, the queue is full
    ///   or Redis did not confirm.
    @discardableResult
    public func enqueue<J: Job>(
        _ job: J.Type,
        _ arguments: J.Arguments,
        options: EnqueueOptions = EnqueueOptions()
    ) async throws(JobQueueError) -> EnqueueReceipt {
        guard let step = try step(job, [arguments], options) else { preconditionFailure("one task makes a step") }
        return try receipts(await run(step.request), of: step)[0]
    }

    /// Adds many tasks of one job in one step per 64: each is stored whole, and they keep their order.
    ///
    /// - Throws: `JobQueueError`; what was confirmed before the failing step stays enqueued.
    @discardableResult
    public func enqueue<J: Job>(
        _ job: J.Type,
        batch: [J.Arguments],
        options: EnqueueOptions = EnqueueOptions()
    ) async throws(JobQueueError) -> [EnqueueReceipt] {
        var receipts: [EnqueueReceipt] = []
        receipts.reserveCapacity(batch.count)
        var rest = batch[...]
        var step = try self.step(job, rest.prefix(EnqueueRequest.maximumTasks), options)
        while let current = step {
            rest = rest.dropFirst(EnqueueRequest.maximumTasks)
            let reply = Task.immediate { await self.run(current.request) }
            // Made while Redis works on this one. What is wrong with it is said once this one is confirmed.
            let next = Result { () throws(JobQueueError) in
                try self.step(job, rest.prefix(EnqueueRequest.maximumTasks), options)
            }
            receipts += try self.receipts(await reply.value, of: current)
            step = try next.get()
        }
        return receipts
    }

    // MARK: Steps

    /// Tasks that are added by one run of the script.
    private struct Step {
        let name: TaskName
        let ids: [TaskID]
        let request: EnqueueRequest
    }

    /// An empty run of the script for tasks of one queue.
    func request(for queue: QueueName) -> EnqueueRequest {
        EnqueueRequest(queue: queue, memory: memory, origin: origin)
    }

    /// Nil for no tasks.
    private func step<J: Job>(
        _ job: J.Type,
        _ batch: ArraySlice<J.Arguments>,
        _ options: EnqueueOptions
    ) throws(JobQueueError) -> Step? {
        guard !batch.isEmpty else { return nil }
        var request = request(for: options.queue ?? J.queue)
        var ids: [TaskID] = []
        ids.reserveCapacity(batch.count)
        let keys = options.deduplicationKey.map { [$0] } ?? []
        for arguments in batch {
            let (task, rules) = try task(job, arguments, options)
            request.append(task, due: task.eta, unlessSeen: keys, rules: rules)
            ids.append(task.id)
        }
        return Step(name: J.name, ids: ids, request: request)
    }

    private func task<J: Job>(
        _ job: J.Type,
        _ arguments: J.Arguments,
        _ options: EnqueueOptions
    ) throws(JobQueueError) -> (NewTask, EnqueueRules) {
        let encoded: [UInt8]
        do {
            encoded = arguments is NoArguments ? Array("{}".utf8) : Array(try JSONEncoder().encode(arguments))
        } catch {
            throw JobQueueError(.invalidArguments, task: J.name, cause: error)
        }
        guard encoded.first == UInt8(ascii: "{") else {
            throw JobQueueError(.invalidArguments, task: J.name, cause: nil)
        }
        var task = NewTask(
            id: options.taskID ?? .random(),
            name: J.name,
            queue: options.queue ?? J.queue,
            keywordArguments: encoded
        )
        let now = WireTime.now
        task.eta = options.delay.map { now.advanced(by: $0) }
        task.expires = options.expiresAfter.map { now.advanced(by: $0) }
        task.parentID = options.parentID
        task.rootID = options.rootID
        task.ignoresResult = J.storesResult ? nil : true
        task.orderingKey = options.orderingKey
        task.whileBusy = options.whileBusy
        task.limits = options.limits
        var rules = EnqueueRules()
        try rules.take(options, for: &task)
        // There they would be in other hash slots: all go to the queue's own list.
        if !redis.configuration.hasPriorityLists { rules.step = nil }
        if !middleware.isEmpty { task = task.prepared(by: middleware) }
        return (task, rules)
    }

    private func receipts(
        _ reply: Result<RedisReply, RedisError>,
        of step: Step
    ) throws(JobQueueError) -> [EnqueueReceipt] {
        let fates: [EnqueueFate]
        do throws(RedisError) {
            fates = try EnqueueRequest.fates(try reply.get(), of: step.ids.count)
        } catch {
            throw JobQueueError(.unavailable, task: step.name, cause: error)
        }
        if fates.contains(.refused) { throw JobQueueError(.queueFull, task: step.name, cause: nil) }
        return zip(step.ids, fates).map { id, fate in
            if case .taken(let holder) = fate { return EnqueueReceipt(taskID: id, isDuplicate: true, existing: holder) }
            return EnqueueReceipt(taskID: id, isDuplicate: fate == .seen, existing: nil)
        }
    }

    private func run(_ request: EnqueueRequest) async -> Result<RedisReply, RedisError> {
        do {
            guard durability != .async else {
                return .success(
                    try await redis.evaluate(QueueScripts.enqueue, keys: request.keys, arguments: request.arguments)
                )
            }
            let loop = MultiThreadedEventLoopGroup.singleton.next()
            return .success(
                try await durability.run(request, with: redis, timeout: redis.commandTimeout, on: loop).get()
            )
        } catch {
            return .failure(
                error as? RedisError ?? RedisError(.closed, command: "EVALSHA(enqueue)", detail: "\(error)")
            )
        }
    }
}
