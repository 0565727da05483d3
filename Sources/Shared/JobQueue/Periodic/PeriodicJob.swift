import FoundationEssentials
package import JSON

/// A task that is enqueued again and again, and when.
public struct PeriodicJob: Sendable, Hashable {
    /// Who says that there is such a job.
    public enum Source: String, Sendable, Hashable {
        /// The program.
        case code
        /// Its configuration.
        case configuration
        /// An operator, or another program, while it runs.
        case runTime = "run time"
    }

    /// What it is called: 1 to 128 ASCII letters, digits, `-`, `_`, `.` and `:`. Part of the ids of its tasks.
    public let name: String
    public var schedule: Schedule
    public let task: TaskName
    /// Positional arguments.
    package let arguments: [JSONValue]
    /// Arguments by name.
    package let keywords: JSONObject
    public var queue: QueueName
    /// 0, the most urgent and the default, to 9; see ``EnqueueOptions/priority``.
    public var priority = 0
    /// Not to run once so much time has passed since it was enqueued; by default it always runs.
    public var expires: Duration?
    /// What its tasks have in common with others that must run one at a time; none by default.
    public var orderingKey: OrderingKey?
    /// What becomes of times that passed meanwhile.
    public var catchUp = CatchUp.once
    /// Times that passed longer ago than this are not made up for, whatever ``catchUp`` says; by default all are.
    public var catchUpWithin: Duration?
    /// No sooner than then; also where an interval counts from.
    public var start: WireTime?
    /// No later than then.
    public var end: WireTime?
    /// Each time is put off by a part of this that differs from job to job and time to time; nothing by default.
    public var jitter = Duration.zero
    public var source = Source.code
    /// Which of several programs on one Redis it belongs to; each looks after its own.
    public var owner = Self.defaultOwner

    public static let defaultOwner = "default"

    /// The beginning of the deduplication keys of its tasks, behind which comes `:` and the time (ms); nil for none.
    ///
    /// For what can be enqueued, or was, without a scheduler's knowledge of it. A process that starts brings a job that has
    /// one with the times of the last ``catchUpWithin``, as the key tells which of them happened.
    package var seenAs: String?

    /// A job of this program.
    ///
    /// - Parameters:
    ///   - name: What it is called.
    ///   - job: What is to run; its queue unless `queue` is set.
    ///   - arguments: The same each time.
    ///   - schedule: When.
    /// - Throws: `ScheduleProblem` for a name that cannot be used and arguments that are no JSON object.
    public init<J: Job>(
        _ name: String,
        _ job: J.Type,
        _ arguments: J.Arguments,
        on schedule: Schedule
    ) throws(ScheduleProblem) {
        var keywords = JSONObject()
        if !(arguments is NoArguments) {
            guard let text = try? JSONEncoder().encode(arguments), let value = try? JSONValue(parsing: Array(text)),
                let object = value.object
            else { throw ScheduleProblem("kwargs", "the arguments of \(J.name) are no JSON object") }
            keywords = object
        }
        try self.init(name: name, task: J.name, [], keywords, queue: J.queue, on: schedule)
    }

    /// A job that another program may run.
    package init(
        name: String,
        task: TaskName,
        _ arguments: [JSONValue],
        _ keywords: JSONObject,
        queue: QueueName,
        on schedule: Schedule
    ) throws(ScheduleProblem) {
        guard Self.isName(name) else {
            throw ScheduleProblem(
                "name",
                "expected 1 to 128 letters, digits, -, _, . and :; got \(ScheduleProblem.quote(name))"
            )
        }
        func isPlain(_ text: String) -> Bool { (1...255).contains(text.utf8.count) && KeyText.isPlain(text) }
        guard isPlain(task.rawValue) else {
            throw ScheduleProblem("task", "expected a task's name, such as minutes.generate")
        }
        guard isPlain(queue.rawValue) else {
            throw ScheduleProblem("queue", "expected a queue's name, such as background")
        }
        let bytes = JSONValue.array(arguments).bytes.count + JSONValue.object(keywords).bytes.count
        guard bytes <= Self.mostArgumentBytes else {
            throw ScheduleProblem("kwargs", "at most \(Self.mostArgumentBytes) bytes of arguments, got \(bytes)")
        }
        self.name = name
        self.task = task
        self.arguments = arguments
        self.keywords = keywords
        self.queue = queue
        self.schedule = schedule
    }

    /// The longest arguments, as JSON, in bytes: they stand in Redis for as long as the job is there.
    static let mostArgumentBytes = 64 << 10

    private static func isName(_ name: String) -> Bool {
        (1...128).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                    UInt8(ascii: ":"):
                    true
                default: false
                }
            }
    }

    /// Checks what no field shows alone.
    ///
    /// - Throws: `ScheduleProblem`.
    func validate() throws(ScheduleProblem) {
        guard (0...9).contains(priority) else { throw ScheduleProblem("priority", "expected 0 to 9, got \(priority)") }
        guard jitter >= .zero, jitter <= .seconds(86_400) else {
            throw ScheduleProblem("jitter", "expected 0 to 86400 seconds")
        }
        if let expires, expires < .seconds(1) || expires > .seconds(366 * 86_400) {
            throw ScheduleProblem("expires", "expected 1 second to a year")
        }
        if case .all(let atMost) = catchUp, !(1...CatchUp.mostAtOnce).contains(atMost) {
            throw ScheduleProblem("at_most", "expected 1 to \(CatchUp.mostAtOnce), got \(atMost)")
        }
        if let catchUpWithin, catchUpWithin < .seconds(1) || catchUpWithin > .seconds(366 * 86_400) {
            throw ScheduleProblem("catch_up_within", "expected 1 second to a year")
        }
        if let start, let end, end < start { throw ScheduleProblem("end", "it is before the start") }
    }
}

extension PeriodicJob {
    /// The first time after another at which it is to happen; nil where there is none any more.
    package func next(after time: WireTime) -> WireTime? {
        // What is to happen at the very start is after the millisecond before.
        let earliest = start.map { WireTime(milliseconds: $0.milliseconds - 1) } ?? time
        guard let next = schedule.next(after: max(time, earliest), anchor: start) else { return nil }
        return end.map { next > $0 } == true ? nil : next
    }

    /// The id of the task of one time: the same whoever enqueues it.
    func taskID(at time: WireTime) -> TaskID { TaskID("\(name)@\(time.milliseconds)") }

    /// The deduplication key of the task of one time.
    func seenKey(at time: WireTime) -> String? { seenAs.map { "\($0):\(time.milliseconds)" } }

    /// From when on its times count where it is brought by a process that starts.
    func earliest(at now: WireTime) -> WireTime {
        guard seenAs != nil, let catchUpWithin else { return now }
        return WireTime(milliseconds: now.milliseconds - catchUpWithin.milliseconds)
    }

    /// By how much the task of one time is put off: always by the same.
    func delay(at time: WireTime) -> Duration {
        guard jitter > .zero else { return .zero }
        // FNV-1a, 64 bits: spreads what differs little, and is the same in every process.
        let hash = "\(name)@\(time.milliseconds)".utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01B3
        }
        return .milliseconds(Int64((hash >> 11) % UInt64(jitter.milliseconds)))
    }
}
