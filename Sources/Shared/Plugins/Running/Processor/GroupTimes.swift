/// What the kernel says of one process.
struct ProcessTimes: Sendable, Equatable {
    let process: Int32
    let parent: Int32
    /// The number of its process group.
    let group: Int32
    /// When it started, in ticks; number and start together are one process only.
    let start: UInt64
    /// The processor's time that it took itself.
    let own: Duration
    /// That of its children that have ended and that it has waited for, and of theirs.
    let reaped: Duration
}

/// Counts the processor's time of a process group from look to look, processes that come and go between two looks
/// included, if somebody of the group waits for them. No I/O.
struct GroupTimes: Sendable {
    private var known: [Int32: ProcessTimes] = [:]

    /// - Parameter processes: All of the group that are there now.
    /// - Returns: What the group took since the last look; at the first, since it began.
    mutating func take(_ processes: [ProcessTimes]) -> Duration {
        var used = Duration.zero
        var reaped: [Int32: Duration] = [:]
        for process in processes {
            let before = known[process.process].flatMap { $0.start == process.start ? $0 : nil }
            used += process.own - (before?.own ?? .zero)
            reaped[process.process] = process.reaped - (before?.reaped ?? .zero)
        }
        let now = Dictionary(processes.map { ($0.process, $0) }) { _, last in last }
        // What ended was counted while it lived; now its parent has that time, too.
        for (number, gone) in known where now[number]?.start != gone.start {
            reaped[gone.parent]? -= gone.own + gone.reaped
        }
        known = now
        return reaped.values.reduce(used) { $0 + max($1, .zero) }
    }
}
