import NIOConcurrencyHelpers

/// The jobs that run for one queue, so that each can be cancelled on its own.
///
/// Each runs in a task of its own, not in a child of a group: a group can only cancel all its children.
final class RunningJobs: Sendable {
    private let table = NIOLockedValueBox(RunningTable())
    private let sooner = Signal()
    private let executor = JobExecutor()

    var count: Int { table.withLockedValue { $0.count } }

    /// Runs `body` for each of these. It ends itself with `finish`.
    func start(_ deliveries: [Delivery], _ body: @escaping @Sendable (Delivery) async -> Void) {
        table.withLockedValue { $0.start(deliveries) }
        let tasks = executor.gathering {
            deliveries.map { delivery in Task(executorPreference: executor) { await body(delivery) } }
        }
        let cancelled = table.withLockedValue { table in
            zip(deliveries, tasks).filter { delivery, task in table.attach(task, to: delivery.tag) }
        }
        for (_, task) in cancelled { task.cancel() }
    }

    /// The job's code begins, and the task of this delivery is known. Where it was cancelled a moment ago, so is the
    /// job.
    func begin(_ tag: Int64, _ id: TaskID, _ deadlines: AttemptDeadlines) {
        let (task, isSooner) = table.withLockedValue { $0.begin(tag, id, deadlines) }
        if isSooner { sooner.ring() }
        task?.cancel()
    }

    /// Cancels the job of a task, if it runs here or is about to.
    func cancel(_ id: TaskID) {
        let (task, isSooner) = table.withLockedValue { $0.cancel(id, at: .now) }
        if isSooner { sooner.ring() }
        task?.cancel()
    }

    func cancelAll(_ reason: CancellationReason) {
        for task in table.withLockedValue({ $0.cancelAll(reason, at: .now) }) { task.cancel() }
    }

    /// Tasks that have been running for so long, and for how long: some of them, where there are more than `most`.
    func long(atLeast time: Duration, atMost most: Int) -> [(TaskID, Duration)] {
        table.withLockedValue { $0.long(atLeast: time, atMost: most, at: .now) }
    }

    /// Looks at what is here.
    func look<Value>(_ body: (RunningTable) -> Value) -> Value { table.withLockedValue { body($0) } }

    /// A task that may run here was revoked: it goes on, and its mark ends with it.
    func noteRevoked(_ id: TaskID) { table.withLockedValue { $0.noteRevoked(id) } }

    /// Those of these tasks that were cancelled here a moment ago; each is told of once.
    func takeCancelled(among ids: Set<String>) -> Set<String> {
        table.withLockedValue { $0.takeCancelled(among: ids, at: .now) }
    }

    // MARK: Deadlines

    /// Cancels what is over its time, and returns what is over although its code goes on: the caller settles that, and
    /// counts it out with `leave`.
    func takeOverdue() -> [RunningTable.Overrun] {
        let demands = table.withLockedValue { $0.overdue(at: .now) }
        for task in demands.cancel { task.cancel() }
        return demands.end
    }

    /// Returns when the earliest deadline may have passed, or when the task is cancelled. One task waits.
    func waitForDeadline() async {
        while !Task.isCancelled {
            guard let next = table.withLockedValue({ $0.nextLook }) else {
                await sooner.wait()
                continue
            }
            if next <= .now { return }
            await sooner.wait(until: next)
        }
    }

    // MARK: Ends

    /// The job's code has ended; no deadline counts from here on.
    func end(_ tag: Int64) -> RunningTable.Ending { table.withLockedValue { $0.end(tag) } }

    /// Why the attempt was cancelled; nil where it was not.
    func reason(_ tag: Int64) -> CancellationReason? { table.withLockedValue { $0.reason(tag) } }

    /// The job's code comes to a step.
    func useStep(_ name: String, _ tag: Int64) -> RunningTable.StepUse {
        table.withLockedValue { $0.useStep(name, tag) }
    }

    /// A step threw: the job may come to it again.
    func releaseStep(_ name: String, _ tag: Int64) { table.withLockedValue { $0.releaseStep(name, tag) } }

    /// The job's code has spent so much of a limit in all.
    func add(child: ResultReference, _ tag: Int64) { table.withLockedValue { $0.add(child: child, tag) } }

    func spend(_ units: Int, of limit: LimitName, _ tag: Int64) {
        table.withLockedValue { $0.spend(units, of: limit, tag) }
    }

    /// The job's code does these tasks, too; false where its attempt is over.
    func absorb(_ deliveries: [Delivery], _ tag: Int64) -> Bool {
        table.withLockedValue { $0.absorb(deliveries, tag) }
    }

    /// Where the job's code writes to its output; nil where its attempt is over.
    func output(_ tag: Int64) -> OutputPosition? { table.withLockedValue { $0.output(tag) } }

    /// An attempt that was ended over the head of its code is settled.
    func leave(_ tag: Int64) {
        table.withLockedValue { $0.leave(tag) }
    }

    /// The task that ran the job is over: whether it was the last one, or belonged to an attempt that had been ended
    /// before.
    func finish(_ tag: Int64) -> (isLast: Bool, isOverrun: Bool) {
        table.withLockedValue { table in
            let isOverrun = table.finish(tag)
            return (table.count == 0, isOverrun)
        }
    }
}
