/// One task in a worker's hands.
struct Delivery: Sendable {
    let tag: Int64
    let raw: [UInt8]
    let queue: QueueName
    /// How many workers died holding it before.
    let crashes: Int
    /// Whether it was cancelled before it was handed out.
    let isCancelled: Bool
    /// Whether Redis could be asked for these two.
    var areMarksKnown = true
    /// Redis' clock minus this machine's, in milliseconds.
    let clockOffset: Int64
    /// The time, where a test owns the clock.
    var fixedTime: WireTime?

    /// Whether a worker died holding it, for all that is known.
    var mayHaveCrashed: Bool { crashes > 0 || !areMarksKnown }
    /// Whether Redis remembers something of it that ends with it.
    var mayHaveMarks: Bool { mayHaveCrashed || isCancelled }

    var now: WireTime { fixedTime ?? WireTime(milliseconds: WireTime.now.milliseconds + clockOffset) }
}
