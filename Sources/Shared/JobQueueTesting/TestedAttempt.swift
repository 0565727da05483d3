public import JobQueue

/// One attempt that a test queue ran.
public struct TestedAttempt: Sendable, CustomStringConvertible {
    /// How an attempt ended.
    public enum Outcome: Sendable, Hashable {
        case succeeded
        /// Another attempt follows at this time: it failed, or was put off.
        case retried(at: WireTime)
        /// It failed for good.
        case failed(TaskFailure)
        /// It was cancelled or out of date.
        case revoked
        /// Others took its place (`JobContext.replace`); the last of them has its id.
        case replaced
        /// It wanted no outcome (`JobContext.Ignore`).
        case ignored
        /// Its task went back to where it came from.
        case returned
    }

    public let taskID: TaskID
    public let taskName: TaskName
    /// 1 for the first attempt, one more with each retry.
    public let number: Int
    /// When it ran, by the queue's clock.
    public let time: WireTime
    public let outcome: Outcome
    /// What the job, or middleware, threw; nil where it returned, or was not run at all.
    public let error: (any Error)?

    /// Why the task failed for good; nil where it did not.
    public var failure: TaskFailure? {
        if case .failed(let failure) = outcome { failure } else { nil }
    }

    public var description: String {
        let how: String
        switch outcome {
        case .succeeded: how = "succeeded"
        case .retried(let time): how = "will be retried at \(time.text)"
        case .failed(let failure): how = "failed for good: \(failure.type): \(failure.message)"
        case .revoked: how = "was revoked"
        case .replaced: how = "was replaced by others"
        case .ignored: how = "ended without an outcome"
        case .returned: how = "was given back"
        }
        return "\(taskName) (\(taskID)), attempt \(number), \(how)" + (error.map { " [\($0)]" } ?? "")
    }
}

/// Where a task of a test queue is.
public enum TestedTaskState: Sendable, Hashable {
    /// It is run as soon as the queue is told to.
    case ready
    /// It waits for this time.
    case scheduled(WireTime)
    /// It waits for its ordering key.
    case parked
    case running
    case succeeded
    case failed(TaskFailure)
    /// It was cancelled or out of date.
    case revoked
    /// It wanted no outcome (`JobContext.Ignore`).
    case ignored
    /// It made way for another one of its ordering key or its debounce key.
    case dropped
}

/// Tasks failed for good that a test did not expect to.
public struct TasksFailed: Error, CustomStringConvertible {
    /// The last attempt of each.
    public let attempts: [TestedAttempt]

    public var description: String { attempts.map(\.description).joined(separator: "\n") }
}

/// A mistake of the test.
public enum TestQueueMisuse: Error, Hashable, CustomStringConvertible {
    /// A queue runs its tasks in one place at a time, and a job cannot run its own queue.
    case alreadyRunning
    /// 10,000 attempts in one call: tasks that enqueue each other for ever?
    case endless
    /// Not one task of that name was taken in but so many, among all these.
    case notOne(Int, of: TaskName, all: [TaskName])

    public var description: String {
        switch self {
        case .alreadyRunning: "the queue is running already"
        case .endless: "10,000 attempts in one call: tasks seem to enqueue each other for ever"
        case .notOne(let count, let name, let all):
            "\(count) tasks \(name) were enqueued instead of one; all: "
                + (all.isEmpty ? "none" : all.map(\.rawValue).joined(separator: ", "))
        }
    }
}
