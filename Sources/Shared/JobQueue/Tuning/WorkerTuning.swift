import NIOConcurrencyHelpers
import Redis

/// Changes a worker while it runs: how many jobs at once, from which queues, within which limits.
///
/// `JobWorker.tuning` is the worker's own. What is changed holds until the worker ends, through the loss of its lease,
/// too; the next start begins with the configuration. Any number of callers may act at once.
public final class WorkerTuning: Sendable {
    /// How many places a worker may have.
    public static let places = 1...100_000
    /// From how many queues a worker may take, and how many it remembers that it took from.
    static let mostQueues = 100

    private struct State {
        var wanted: [QueueName]
        /// What was ever wanted; the index is that of its share of the places.
        var known: [QueueName]
        var range: ClosedRange<Int>?
    }

    let slots: Slots
    let tasks = TaskTuning()
    let stop = StopRequest()
    /// Rings where a life is to look at what it takes from.
    let queueNews = Signal()
    /// Rings where the autoscaler is to look.
    let placeNews: Signal
    let registry: JobRegistry
    let redis: RedisClient
    private let begun = ContinuousClock.now
    private let state: NIOLockedValueBox<State>

    init(_ configuration: WorkerConfiguration, registry: JobRegistry, redis: RedisClient) {
        let news = Signal()
        placeNews = news
        let range = configuration.autoscale
        let count = range?.lowerBound ?? configuration.concurrency
        slots = Slots(
            min(max(count, Self.places.lowerBound), Self.places.upperBound),
            queues: configuration.queues.count,
            order: configuration.queueOrder,
            shortage: news
        )
        self.registry = registry
        self.redis = redis
        state = NIOLockedValueBox(State(wanted: configuration.queues, known: configuration.queues, range: range))
    }

    // MARK: Places

    /// How many jobs may run at once.
    public var concurrency: Int { slots.load.capacity }
    /// How many places are taken; for a while more than there are after a change to fewer.
    public var busy: Int { slots.load.busy }

    /// Adds places.
    ///
    /// - Returns: How many there are now.
    /// - Throws: `WorkerTuningError`: `.autoscaling`; `.outOfBounds` for a count below 1 or over ``places``.
    @discardableResult
    public func grow(by count: Int = 1) throws(WorkerTuningError) -> Int {
        try change(count > 0) { $0.addingReportingOverflow(count) }
    }

    /// Takes places away. Running jobs go on: their places vanish as they fall free.
    ///
    /// - Returns: How many there are now.
    /// - Throws: `WorkerTuningError`: `.autoscaling`; `.outOfBounds` for a count below 1, or where none would be left.
    @discardableResult
    public func shrink(by count: Int = 1) throws(WorkerTuningError) -> Int {
        try change(count > 0) { $0.subtractingReportingOverflow(count) }
    }

    /// Says how many places there are. Running jobs go on, as in ``shrink(by:)``.
    ///
    /// - Throws: `WorkerTuningError`: `.autoscaling`; `.outOfBounds` beyond ``places``.
    public func setConcurrency(_ count: Int) throws(WorkerTuningError) {
        try change(true) { _ in (count, false) }
    }

    @discardableResult
    private func change(
        _ isSensible: Bool,
        _ next: (Int) -> (partialValue: Int, overflow: Bool)
    ) throws(WorkerTuningError) -> Int {
        guard autoscale == nil else { throw WorkerTuningError(.autoscaling) }
        let changed = slots.change { now in
            let (count, isBeyond) = next(now)
            return isSensible && !isBeyond && Self.places.contains(count) ? count : nil
        }
        guard let changed else { throw WorkerTuningError(.outOfBounds) }
        return changed
    }

    /// Tells the metrics about once a second, until cancelled.
    func tellPlaces(to metrics: WorkerMetrics) async {
        while !Task.isCancelled {
            let load = slots.load
            metrics.have(places: load.capacity, taken: load.busy)
            // Ends early only by cancellation, which the loop sees.
            try? await Task.sleep(for: .seconds(1))
        }
    }

    // MARK: Scaling by load

    /// Between how many places and how many the worker scales itself; nil where it does not.
    public var autoscale: ClosedRange<Int>? { state.withLockedValue { $0.range } }

    /// Has the worker scale itself from now on, or within another range. Takes effect at once where there are fewer or more
    /// places than that.
    ///
    /// - Throws: `WorkerTuningError(.outOfBounds)` for a range beyond ``places``.
    public func setAutoscale(_ range: ClosedRange<Int>) throws(WorkerTuningError) {
        guard Self.places.contains(range.lowerBound), Self.places.contains(range.upperBound) else {
            throw WorkerTuningError(.outOfBounds)
        }
        state.withLockedValue { $0.range = range }
        clampToRange()
        placeNews.ring()
    }

    /// Changes one end of the range or both, as Celery's `autoscale` does; an end that passes the other takes it along.
    ///
    /// - Returns: The range that holds now.
    /// - Throws: `WorkerTuningError(.outOfBounds)` beyond ``places``.
    @discardableResult
    public func autoscale(min least: Int?, max most: Int?) throws(WorkerTuningError) -> ClosedRange<Int> {
        let old = autoscale ?? concurrency...concurrency
        let range =
            switch (least, most) {
            case (let least?, let most?): Swift.min(least, most)...Swift.max(least, most)
            case (let least?, nil): least...Swift.max(least, old.upperBound)
            case (nil, let most?): Swift.min(most, old.lowerBound)...most
            case (nil, nil): old
            }
        try setAutoscale(range)
        return range
    }

    /// Leaves the number of places as it is now.
    public func stopAutoscaling() {
        state.withLockedValue { $0.range = nil }
        placeNews.ring()
    }

    /// Sets how many places there are, unless the range has changed or gone; always within the range.
    func scale(to count: Int, within range: ClosedRange<Int>) {
        guard autoscale == range else { return }
        slots.change { _ in min(max(count, range.lowerBound), range.upperBound) }
        // What was told in the meantime counts.
        clampToRange()
    }

    private func clampToRange() {
        guard let range = autoscale else { return }
        slots.change { min(max($0, range.lowerBound), range.upperBound) }
    }

    // MARK: Queues

    /// What the worker takes from, as it was told; a change takes effect within two seconds where Redis answers.
    public var queues: [QueueName] { state.withLockedValue { $0.wanted } }

    /// Takes from one queue more, the least urgent.
    ///
    /// - Returns: Whether it did not before.
    /// - Throws: `WorkerTuningError`: `.invalidQueue` for a name that is empty, over 256 bytes or holds spaces, braces, quotes,
    ///   backslashes or control characters; `.tooManyQueues`.
    @discardableResult
    public func addConsumer(_ queue: QueueName) throws(WorkerTuningError) -> Bool {
        guard KeyText.isPlain(queue.rawValue) else { throw WorkerTuningError(.invalidQueue) }
        let added: Bool? = state.withLockedValue { state in
            guard !state.wanted.contains(queue) else { return false }
            guard state.wanted.count < Self.mostQueues else { return nil }
            if !state.known.contains(queue) {
                guard state.known.count < 10 * Self.mostQueues else { return nil }
                state.known.append(queue)
                slots.add()
            }
            state.wanted.append(queue)
            return true
        }
        guard let added else { throw WorkerTuningError(.tooManyQueues) }
        if added { queueNews.ring() }
        return added
    }

    /// Takes nothing more from a queue. What runs goes on; once it has ended and Redis knows, the worker leaves the queue.
    ///
    /// - Returns: Whether the worker took from it.
    @discardableResult
    public func cancelConsumer(_ queue: QueueName) -> Bool {
        let wasWanted = state.withLockedValue { state in
            guard let index = state.wanted.firstIndex(of: queue) else { return false }
            state.wanted.remove(at: index)
            return true
        }
        if wasWanted { queueNews.ring() }
        return wasWanted
    }

    /// The places of a queue that the worker was told of.
    func share(of queue: QueueName) -> SlotShare {
        guard let index = state.withLockedValue({ $0.known.firstIndex(of: queue) }) else {
            preconditionFailure("a queue is known before anything is taken from it")
        }
        return slots.share(index)
    }

    // MARK: The worker

    /// Stops the worker as a graceful shutdown does: running jobs finish within the grace period.
    public func shutdown() { stop.ask() }

    /// Refuses: jobs are Swift tasks, and there is no pool of processes to start anew. Celery's answer, too, unless
    /// `worker_pool_restarts` is set.
    ///
    /// - Throws: `WorkerTuningError(.notSupported)`, always.
    public func restartPool() throws(WorkerTuningError) { throw WorkerTuningError(.notSupported) }

    public var statistics: WorkerStatistics {
        let load = slots.load
        let autoscaler = autoscale.map {
            AutoscalerReport(min: $0.lowerBound, max: $0.upperBound, current: load.capacity, quantity: load.busy)
        }
        return WorkerStatistics(
            accepted: tasks.accepted,
            uptime: ContinuousClock.now - begun,
            concurrency: load.capacity,
            busy: load.busy,
            queues: queues,
            autoscaler: autoscaler
        )
    }
}
