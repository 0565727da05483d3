/// What runs for one queue, and what is to be done about it. Decides; holds no lock and knows no clock.
struct RunningTable {
    typealias Instant = ContinuousClock.Instant

    /// An attempt that is ended over the head of its code.
    struct Overrun: Sendable {
        let delivery: Delivery
        let begun: Instant
        let ending: Ending
    }

    /// How the code of an attempt came to its end.
    struct Ending: Sendable {
        /// Why it was cancelled; nil where it was not.
        var reason: CancellationReason?
        /// The attempt had been ended over its head.
        var isOverrun = false
        /// It has stored results of steps.
        var usedSteps = false
        /// What it says it spent of its limits; nil where it says nothing.
        var spent: [LimitName: Int]?
        /// The tasks that it absorbed; nil for none.
        var absorbed: [Delivery]?
        /// The task was revoked, and went on: its mark ends with it.
        var isRevoked = false
        /// What it called.
        var children: [ResultReference] = []
    }

    enum StepUse: Sendable, Equatable { case first, duplicate, over }

    /// What the deadlines demand.
    struct Demands {
        var cancel: [Task<Void, Never>] = []
        var end: [Overrun] = []
    }

    private struct Running {
        let delivery: Delivery
        var task: Task<Void, Never>?
        var id: TaskID?
        var reason: CancellationReason?
        /// Nil before the job's code has begun, and once the attempt has ended.
        var deadlines: AttemptDeadlines?
        /// Names of the steps that it has come to; nil for none.
        var steps: Set<String>?
        /// What it spent of its limits; nil where it has not said.
        var spent: [LimitName: Int]?
        /// The tasks that it absorbed; nil for none.
        var absorbed: [Delivery]?
        /// What it called; nil for nothing.
        var children: [ResultReference]?
        /// Where it writes to its output; nil where it has not yet.
        var output: OutputPosition?
        /// The task was revoked, and goes on here.
        var isRevoked = false

        mutating func end(isOverrun: Bool) -> Ending {
            deadlines = nil
            return Ending(
                reason: reason,
                isOverrun: isOverrun,
                usedSteps: steps != nil,
                spent: spent,
                absorbed: absorbed,
                isRevoked: isRevoked,
                children: children ?? []
            )
        }
    }

    private var jobs: [Int64: Running] = [:]
    /// Attempts that are over although their code goes on.
    private var overruns: Set<Int64> = []
    /// Cancelled lately: a job may begin just after it was asked for.
    private var cancelled: [TaskID] = []
    private static let remembered = 1000
    /// Those of them that ran here.
    private var ended = CancelledAttempts()
    /// Set once all were cancelled; what starts later is cancelled at once.
    private var endedBy: CancellationReason?
    /// When somebody must look at the deadlines; nil for never.
    private(set) var nextLook: Instant?

    /// How many attempts are not over.
    var count: Int { jobs.count }

    mutating func start(_ deliveries: [Delivery]) {
        for delivery in deliveries { jobs[delivery.tag] = Running(delivery: delivery, reason: endedBy) }
    }

    /// - Returns: whether the task is to be cancelled at once.
    mutating func attach(_ task: Task<Void, Never>, to tag: Int64) -> Bool {
        guard let place = jobs.index(forKey: tag) else { return false }
        jobs.values[place].task = task
        return jobs.values[place].reason != nil
    }

    /// The job's code begins.
    ///
    /// - Returns: the task, where it was cancelled a moment ago; whether `nextLook` moved forward.
    mutating func begin(
        _ tag: Int64,
        _ id: TaskID,
        _ deadlines: AttemptDeadlines
    ) -> (cancel: Task<Void, Never>?, isSooner: Bool) {
        guard let place = jobs.index(forKey: tag) else { return (nil, false) }
        jobs.values[place].id = id
        jobs.values[place].deadlines = deadlines
        guard !cancelled.isEmpty, cancelled.contains(id) else { return (nil, look(at: deadlines.next)) }
        let task = cancel(tag, .cancelled, at: deadlines.begun)
        return (task, look(at: jobs[tag]?.deadlines?.next))
    }

    /// Somebody cancels a task, which runs here, is about to, or is elsewhere.
    mutating func cancel(_ id: TaskID, at now: Instant) -> (cancel: Task<Void, Never>?, isSooner: Bool) {
        if !cancelled.contains(id) {
            if cancelled.count == Self.remembered { cancelled.removeFirst() }
            cancelled.append(id)
        }
        guard let tag = jobs.first(where: { $0.value.id == id })?.key else { return (nil, false) }
        let task = cancel(tag, .cancelled, at: now)
        return (task, look(at: jobs[tag]?.deadlines?.next))
    }

    /// Tasks that have been running for so long, and for how long.
    func long(atLeast time: Duration, atMost most: Int, at now: Instant) -> [(TaskID, Duration)] {
        var found: [(TaskID, Duration)] = []
        for job in jobs.values {
            guard found.count < most else { break }
            guard let id = job.id, let begun = job.deadlines?.begun, now - begun >= time else { continue }
            found.append((id, now - begun))
        }
        return found
    }

    /// What was fetched, the id of its task once its code has begun, and since when that runs.
    var everything: [(delivery: Delivery, id: TaskID?, begun: Instant?)] {
        jobs.values.map { ($0.delivery, $0.id, $0.deadlines?.begun) }
    }

    /// Somebody revokes a task, which goes on where it runs here.
    mutating func noteRevoked(_ id: TaskID) {
        guard let tag = jobs.first(where: { $0.value.id == id })?.key else { return }
        jobs[tag]?.isRevoked = true
    }

    mutating func cancelAll(_ reason: CancellationReason, at now: Instant) -> [Task<Void, Never>] {
        endedBy = reason
        return jobs.keys.compactMap { cancel($0, reason, at: now) }
    }

    /// Records why a job is cancelled; returns what to cancel, nil where it is cancelled already.
    private mutating func cancel(_ tag: Int64, _ reason: CancellationReason, at now: Instant) -> Task<Void, Never>? {
        guard let job = jobs[tag], job.reason == nil else { return nil }
        jobs[tag]?.reason = reason
        if reason == .cancelled, let id = job.id { ended.note(id, at: now) }
        if reason.hasGrace { jobs[tag]?.deadlines?.cancelled(at: now) } else { jobs[tag]?.deadlines = nil }
        return job.task
    }

    /// Those of these tasks that were cancelled here a moment ago; each is told of once.
    mutating func takeCancelled(among ids: Set<String>, at now: Instant) -> Set<String> {
        ended.take(among: ids, at: now)
    }

    // MARK: Deadlines

    /// What is due. What is ended stays in the table until `leave`.
    mutating func overdue(at now: Instant) -> Demands {
        var demands = Demands()
        nextLook = nil
        for tag in Array(jobs.keys) {
            guard let job = jobs[tag], var deadlines = job.deadlines else { continue }
            let due = deadlines.due(at: now)
            jobs[tag]?.deadlines = deadlines
            switch due {
            case .cancel(let reason):
                if let task = cancel(tag, reason, at: now) { demands.cancel.append(task) }
            case .end:
                overruns.insert(tag)
                if job.reason == nil, let task = job.task { demands.cancel.append(task) }
                guard let ending = jobs[tag]?.end(isOverrun: true) else { continue }
                demands.end.append(Overrun(delivery: job.delivery, begun: deadlines.begun, ending: ending))
            case nil: break
            }
            _ = look(at: jobs[tag]?.deadlines?.next)
        }
        return demands
    }

    private mutating func look(at instant: Instant?) -> Bool {
        guard let instant, nextLook.map({ instant < $0 }) ?? true else { return false }
        nextLook = instant
        return true
    }

    // MARK: Ends

    /// The job's code has ended; no deadline counts from here on.
    mutating func end(_ tag: Int64) -> Ending {
        let isOverrun = !overruns.isEmpty && overruns.contains(tag)
        guard let place = jobs.index(forKey: tag) else { return Ending(isOverrun: isOverrun) }
        return jobs.values[place].end(isOverrun: isOverrun)
    }

    /// Why the attempt was cancelled; nil where it was not.
    func reason(_ tag: Int64) -> CancellationReason? { jobs[tag]?.reason }

    /// The job's code comes to a step.
    mutating func useStep(_ name: String, _ tag: Int64) -> StepUse {
        guard let job = jobs[tag], job.reason != .leaseLost, !overruns.contains(tag) else { return .over }
        guard job.steps != nil else {
            jobs[tag]?.steps = [name]
            return .first
        }
        return jobs[tag]?.steps?.insert(name).inserted == true ? .first : .duplicate
    }

    /// A step threw: the job may come to it again.
    mutating func releaseStep(_ name: String, _ tag: Int64) { jobs[tag]?.steps?.remove(name) }

    /// The job's code has spent so much of a limit in all.
    mutating func spend(_ units: Int, of limit: LimitName, _ tag: Int64) {
        var spent = jobs[tag]?.spent ?? [:]
        spent[limit] = units
        jobs[tag]?.spent = spent
    }

    /// The job's code has called another task, or several. Only so many are told of.
    mutating func add(child: ResultReference, _ tag: Int64) {
        guard let count = jobs[tag].map({ $0.children?.count ?? 0 }), count < Self.mostChildren else { return }
        if count == 0 { jobs[tag]?.children = [child] } else { jobs[tag]?.children?.append(child) }
    }
    private static let mostChildren = 1_000

    /// The job's code does these tasks, too.
    ///
    /// - Returns: false where its attempt is over.
    mutating func absorb(_ deliveries: [Delivery], _ tag: Int64) -> Bool {
        guard let job = jobs[tag], job.reason != .leaseLost, !overruns.contains(tag) else { return false }
        jobs[tag]?.absorbed = (job.absorbed ?? []) + deliveries
        return true
    }

    /// Where the job's code writes to its output; nil where its attempt is over.
    mutating func output(_ tag: Int64) -> OutputPosition? {
        guard let job = jobs[tag], job.reason != .leaseLost, !overruns.contains(tag) else { return nil }
        if let output = job.output { return output }
        let output = OutputPosition()
        jobs[tag]?.output = output
        return output
    }

    /// The attempt is settled.
    mutating func leave(_ tag: Int64) { jobs[tag] = nil }

    /// The task that ran the job is over.
    ///
    /// - Returns: whether the attempt had been ended, and settled, over its head.
    mutating func finish(_ tag: Int64) -> Bool {
        if !overruns.isEmpty, overruns.remove(tag) != nil { return true }
        jobs[tag] = nil
        return false
    }
}
