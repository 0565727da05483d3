/// How often tasks of a name may begin, in the forms of Celery's `rate_limit` (celery.utils.time, `rate`).
public struct TaskRate: Sendable, Hashable, CustomStringConvertible {
    /// Tasks in each `period`; 0 for no bound.
    public let tasks: Double
    public let period: Duration

    /// No bound.
    public static let unlimited = TaskRate(tasks: 0, period: .seconds(1))

    private init(tasks: Double, period: Duration) {
        self.tasks = tasks
        self.period = period
    }

    /// So many a second; 0 for no bound.
    ///
    /// - Throws: `WorkerTuningError(.invalidRate)` for a number below zero, and one that is none.
    public init(perSecond tasks: Double) throws(WorkerTuningError) {
        guard tasks >= 0, tasks <= Self.most else { throw WorkerTuningError(.invalidRate) }
        self.init(tasks: tasks, period: .seconds(1))
    }

    /// Reads `10`, `0.5`, `100/s`, `10/m`, `1/h`.
    ///
    /// - Throws: `WorkerTuningError(.invalidRate)` for everything else.
    public init(_ text: String) throws(WorkerTuningError) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let isNumber = parts[0].utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
        guard isNumber, let tasks = Double(parts[0]), tasks <= Self.most else { throw WorkerTuningError(.invalidRate) }
        switch parts.dropFirst().first {
        case nil, "s": self.init(tasks: tasks, period: .seconds(1))
        case "m": self.init(tasks: tasks, period: .seconds(60))
        case "h": self.init(tasks: tasks, period: .seconds(3_600))
        default: throw WorkerTuningError(.invalidRate)
        }
    }

    /// More than any worker begins.
    private static let most = 1e9

    /// As the fleet's limit: evenly spread, as Celery's bucket of one token does it. Nil for no bound.
    var rate: QueueLimit.Rate? { tasks > 0 ? QueueLimit.Rate(tasks, per: period, burst: 1) : nil }

    public var description: String {
        let unit = period == .seconds(3_600) ? "h" : period == .seconds(60) ? "m" : "s"
        let number = tasks == tasks.rounded() ? "\(Int64(tasks))" : "\(tasks)"
        return "\(number)/\(unit)"
    }
}
