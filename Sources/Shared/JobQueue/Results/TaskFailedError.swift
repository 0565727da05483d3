/// A task failed for good: what its caller gets in place of the value.
public struct TaskFailedError: Error, Sendable, Hashable, CustomStringConvertible {
    public let taskID: TaskID
    /// The exception: its type, what it says, its module and its arguments.
    public let failure: TaskFailure
    /// Python's, or in its form.
    public let traceback: String?

    /// Names the exception and not what it says, which may hold anything.
    public var description: String { "task \(taskID) failed with \(failure.module).\(failure.type)" }
}

/// A task was cancelled, or expired before it ran: its caller gets this in place of the value.
public struct TaskRevokedError: Error, Sendable, Hashable, CustomStringConvertible {
    public let taskID: TaskID
    /// Celery's word: `revoked` before it ran, `terminated` while it ran, `expired`.
    public let reason: String

    public var description: String { "task \(taskID) was revoked: \(reason)" }
}

extension JobQueueError.Code {
    /// The result did not come in time.
    public static let resultTimeout = JobQueueError.Code(text: "the result did not come in time")
    /// The result was there and is not any more: somebody forgot it, or it has reached its age.
    public static let resultForgotten = JobQueueError.Code(text: "the result was forgotten, or is too old")
    /// What is stored cannot be read, or is of another type.
    public static let unreadableResult = JobQueueError.Code(text: "the result cannot be read")
}

extension ResultState {
    /// The value of a task that has ended.
    ///
    /// - Throws: `TaskFailedError`; `TaskRevokedError`; `JobQueueError(.unreadableResult)` where it is of another type.
    func outcome<Output: Decodable>(of id: TaskID, as type: Output.Type) throws -> Output {
        switch status {
        case .success:
            do {
                return try value.decode()
            } catch {
                throw JobQueueError(.unreadableResult, task: nil, cause: error)
            }
        case .revoked: throw TaskRevokedError(taskID: id, reason: failure?.message ?? "revoked")
        default:
            throw TaskFailedError(
                taskID: id,
                failure: failure ?? TaskFailure(type: "Exception", message: ""),
                traceback: traceback
            )
        }
    }
}
