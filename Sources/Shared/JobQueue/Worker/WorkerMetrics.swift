import Metrics
import NIOConcurrencyHelpers

/// What a worker counts. Each instrument is made once and kept.
final class WorkerMetrics: Sendable {
    enum Ending: String, Sendable {
        case succeeded, failed, retried, givenBack = "given_back", abandoned, expired, cancelled, unreadable
        case replaced, ignored

        init(_ outcome: Outcome) {
            switch outcome {
            case .succeeded: self = .succeeded
            case .failed: self = .failed
            case .retry, .rest: self = .retried
            case .replaced: self = .replaced
            case .ignored: self = .ignored
            case .cancelled: self = .cancelled
            case .givenBack, .returned: self = .givenBack
            case .abandoned: self = .abandoned
            }
        }
    }

    private struct CounterKey: Hashable {
        let queue: QueueName
        let task: TaskName?
        let ending: Ending
    }

    private struct Instruments {
        var counters: [CounterKey: Counter] = [:]
        var timers: [TaskName: Metrics.Timer] = [:]
        var overruns = 0
        /// Of queues that came later.
        var added: [QueueName: QueueInstruments] = [:]
    }

    private struct QueueInstruments {
        /// Redis' time of the last cycle that came back, in seconds since 1970.
        let cycle: Gauge
        /// How long tasks had been due when they were handed out.
        let pickup: Metrics.Timer

        init(_ queue: QueueName) {
            cycle = Gauge(label: "worker_last_cycle_seconds", dimensions: [("queue", queue.rawValue)])
            pickup = Metrics.Timer(label: "worker_pickup_seconds", dimensions: [("queue", queue.rawValue)])
        }
    }

    private let instruments = NIOLockedValueBox(Instruments())
    private let queues: [QueueName: QueueInstruments]
    /// How many jobs may run at once, and how many of these places are taken.
    private let places = Gauge(label: "worker_places")
    private let placesTaken = Gauge(label: "worker_places_taken")
    private let leasesLost = Counter(label: "worker_leases_lost_total")
    private let overrunning = Gauge(label: "worker_overrunning_jobs")
    private let overruns = Counter(label: "worker_overruns_total")

    init(queues: [QueueName]) {
        self.queues = Dictionary(
            queues.map { ($0, QueueInstruments($0)) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    private func instruments(of queue: QueueName) -> QueueInstruments {
        if let known = queues[queue] { return known }
        return instruments.withLockedValue { instruments in
            if let known = instruments.added[queue] { return known }
            let made = QueueInstruments(queue)
            instruments.added[queue] = made
            return made
        }
    }

    /// Counts an attempt that ended. `task` is a registered name; nil for all others, whose number has no bound.
    func finished(_ queue: QueueName, task: TaskName?, outcome: Ending) {
        let key = CounterKey(queue: queue, task: task, ending: outcome)
        let counter = instruments.withLockedValue { instruments in
            if let counter = instruments.counters[key] { return counter }
            let counter = Counter(
                label: "worker_tasks_total",
                dimensions: [
                    ("queue", queue.rawValue), ("task", task?.rawValue ?? "unknown"), ("outcome", outcome.rawValue),
                ]
            )
            instruments.counters[key] = counter
            return counter
        }
        counter.increment()
    }

    func ran(_ task: TaskName, for duration: Duration) {
        let timer = instruments.withLockedValue { instruments in
            if let timer = instruments.timers[task] { return timer }
            let timer = Metrics.Timer(label: "worker_task_seconds", dimensions: [("task", task.rawValue)])
            instruments.timers[task] = timer
            return timer
        }
        let (seconds, attoseconds) = duration.components
        timer.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    /// A task was handed out: how long it had been due, where its message tells.
    func picked(_ queue: QueueName, _ message: TaskMessage, at now: WireTime) {
        guard let enqueued = message.enqueuedAt else { return }
        let due = max(enqueued.milliseconds, message.eta?.milliseconds ?? 0)
        instruments(of: queue).pickup.recordMilliseconds(max(0, now.milliseconds - due))
    }

    func cycled(_ queue: QueueName, at time: WireTime) {
        instruments(of: queue).cycle.record(Double(time.milliseconds) / 1000)
    }

    func have(places count: Int, taken: Int) {
        places.record(count)
        placesTaken.record(taken)
    }

    func lostLease() { leasesLost.increment() }

    /// An attempt was ended over the head of its code, which goes on.
    func overrunBegan() {
        overruns.increment()
        countOverruns(1)
    }

    /// The code of such an attempt has ended.
    func overrunEnded() { countOverruns(-1) }

    private func countOverruns(_ change: Int) {
        let count = instruments.withLockedValue { instruments in
            instruments.overruns += change
            return instruments.overruns
        }
        overrunning.record(count)
    }
}
