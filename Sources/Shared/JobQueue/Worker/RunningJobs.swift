import NIOConcurrencyHelpers

/// Why a running job was cancelled; recorded first, since cancellation itself carries no reason.
enum CancellationReason: Sendable {
    case timeLimit
    /// Somebody cancelled the task.
    case cancelled
    /// The worker stops: the message goes back.
    case shutdown
    /// The lease is gone: the worker may no longer speak for the task.
    case leaseLost
}

/// The jobs that run for one queue, so that each can be cancelled on its own.
///
/// Each runs in a task of its own, not in a child of a group: a group can only cancel all its children.
final class RunningJobs: Sendable {
    private struct Running {
        var task: Task<Void, Never>?
        var id: TaskID?
        var reason: CancellationReason?
        var deadline: ContinuousClock.Instant?
    }

    private struct State {
        /// Cancelled lately: a job may begin just after it was asked for.
        var cancelled: [TaskID] = []
        var jobs: [Int64: Running] = [:]
        /// Set once all were cancelled; what starts later is cancelled at once.
        var endedBy: CancellationReason?

        /// Records why a job is cancelled; returns what to cancel, nil where it is cancelled already.
        mutating func cancel(_ tag: Int64, _ reason: CancellationReason) -> Task<Void, Never>? {
            guard let job = jobs[tag], job.reason == nil else { return nil }
            jobs[tag]?.reason = reason
            return job.task
        }
    }

    private let state = NIOLockedValueBox(State())
    private let emptied = Signal()

    var count: Int { state.withLockedValue { $0.jobs.count } }

    /// Runs `body` for each of these. It ends itself with `finish`.
    func start(_ deliveries: [Delivery], _ body: @escaping @Sendable (Delivery) async -> Void) {
        state.withLockedValue { state in
            for delivery in deliveries { state.jobs[delivery.tag] = Running(reason: state.endedBy) }
        }
        let tasks = deliveries.map { delivery in Task { await body(delivery) } }
        let cancelled = state.withLockedValue { state in
            zip(deliveries, tasks).filter { delivery, task in
                state.jobs[delivery.tag]?.task = task
                return state.jobs[delivery.tag]?.reason != nil
            }
        }
        for (_, task) in cancelled { task.cancel() }
    }

    /// The task of this delivery is known now, and may run until `deadline`. Where it was cancelled a moment ago, so is
    /// the job.
    func begin(_ tag: Int64, _ id: TaskID, until deadline: ContinuousClock.Instant) {
        let task = state.withLockedValue { state in
            state.jobs[tag]?.id = id
            state.jobs[tag]?.deadline = deadline
            return state.cancelled.contains(id) ? state.cancel(tag, .cancelled) : nil
        }
        task?.cancel()
    }

    /// Cancels the job of a task, if it runs here or is about to.
    func cancel(_ id: TaskID) {
        let task = state.withLockedValue { state in
            if !state.cancelled.contains(id) {
                if state.cancelled.count == Self.remembered { state.cancelled.removeFirst() }
                state.cancelled.append(id)
            }
            return state.jobs.first { $0.value.id == id }.flatMap { state.cancel($0.key, .cancelled) }
        }
        task?.cancel()
    }

    private static let remembered = 1000

    /// Why the job was cancelled; nil where it was not.
    func reason(_ tag: Int64) -> CancellationReason? {
        state.withLockedValue { $0.jobs[tag]?.reason }
    }

    /// - Returns: whether it was the last one.
    func finish(_ tag: Int64) -> Bool {
        let isEmpty = state.withLockedValue { state in
            state.jobs[tag] = nil
            return state.jobs.isEmpty
        }
        if isEmpty { emptied.ring() }
        return isEmpty
    }

    func cancelAll(_ reason: CancellationReason) {
        let tasks = state.withLockedValue { state in
            state.endedBy = reason
            for tag in state.jobs.keys where state.jobs[tag]?.reason == nil { state.jobs[tag]?.reason = reason }
            return state.jobs.values.compactMap(\.task)
        }
        for task in tasks { task.cancel() }
    }

    func cancelOverdue(at now: ContinuousClock.Instant) {
        let tasks = state.withLockedValue { state in
            var overdue: [Task<Void, Never>] = []
            for (tag, job) in state.jobs {
                guard let deadline = job.deadline, deadline <= now else { continue }
                if let task = state.cancel(tag, .timeLimit) { overdue.append(task) }
            }
            return overdue
        }
        for task in tasks { task.cancel() }
    }

    /// Returns once no job runs, or when the calling task is cancelled.
    func waitUntilEmpty() async {
        while count > 0, !Task.isCancelled { await emptied.wait() }
    }
}
