import NIOCore
import NIOPosix
public import Redis

/// Writes tasks to queues.
///
/// A task is stored when the call returns, as safely as ``Durability`` says. A call that throws `outcomeUnknown` may
/// have stored it: repeat it with the same `taskID` and `deduplicationKey`.
public struct JobProducer: Sendable {
    /// The longest arguments of a task, as JSON, in bytes; also the longest body that a worker reads.
    public static let maximumArgumentBytes = 16 << 20

    private let target: Target
    let origin: String
    /// How long deduplication keys are remembered. Feishu redelivers for 7.1 hours.
    let memory: Duration
    let durability: Durability
    let middleware: [any EnqueueMiddleware]
    let payload: (any PayloadCoding)?
    /// Whether monitors are told of each task that was stored (`task-sent`), be it enqueued or a part of a canvas; Celery's
    /// `task_send_sent_event`. Default: false.
    public var announcesTasks = false
    /// How long the keys of chords that `call` sets up, and groups that are saved, are kept; zero for ever. As the
    /// workers' `WorkerConfiguration.resultExpires`, Celery's `result_expires`. Default: 24 hours.
    public var resultExpires: Duration = .seconds(86_400)
    /// Whether failures of tasks that are never called tell name and arguments (`WorkerConfiguration.extendsResults`).
    var extendsResults = false
    /// How long such failures are kept; nil for as long as other results (`WorkerConfiguration.resultFailureExpires`).
    var failureExpires: Duration?

    /// - Parameters:
    ///   - redis: The client; whoever made it runs it.
    ///   - durability: Where a task must be before a call returns.
    ///   - deduplicationMemory: How long deduplication keys are remembered.
    ///   - middleware: What is done to every task before it is stored.
    ///   - payload: What compresses, encrypts or stores aside what tasks carry, such as `JobPayload`; nil where it stands
    ///     in the messages as readable text. The workers need the same.
    public init(
        redis: RedisClient,
        durability: Durability = .async,
        deduplicationMemory: Duration = .seconds(86_400),
        middleware: [any EnqueueMiddleware] = [],
        payload: (any PayloadCoding)? = nil
    ) {
        self.init(.redis(redis), durability, deduplicationMemory, middleware, payload)
    }

    /// A producer whose tasks go elsewhere than to Redis.
    ///
    /// - Parameters:
    ///   - receiver: Who takes them.
    ///   - middleware: What is done to every task before that.
    ///   - payload: As with Redis.
    package init(
        receiver: any TaskReceiver,
        middleware: [any EnqueueMiddleware],
        payload: (any PayloadCoding)?
    ) {
        self.init(.receiver(receiver), .async, .seconds(86_400), middleware, payload)
    }

    private init(
        _ target: Target,
        _ durability: Durability,
        _ deduplicationMemory: Duration,
        _ middleware: [any EnqueueMiddleware],
        _ payload: (any PayloadCoding)?
    ) {
        self.target = target
        self.durability = durability
        self.middleware = middleware
        self.payload = payload
        memory = deduplicationMemory
        origin = ProcessOrigin.text
    }

    /// Adds one task.
    ///
    /// - Throws: `JobQueueError` where the arguments cannot be encoded or are too large, the options cannot be used, the
    ///   queue is full or Redis did not confirm.
    @discardableResult
    public func enqueue<J: Job>(
        _ job: J.Type,
        _ arguments: J.Arguments,
        options: EnqueueOptions = EnqueueOptions()
    ) async throws(JobQueueError) -> EnqueueReceipt {
        guard let step = try step(job, [arguments], options) else { preconditionFailure("one task makes a step") }
        return try receipts(await run(step), of: step)[0]
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
            let fates = Task.immediate { await self.run(current) }
            // Made while Redis works on this one. What is wrong with it is said once this one is confirmed.
            let next = Result { () throws(JobQueueError) in
                try self.step(job, rest.prefix(EnqueueRequest.maximumTasks), options)
            }
            receipts += try self.receipts(await fates.value, of: current)
            step = try next.get()
        }
        return receipts
    }

    // MARK: Where tasks go

    private enum Target: Sendable {
        case redis(RedisClient)
        case receiver(any TaskReceiver)
    }

    /// The client, for what only a producer with one is asked.
    var redis: RedisClient {
        guard case .redis(let redis) = target else { preconditionFailure("this producer has no Redis") }
        return redis
    }

    /// Whether the queues have lists by priority.
    var hasPriorityLists: Bool {
        guard case .redis(let redis) = target else { return false }
        return redis.configuration.hasPriorityLists
    }

    /// What the names of its keys begin with.
    var names: BrokerNames {
        guard case .redis(let redis) = target else { return .plain }
        return redis.names
    }

    /// Who takes the tasks in place of Redis; nil where that does.
    var receiver: (any TaskReceiver)? {
        guard case .receiver(let receiver) = target else { return nil }
        return receiver
    }

    // MARK: Steps

    /// Tasks that are added as one.
    private struct Step {
        let name: TaskName
        let ids: [TaskID]
        let content: Content
        /// The tasks, where monitors are told of them.
        var announced: [NewTask] = []

        enum Content: Sendable {
            /// One run of the script.
            case request(EnqueueRequest)
            case tasks([IncomingTask], QueueName, any TaskReceiver)
        }
    }

    /// An empty run of the script for tasks of one queue.
    func request(for queue: QueueName) -> EnqueueRequest {
        EnqueueRequest(queue: queue, in: names, memory: memory, origin: origin, payload: payload)
    }

    /// Nil for no tasks.
    private func step<J: Job>(
        _ job: J.Type,
        _ batch: ArraySlice<J.Arguments>,
        _ options: EnqueueOptions
    ) throws(JobQueueError) -> Step? {
        guard !batch.isEmpty else { return nil }
        let queue = options.queue ?? J.queue
        let keys = options.deduplicationKey.map { [$0] } ?? []
        var ids: [TaskID] = []
        ids.reserveCapacity(batch.count)
        if let receiver {
            var tasks: [IncomingTask] = []
            for arguments in batch {
                let (task, rules) = try task(job, arguments, options)
                tasks.append(incoming(task, keys, rules, at: receiver.now))
                ids.append(task.id)
            }
            return Step(name: J.name, ids: ids, content: .tasks(tasks, queue, receiver))
        }
        var request = request(for: queue)
        var announced: [NewTask] = []
        for arguments in batch {
            let (task, rules) = try task(job, arguments, options)
            request.append(task, due: task.eta, unlessSeen: keys, rules: rules)
            ids.append(task.id)
            if announcesTasks { announced.append(task) }
        }
        return Step(name: J.name, ids: ids, content: .request(request), announced: announced)
    }

    private func task<J: Job>(
        _ job: J.Type,
        _ arguments: J.Arguments,
        _ options: EnqueueOptions
    ) throws(JobQueueError) -> (NewTask, EnqueueRules) {
        let encoded: [UInt8]
        do {
            encoded = arguments is NoArguments ? Array("{}".utf8) : try CeleryJSON.encode(arguments)
        } catch {
            throw JobQueueError(.invalidArguments, task: J.name, cause: error)
        }
        guard encoded.first == UInt8(ascii: "{") else {
            throw JobQueueError(.invalidArguments, task: J.name, cause: nil)
        }
        guard encoded.count <= Self.maximumArgumentBytes else {
            throw JobQueueError(.tooLarge, task: J.name, cause: nil)
        }
        var task = NewTask(
            id: options.taskID ?? .random(),
            name: J.name,
            queue: options.queue ?? J.queue,
            keywordArguments: encoded
        )
        let now = receiver?.now ?? .now
        try task.describe(by: options, at: now)
        task.parentID = options.parentID
        task.rootID = options.rootID
        task.ignoresResult = J.storesResult ? nil : true
        task.orderingKey = options.orderingKey
        task.whileBusy = options.whileBusy
        task.limits = options.limits
        var rules = EnqueueRules()
        try rules.take(options, for: &task)
        // There they would be in other hash slots: all go to the queue's own list.
        if case .redis(let redis) = target, !redis.configuration.hasPriorityLists { rules.step = nil }
        if !middleware.isEmpty { task = task.prepared(by: middleware) }
        return (task, rules)
    }

    /// A task as a receiver is told of it.
    func incoming(
        _ task: NewTask,
        _ keys: [String],
        _ rules: EnqueueRules,
        at time: WireTime
    ) -> IncomingTask {
        let task = payload.map { task.encoded(by: $0) } ?? task
        var message: [UInt8] = []
        task.encode(into: &message, origin: origin, at: time)
        return IncomingTask(
            task: task,
            message: message,
            deduplicationKeys: keys,
            deduplicationMemory: memory,
            uniqueness: rules.unique,
            debounce: rules.debounce
        )
    }

    private func receipts(
        _ fates: Result<[EnqueueFate], RedisError>,
        of step: Step
    ) throws(JobQueueError) -> [EnqueueReceipt] {
        let confirmed: [EnqueueFate]
        do throws(RedisError) {
            confirmed = try fates.get()
        } catch {
            throw JobQueueError(.unavailable, task: step.name, cause: error)
        }
        if confirmed.contains(.refused) { throw JobQueueError(.queueFull, task: step.name, cause: nil) }
        return zip(step.ids, confirmed).map { id, fate in
            if case .taken(let holder) = fate { return EnqueueReceipt(taskID: id, isDuplicate: true, existing: holder) }
            return EnqueueReceipt(taskID: id, isDuplicate: fate == .seen, existing: nil)
        }
    }

    private func run(_ step: Step) async -> Result<[EnqueueFate], RedisError> {
        switch step.content {
        case .tasks(let tasks, let queue, let receiver):
            return .success(tasks.map { receiver.receive($0, in: queue) })
        case .request(let request):
            do throws(RedisError) {
                let fates = try EnqueueRequest.fates(try await run(request), of: step.ids.count)
                if announcesTasks { TaskAnnouncement.publish(step.announced, fates, with: redis) }
                return .success(fates)
            } catch {
                return .failure(error)
            }
        }
    }

    func run(_ request: EnqueueRequest) async throws(RedisError) -> RedisReply {
        try await run(QueueScripts.enqueue, keys: request.keys, arguments: request.arguments)
    }

    /// Runs a script that adds tasks, until they are as safe as was asked for.
    func run(
        _ script: RedisScript,
        keys: RedisArguments,
        arguments: RedisArguments
    ) async throws(RedisError) -> RedisReply {
        guard durability != .async else {
            return try await redis.evaluate(script, keys: keys, arguments: arguments)
        }
        do {
            let loop = MultiThreadedEventLoopGroup.singleton.next()
            return try await durability.run(
                script,
                keys: keys,
                arguments: arguments,
                with: redis,
                timeout: redis.commandTimeout,
                on: loop
            ).get()
        } catch {
            throw error as? RedisError ?? RedisError(.closed, command: "EVALSHA(\(script.name))", detail: "\(error)")
        }
    }
}
