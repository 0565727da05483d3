package import NIOCore
import Redis

/// Adds tasks that come one by one on an event loop, and shares the cost of Redis among those that come together.
///
/// What is added in one turn of the loop, up to a bound, travels as one run of the enqueue script: a server that is
/// busy makes one call for dozens of tasks, an idle one makes its call at once. Each task is still judged on its own.
/// Needs no Swift task, and belongs to one event loop and one queue.
package final class EnqueueBatcher: Sendable {
    /// Told on the event loop whether the task was added (false: one of its keys was seen before). A failure leaves
    /// open whether it was, unless it is `JobQueueError(.queueFull)`: adding the same task again under the same keys is
    /// safe.
    package typealias Completion = (Result<Bool, any Error>) -> Void

    package let eventLoop: any EventLoop
    private let batch: NIOLoopBoundBox<Batch>

    /// - Parameters:
    ///   - producer: What the tasks are added with.
    ///   - queue: Where they go.
    ///   - timeout: How long Redis may take for a batch.
    ///   - eventLoop: Whose turns are gathered.
    package init(producer: JobProducer, queue: QueueName, timeout: Duration, on eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        batch = .makeBoxSendingValue(
            Batch(producer: producer, queue: queue, timeout: timeout, eventLoop: eventLoop),
            eventLoop: eventLoop
        )
    }

    /// Adds a task unless one of `keys` was seen within the producer's memory. Called on the event loop.
    package func add(_ task: NewTask, unlessSeen keys: [String], completion: @escaping Completion) {
        batch.value.add(task, unlessSeen: keys, completion)
    }
}

/// The tasks of the current turn.
private final class Batch {
    /// What bounds the memory of a request, besides the number of its tasks.
    private static let maximumBytes = 256 << 10

    private let redis: RedisClient
    private let durability: Durability
    private let timeout: Duration
    private let eventLoop: any EventLoop
    /// Requests that wait for a replica or the disk.
    private var unconfirmed = 0
    private var request: EnqueueRequest
    private var completions: [EnqueueBatcher.Completion] = []
    private var isFlushScheduled = false

    init(producer: JobProducer, queue: QueueName, timeout: Duration, eventLoop: any EventLoop) {
        self.redis = producer.redis
        self.durability = producer.durability
        self.timeout = timeout
        self.eventLoop = eventLoop
        self.request = producer.request(for: queue)
    }

    func add(_ task: NewTask, unlessSeen keys: [String], _ completion: @escaping EnqueueBatcher.Completion) {
        request.append(task, unlessSeen: keys)
        completions.append(completion)
        if request.count == EnqueueRequest.maximumTasks || request.byteCount >= Self.maximumBytes {
            flush()
        } else if !isFlushScheduled {
            isFlushScheduled = true
            eventLoop.assumeIsolated().execute { [self] in
                isFlushScheduled = false
                // A connection does nothing else while it waits for a replica: what comes meanwhile shares the next wait.
                if unconfirmed == 0 { flush() }
            }
        }
    }

    private func flush() {
        guard request.count > 0 else { return }
        let completions = completions
        let reply = durability.run(
            QueueScripts.enqueue,
            keys: request.keys,
            arguments: request.arguments,
            with: redis,
            timeout: timeout,
            on: eventLoop
        )
        if durability != .async { unconfirmed += 1 }
        self.completions.removeAll(keepingCapacity: true)
        request.reset()
        reply.assumeIsolated().whenComplete { [self] result in
            if durability != .async {
                unconfirmed -= 1
                if unconfirmed == 0 { flush() }
            }
            do {
                let fates = try EnqueueRequest.fates(try result.get(), of: completions.count)
                for (completion, fate) in zip(completions, fates) {
                    switch fate {
                    case .added: completion(.success(true))
                    case .seen, .taken: completion(.success(false))
                    case .refused: completion(.failure(JobQueueError(.queueFull, task: nil, cause: nil)))
                    }
                }
            } catch {
                for completion in completions { completion(.failure(error)) }
            }
        }
    }
}
