/// Why a running job was cancelled; recorded first, since cancellation itself carries no reason.
enum CancellationReason: Sendable, Equatable {
    case timeLimit
    case noProgress(ProgressDeadlineExceeded)
    /// Somebody cancelled the task.
    case cancelled
    /// The worker stops: the message goes back.
    case shutdown
    /// The lease is gone: the worker may no longer speak for the task.
    case leaseLost

    /// Whether code that does not heed the cancellation is soon ended over its head. Where it is not, the worker's end
    /// decides.
    var hasGrace: Bool {
        switch self {
        case .timeLimit, .noProgress, .cancelled: true
        case .shutdown, .leaseLost: false
        }
    }
}
