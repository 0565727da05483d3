import Logging
import NIOConcurrencyHelpers
import Redis

/// Empties the outbox of one queue of a Cluster: at once what this worker wrote into it, and after a while what others
/// did and left.
///
/// What fails is left to the next look, here or elsewhere: the entry stands in Redis.
final class OutboxCourier: Sendable {
    private struct State {
        var waiting: [String] = []
        var isBusy = false
        /// Whether something of the latest could not be delivered.
        var hasFailed = false
    }

    /// Entries under way at once.
    private static let width = 16
    /// Entries that wait here; others are found by a look.
    private static let mostWaiting = 1_024

    private let queue: QueueKeys
    private let producer: JobProducer
    /// From how long ago an entry may be taken for one that nobody delivers. Where somebody does, two deliver it: that
    /// costs, and changes nothing.
    private let patience: Duration
    private let logger: Logger
    private let signal = Signal()
    private let state = NIOLockedValueBox(State())
    private let onProgress: @Sendable () -> Void

    /// - Parameters:
    ///   - queue: Whose outbox.
    ///   - producer: What publishes.
    ///   - patience: After what time an entry that somebody began to deliver is delivered by another.
    ///   - logger: Told of what fails.
    ///   - onProgress: Called when ``isDone`` may have changed.
    init(
        queue: QueueKeys,
        producer: JobProducer,
        patience: Duration,
        logger: Logger,
        onProgress: @escaping @Sendable () -> Void
    ) {
        self.queue = queue
        self.producer = producer
        self.patience = patience
        self.logger = logger
        self.onProgress = onProgress
    }

    /// Whether there is nothing to wait for: all is delivered, or what is left must be left to a later look, as a node
    /// cannot be reached.
    var isDone: Bool { state.withLockedValue { !$0.isBusy && ($0.waiting.isEmpty || $0.hasFailed) } }

    /// Entries that were just written.
    func add(_ entries: [String]) {
        guard !entries.isEmpty else { return }
        state.withLockedValue { state in
            state.waiting += entries.prefix(max(0, Self.mostWaiting - state.waiting.count))
        }
        signal.ring()
    }

    /// Works until cancelled.
    func run() async {
        var nextLook = ContinuousClock.now
        while !Task.isCancelled {
            let entries = state.withLockedValue { state in
                defer { state.waiting.removeFirst(min(Self.width, state.waiting.count)) }
                state.isBusy = !state.waiting.isEmpty
                return Array(state.waiting.prefix(Self.width))
            }
            if !entries.isEmpty {
                let isComplete = await deliver(entries)
                state.withLockedValue { state in
                    state.isBusy = false
                    state.hasFailed = !isComplete
                }
                onProgress()
            } else if ContinuousClock.now < nextLook {
                await signal.wait(until: nextLook)
            }
            guard ContinuousClock.now >= nextLook else { continue }
            _ = await deliver(await overdue())
            // Spread over the fleet, as the other looks are.
            nextLook = .now + .milliseconds(Int64.random(in: 800...1200))
        }
    }

    private func overdue() async -> [String] {
        do throws(RedisError) {
            let reply = try await producer.redis.evaluate(
                QueueScripts.overdueEntries,
                keys: [queue.outbox],
                arguments: [patience.milliseconds, Self.width]
            )
            return (reply.array ?? []).compactMap(\.string)
        } catch {
            logger.debug("could not look into an outbox", metadata: about(error))
            return []
        }
    }

    /// - Returns: Whether all were delivered.
    private func deliver(_ entries: [String]) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            for entry in entries { group.addTask { [self] in await deliver(entry) } }
            return await group.reduce(true) { $0 && $1 }
        }
    }

    private func deliver(_ entry: String) async -> Bool {
        do throws(RedisError) {
            try await OutboxDelivery(of: entry, in: queue, with: producer).deliver()
            return true
        } catch {
            if !Task.isCancelled {
                logger.warning("what follows from a task is delivered later", metadata: about(error))
            }
            return false
        }
    }

    private func about(_ error: RedisError) -> Logger.Metadata {
        ["queue": "\(queue.queue)", "error": "\(error)"]
    }
}
