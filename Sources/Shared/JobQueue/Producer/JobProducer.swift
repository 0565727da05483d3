import FoundationEssentials
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
    private let origin: String
    /// How long deduplication keys are remembered. Feishu redelivers for 7.1 hours.
    private let memory: Duration
    let durability: Durability
    private let middleware: [any EnqueueMiddleware]
    let payload: (any PayloadCoding)?

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
        origin = "gen\(ProcessInfo.processInfo.processIdentifier)@\(ProcessInfo.processInfo.hostName)"
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
        let entry = try entry(job, arguments, options)
        return try await add([entry], to: entry.task.queue)[0]
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
        for start in stride(from: 0, to: batch.count, by: EnqueueRequest.maximumTasks) {
            var entries: [Entry] = []
            for arguments in batch[start..<min(start + EnqueueRequest.maximumTasks, batch.count)] {
                entries.append(try entry(job, arguments, options))
            }
            receipts += try await add(entries, to: entries[0].task.queue)
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

    /// Who takes the tasks in place of Redis; nil where that does.
    var receiver: (any TaskReceiver)? {
        guard case .receiver(let receiver) = target else { return nil }
        return receiver
    }

    // MARK: Steps

    private struct Entry {
        let task: NewTask
        let keys: [String]
        let rules: EnqueueRules
    }

    /// An empty run of the script for tasks of one queue.
    func request(for queue: QueueName) -> EnqueueRequest {
        EnqueueRequest(queue: queue, memory: memory, origin: origin, payload: payload)
    }

    private func entry<J: Job>(
        _ job: J.Type,
        _ arguments: J.Arguments,
        _ options: EnqueueOptions
    ) throws(JobQueueError) -> Entry {
        let encoded: [UInt8]
        do {
            encoded = arguments is NoArguments ? Array("{}".utf8) : Array(try JSONEncoder().encode(arguments))
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
        if case .redis(let redis) = target, !redis.configuration.hasPriorityLists { rules.step = nil }
        if !middleware.isEmpty { task = task.prepared(by: middleware) }
        return Entry(task: task, keys: options.deduplicationKey.map { [$0] } ?? [], rules: rules)
    }

    private func add(_ entries: [Entry], to queue: QueueName) async throws(JobQueueError) -> [EnqueueReceipt] {
        let fates: [EnqueueFate]
        if let receiver {
            fates = entries.map { receiver.receive(incoming($0, at: receiver.now), in: queue) }
        } else {
            var request = request(for: queue)
            for entry in entries {
                request.append(entry.task, due: entry.task.eta, unlessSeen: entry.keys, rules: entry.rules)
            }
            do throws(RedisError) {
                fates = try EnqueueRequest.fates(try await run(request), of: entries.count)
            } catch {
                throw JobQueueError(.unavailable, task: entries[0].task.name, cause: error)
            }
        }
        if fates.contains(.refused) { throw JobQueueError(.queueFull, task: entries[0].task.name, cause: nil) }
        return zip(entries, fates).map { entry, fate in
            if case .taken(let holder) = fate {
                return EnqueueReceipt(taskID: entry.task.id, isDuplicate: true, existing: holder)
            }
            return EnqueueReceipt(taskID: entry.task.id, isDuplicate: fate == .seen, existing: nil)
        }
    }

    /// A task as a receiver is told of it.
    private func incoming(_ entry: Entry, at time: WireTime) -> IncomingTask {
        let task = payload.map { entry.task.encoded(by: $0) } ?? entry.task
        var message: [UInt8] = []
        task.encode(into: &message, origin: origin, at: time)
        return IncomingTask(
            task: task,
            message: message,
            deduplicationKeys: entry.keys,
            deduplicationMemory: memory,
            uniqueness: entry.rules.unique,
            debounce: entry.rules.debounce
        )
    }

    private func run(_ request: EnqueueRequest) async throws(RedisError) -> RedisReply {
        guard durability != .async else {
            return try await redis.evaluate(QueueScripts.enqueue, keys: request.keys, arguments: request.arguments)
        }
        do {
            let loop = MultiThreadedEventLoopGroup.singleton.next()
            return try await durability.run(request, with: redis, timeout: redis.commandTimeout, on: loop).get()
        } catch {
            throw error as? RedisError ?? RedisError(.closed, command: "EVALSHA(enqueue)", detail: "\(error)")
        }
    }
}
