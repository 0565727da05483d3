/// What is to be done about a job whose time has come. Decides, knows no clock and no Redis.
struct PeriodicTick: Sendable, Equatable {
    /// The times to make happen, in their order.
    let times: [WireTime]
    /// When it is due next; nil for never.
    let next: WireTime?
    /// What will have become of it.
    let state: PeriodicState

    /// - Parameters:
    ///   - job: The job.
    ///   - state: What became of it so far.
    ///   - due: The time that has come, or passed.
    ///   - now: Redis' time.
    init(_ job: PeriodicJob, _ state: PeriodicState, due: WireTime, now: WireTime) {
        let latest = Self.latest(of: job, from: due, through: now)
        let within = job.catchUpWithin
        times = job.catchUp.chosen(
            of: latest.filter { time in within.map { time.advanced(by: $0) >= now } ?? true },
            now: now
        )
        next = job.next(after: now)
        var state = state
        if let last = times.last {
            state.last = last
            state.lastTask = job.taskID(at: last)
            state.count &+= Int64(times.count)
        } else {
            state.skipped = latest.last
        }
        self.state = state
    }

    /// The latest times that have come, as many as the job makes up for at most.
    ///
    /// It looks back from now, further each time, as after a long outage a short interval would have millions of them.
    private static func latest(of job: PeriodicJob, from due: WireTime, through now: WireTime) -> [WireTime] {
        let wanted = job.catchUp.wanted
        var reach: Int64 = 60_000
        while true {
            let start = max(due.milliseconds, now.milliseconds - reach)
            var found: [WireTime] = start == due.milliseconds ? [due] : []
            var time = WireTime(milliseconds: start)
            while let next = job.next(after: time), next <= now {
                found.append(next)
                if found.count > 2 * wanted { found.removeFirst(wanted) }
                time = next
            }
            if found.count >= wanted || start == due.milliseconds { return found.suffix(wanted) }
            reach *= 4
        }
    }
}
