import JSON

/// What became of a periodic job so far.
package struct PeriodicState: Sendable, Equatable {
    /// The latest time that was made to happen.
    package var last: WireTime?
    /// Its task.
    package var lastTask: TaskID?
    /// How many tasks were enqueued for it.
    package var count: Int64 = 0
    /// The latest time that was passed over, as it was missed.
    package var skipped: WireTime?

    package init() {}

    /// Reads what `bytes` wrote; what is none of ours is as nothing.
    package init(_ text: [UInt8]?) {
        let json = text.flatMap { try? JSONValue(parsing: $0) }
        last = json?["last"]?.integer.map { WireTime(milliseconds: $0) }
        lastTask = json?["task"]?.string.map { TaskID($0) }
        count = json?["count"]?.integer ?? 0
        skipped = json?["skipped"]?.integer.map { WireTime(milliseconds: $0) }
    }

    var bytes: [UInt8] {
        let json: JSONValue = [
            "last": last.map { .integer($0.milliseconds) } ?? .null,
            "task": lastTask.map { .string($0.rawValue) } ?? .null, "count": .integer(count),
            "skipped": skipped.map { .integer($0.milliseconds) } ?? .null,
        ]
        return json.bytes
    }
}
