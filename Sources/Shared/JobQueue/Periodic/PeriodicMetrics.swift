import Metrics

/// What a scheduler counts. Made once.
struct PeriodicMetrics: Sendable {
    /// 1 while this one leads.
    private let leading = Gauge(label: "periodic_leading")
    private let tasks = Counter(label: "periodic_tasks_total")
    /// Jobs that were passed over, as their time was missed.
    private let missed = Counter(label: "periodic_missed_total")
    /// Steps that did not come about, to be repeated.
    private let failures = Counter(label: "periodic_failures_total")
    /// How long after its time a job happened.
    private let lateness = Metrics.Timer(label: "periodic_lateness_seconds")

    func leads(_ isLeading: Bool) { leading.record(isLeading ? 1 : 0) }

    func failed() { failures.increment() }

    func done(_ tick: PeriodicTick, now: WireTime) {
        guard let last = tick.times.last else { return missed.increment() }
        tasks.increment(by: tick.times.count)
        lateness.recordMilliseconds(max(0, now.milliseconds - last.milliseconds))
    }
}
