import FoundationEssentials
package import NIOCore
public import Redis

/// Writes tasks to queues.
///
/// A task is stored when the call returns. A call that throws `outcomeUnknown` may have stored it: repeat it with the
/// same `taskID` and `deduplicationKey`.
public struct JobProducer: Sendable {
    private let redis: RedisClient
    private let origin: String
    /// How long deduplication keys are remembered. Feishu redelivers for 7.1 hours.
    private let memory: Duration

    public init(redis: RedisClient, deduplicationMemory: Duration = .seconds(86_400)) {
        self.redis = redis
        memory = deduplicationMemory
        origin = "gen\(ProcessInfo.processInfo.processIdentifier)@\(ProcessInfo.processInfo.hostName)"
    }

    /// Adds one task.
    ///
    /// - Throws: `JobQueueError` where the arguments cannot be encoded or Redis did not confirm.
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
        for start in stride(from: 0, to: batch.count, by: Self.batchSize) {
            var entries: [Entry] = []
            for arguments in batch[start..<min(start + Self.batchSize, batch.count)] {
                entries.append(try entry(job, arguments, options))
            }
            receipts += try await add(entries, to: entries[0].task.queue)
        }
        return receipts
    }

    /// Adds one task that is encoded already, from an event loop and without a Swift task, unless one of `keys` was
    /// seen within the memory. The future tells whether it was added, or fails with `RedisError`.
    package func submit(
        _ task: NewTask,
        unlessSeen keys: [String],
        on eventLoop: any EventLoop,
        timeout: Duration
    ) -> EventLoopFuture<Bool> {
        let entry = Entry(task: task, due: nil, keys: keys)
        let (scriptKeys, arguments) = invocation([entry], queue: task.queue)
        return redis.evaluate(
            QueueScripts.enqueue,
            keys: scriptKeys,
            arguments: arguments,
            timeout: timeout,
            on: eventLoop
        ).map { reply in reply[0]?.integer == 1 }
    }

    // MARK: Steps

    private struct Entry {
        let task: NewTask
        /// Not to be ready before.
        let due: WireTime?
        let keys: [String]
    }

    private static let batchSize = 64

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
        return Entry(task: task, due: task.eta, keys: options.deduplicationKey.map { [$0] } ?? [])
    }

    private func add(_ entries: [Entry], to queue: QueueName) async throws(JobQueueError) -> [EnqueueReceipt] {
        let (keys, arguments) = invocation(entries, queue: queue)
        let reply: RedisReply
        do throws(RedisError) {
            reply = try await redis.evaluate(QueueScripts.enqueue, keys: keys, arguments: arguments)
        } catch {
            throw JobQueueError(.unavailable, task: entries[0].task.name, cause: error)
        }
        return entries.enumerated().map { index, entry in
            EnqueueReceipt(taskID: entry.task.id, isDuplicate: reply[index]?.integer != 1)
        }
    }

    private func invocation(_ entries: [Entry], queue: QueueName) -> (keys: [String], arguments: [any RedisArgument]) {
        let names = QueueKeys(queue)
        var keys = [names.ready, names.scheduled]
        var arguments: [any RedisArgument] = [memory.milliseconds]
        for entry in entries {
            keys += entry.keys.map(names.seen)
            arguments.append(entry.task.encoded(origin: origin))
            arguments.append(entry.due?.milliseconds ?? 0)
            arguments.append(entry.keys.count)
        }
        return (keys, arguments)
    }
}
