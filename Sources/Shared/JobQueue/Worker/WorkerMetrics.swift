import Metrics
import NIOConcurrencyHelpers

/// What a worker counts. Each instrument is made once and kept.
final class WorkerMetrics: Sendable {
    enum Ending: String, Sendable {
        case succeeded, failed, retried, givenBack = "given_back", abandoned, expired, cancelled, unreadable

        init(_ outcome: Outcome) {
            switch outcome {
            case .succeeded: self = .succeeded
            case .failed: self = .failed
            case .retry, .rest: self = .retried
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
    }

    private let instruments = NIOLockedValueBox(Instruments())
    /// Redis' time of the last cycle that came back, per queue, in seconds since 1970.
    private let cycles: [QueueName: Gauge]
    /// How long tasks had been due when they were handed out.
    private let pickups: [QueueName: Metrics.Timer]
    private let leasesLost = Counter(label: "worker_leases_lost_total")
    private let overrunning = Gauge(label: "worker_overrunning_jobs")
    private let overruns = Counter(label: "worker_overruns_total")

    init(queues: [QueueName]) {
        cycles = Dictionary(
            queues.map { ($0, Gauge(label: "worker_last_cycle_seconds", dimensions: [("queue", $0.rawValue)])) },
            uniquingKeysWith: { first, _ in first }
        )
        pickups = Dictionary(
            queues.map { ($0, Metrics.Timer(label: "worker_pickup_seconds", dimensions: [("queue", $0.rawValue)])) },
            uniquingKeysWith: { first, _ in first }
        )
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
        pickups[queue]?.recordMilliseconds(max(0, now.milliseconds - due))
    }

    func cycled(_ queue: QueueName, at time: WireTime) {
        cycles[queue]?.record(Double(time.milliseconds) / 1000)
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
