/// The name of a task's state, as Celery writes it (celery.states). A job may set others of its own.
public struct ResultStatus: Sendable, Hashable, CustomStringConvertible, ExpressibleByStringLiteral {
    public let rawValue: String

    public init(_ rawValue: String) { self.rawValue = rawValue }
    public init(stringLiteral value: String) { rawValue = value }

    /// Nothing is stored: it waits, or nobody knows the task, or its result is forgotten or too old.
    public static let pending: ResultStatus = "PENDING"
    /// An attempt runs; stored only where that is asked for (`Job.tracksStart`).
    public static let started: ResultStatus = "STARTED"
    /// An attempt failed and another follows.
    public static let retry: ResultStatus = "RETRY"
    public static let success: ResultStatus = "SUCCESS"
    public static let failure: ResultStatus = "FAILURE"
    /// It was cancelled, or expired before it ran.
    public static let revoked: ResultStatus = "REVOKED"
    /// A task of a Python worker raised `Ignore`. Nobody takes it for an end (celery.states, `READY_STATES`).
    public static let ignored: ResultStatus = "IGNORED"
    /// What most jobs call their own state.
    public static let progress: ResultStatus = "PROGRESS"

    /// Whether nothing follows.
    public var isFinal: Bool { self == .success || self == .failure || self == .revoked }

    public var description: String { rawValue }

    /// Those that the queue writes itself, or that Celery's clients take for something else.
    private static let reserved: Set<ResultStatus> = [
        .pending, .started, .retry, .success, .failure, .revoked, .ignored, "RECEIVED", "REJECTED",
    ]

    /// Whether a job may set it: 1 to 64 capital letters, digits and underscores, and none that has a meaning already.
    var isCustom: Bool {
        (1...64).contains(rawValue.utf8.count) && !Self.reserved.contains(self)
            && rawValue.utf8.allSatisfy { (65...90).contains($0) || (48...57).contains($0) || $0 == 95 }
    }
}
