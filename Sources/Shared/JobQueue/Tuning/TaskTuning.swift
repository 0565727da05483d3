import NIOConcurrencyHelpers

/// What a worker was told of tasks by their names while it runs, and how many of each it has begun.
final class TaskTuning: Sendable {
    private struct State {
        var timeLimits: [TaskName: TaskTimeLimit] = [:]
        var rates: [TaskName: TaskRate] = [:]
        var accepted: [TaskName: Int] = [:]
    }

    private let state = NIOLockedValueBox(State())

    /// Counts an attempt that begins.
    ///
    /// - Parameters:
    ///   - name: Of a registered job: others have no bound.
    ///   - own: The limits that the message brought.
    ///   - job: The job.
    /// - Returns: The limits that hold for it: the message's own where it names any, as in Celery, else what the worker
    ///   was told, else the job's.
    func begin(_ name: TaskName, _ own: TaskTimeLimit, _ job: JobRegistry.Entry) -> TimeLimits {
        let told = state.withLockedValue { state in
            state.accepted[name, default: 0] += 1
            return state.timeLimits[name]
        }
        return TimeLimits(own.isEmpty ? told ?? own : own, job)
    }

    /// Sets the limits of attempts that begin from now on; nil for the job's own.
    func set(_ limit: TaskTimeLimit?, for name: TaskName) {
        state.withLockedValue { $0.timeLimits[name] = limit }
    }

    func timeLimit(of name: TaskName) -> TaskTimeLimit? { state.withLockedValue { $0.timeLimits[name] } }

    /// Remembers how often a task may begin, for queues that are joined later; nil for no bound.
    func set(_ rate: TaskRate?, for name: TaskName) {
        state.withLockedValue { $0.rates[name] = rate }
    }

    /// What the worker was told of how often tasks may begin.
    var rates: [TaskName: TaskRate] { state.withLockedValue { $0.rates } }

    /// Attempts that began, by name.
    var accepted: [TaskName: Int] { state.withLockedValue { $0.accepted } }
}

extension TaskTimeLimit {
    var isEmpty: Bool { hard == nil && soft == nil }
}
