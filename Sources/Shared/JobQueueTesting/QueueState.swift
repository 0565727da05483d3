import JSON
import JobQueue

/// What a test queue holds, and where each task goes next. Decides, does no I/O.
struct QueueState {
    typealias Entry = QueueMemory.Entry

    /// A key of one queue.
    struct Key: Hashable {
        let queue: QueueName
        let text: String
    }

    var now: WireTime
    var records: [QueueMemory.Record] = []
    var states: [TaskID: TestedTaskState] = [:]
    /// Results that nobody was told of yet: whoever holds the lock tells them afterwards.
    var results: [(id: TaskID, text: [UInt8])] = []
    var failures: [(id: TaskID, name: TaskName, failure: TaskFailure)] = []
    var cancelled: Set<TaskID> = []
    /// Cancels the attempt that runs.
    var cancel: (@Sendable (TaskID) -> Void)?
    var running: Entry?
    /// The task that runs, where another has superseded it: whoever holds the lock cancels it afterwards.
    var superseded: TaskID?
    var isRunning = false
    var journals: [TaskID: [String: [UInt8]]] = [:]
    var outputs: [TaskID: WrittenOutput] = [:]
    var bodies: [String: [UInt8]] = [:]
    /// What the running attempt absorbed, by tag.
    var absorbed: [Int64: Entry] = [:]
    var chords = ChordMemory()
    var periodic: InlineSchedule
    /// When keys that must not be seen twice are forgotten.
    var seen: [Key: WireTime] = [:]

    private var ready: [Entry] = []
    private var scheduled: [(due: WireTime, entry: Entry)] = []
    private var parked: [Key: [Entry]] = [:]
    private var lanes: [Key: TaskID] = [:]
    private var uniques: [Key: (id: TaskID, end: WireTime)] = [:]
    private var bursts: [Key: (id: TaskID, first: WireTime)] = [:]

    init(now: WireTime, periodic jobs: PeriodicJobs) {
        self.now = now
        periodic = InlineSchedule(jobs, at: now)
    }

    var unfinishedCount: Int {
        ready.count + scheduled.count + parked.values.reduce(0) { $0 + $1.count } + absorbed.count
            + (running == nil ? 0 : 1)
    }

    // MARK: Taking in

    /// As the script does that enqueues.
    mutating func receive(_ incoming: IncomingTask, in queue: QueueName) -> EnqueueFate {
        let task = incoming.task
        let keys = incoming.deduplicationKeys.map { Key(queue: queue, text: $0) }
        if keys.contains(where: { seen[$0].map { $0 > now } ?? false }) { return .seen }
        let unique = incoming.uniqueness.map { Key(queue: queue, text: $0.key) }
        if let unique, let holder = uniques[unique], holder.end > now { return .taken(by: holder.id) }
        for key in keys { seen[key] = now.advanced(by: incoming.deduplicationMemory) }
        if let unique, let lifetime = incoming.uniqueness?.lifetime {
            uniques[unique] = (task.id, now.advanced(by: lifetime))
        }
        if let reference = task.bodyReference { bodies[reference] = task.encodedBody?.bytes }
        let entry = Entry(incoming, in: queue)
        var due = task.eta
        if let debounce = incoming.debounce {
            let key = Key(queue: queue, text: debounce.key)
            var first = now
            if let burst = bursts[key], let at = scheduled.firstIndex(where: { $0.entry.id == burst.id }) {
                first = burst.first
                drop(scheduled.remove(at: at).entry)
            }
            bursts[key] = (task.id, first)
            due = min(now.advanced(by: debounce.wait), max(now, first.advanced(by: debounce.longestWait)))
        }
        records.append(QueueMemory.Record(incoming: incoming, time: now, due: due))
        if let due, due > now { schedule(entry, due) } else { append(entry) }
        return .added
    }

    private mutating func append(_ entry: Entry) {
        states[entry.id] = .ready
        ready.append(entry)
    }

    private mutating func putFirst(_ entry: Entry) {
        states[entry.id] = .ready
        ready.insert(entry, at: 0)
    }

    private mutating func schedule(_ entry: Entry, _ due: WireTime) {
        states[entry.id] = .scheduled(due)
        let at = scheduled.firstIndex { $0.due > due } ?? scheduled.endIndex
        scheduled.insert((due, entry), at: at)
    }

    /// It made way for another.
    private mutating func drop(_ entry: Entry) {
        states[entry.id] = .dropped
        forget(entry)
    }

    private mutating func forget(_ entry: Entry) {
        if let key = entry.uniqueKey { freeUnique(key, of: entry.id, in: entry.queue) }
        if let reference = entry.bodyReference { bodies[reference] = nil }
        journals[entry.id] = nil
        cancelled.remove(entry.id)
    }

    mutating func freeUnique(_ key: String, of id: TaskID, in queue: QueueName) {
        let key = Key(queue: queue, text: key)
        if uniques[key]?.id == id { uniques[key] = nil }
    }

    // MARK: Handing out

    /// The next task to be run; nil where nothing is due.
    mutating func next() -> Entry? {
        moveDue()
        while let first = ready.first {
            // The most urgent of its queue goes first, in kombu's steps.
            let step = ready.lazy.filter { $0.queue == first.queue }.map(\.step).min() ?? first.step
            let at = ready.firstIndex { $0.queue == first.queue && $0.step == step } ?? 0
            let entry = ready.remove(at: at)
            guard enters(entry) else { continue }
            states[entry.id] = .running
            running = entry
            if let lane = entry.lane { lookAtOthers(of: lane) }
            return entry
        }
        return nil
    }

    /// A worker with places to spare takes everything, and finds that these must wait for the one that runs.
    private mutating func lookAtOthers(of lane: Key) {
        let others = ready.filter { $0.lane == lane && !cancelled.contains($0.id) }
        guard !others.isEmpty else { return }
        ready.removeAll { $0.lane == lane && !cancelled.contains($0.id) }
        for entry in others where enters(entry) { ready.append(entry) }
    }

    /// What is due goes to the front, the earliest first.
    private mutating func moveDue() {
        let due = scheduled.prefix { $0.due <= now }.map(\.entry)
        scheduled.removeFirst(due.count)
        for entry in due.reversed() { putFirst(entry) }
    }

    /// When the clock must be moved to for something to be due; nil where nothing is scheduled.
    var nextDue: WireTime? { scheduled.first?.due }

    /// Whether its ordering key lets it run; else it was put where it waits, or dropped. What was cancelled ends where
    /// it is handed out.
    private mutating func enters(_ entry: Entry) -> Bool {
        guard let lane = entry.lane, !cancelled.contains(entry.id) else { return true }
        guard let holder = lanes[lane], holder != entry.id else {
            lanes[lane] = entry.id
            return true
        }
        switch entry.whileBusy {
        case .queue: break
        case .drop:
            drop(entry)
            return false
        case .latest: dropParked(lane)
        case .supersede:
            dropParked(lane)
            cancelled.insert(holder)
            if running?.id != holder {
                // It waits for a retry, and ends when that is due.
                lanes[lane] = entry.id
                return true
            }
            superseded = holder
        }
        states[entry.id] = .parked
        parked[lane, default: []].append(entry)
        return false
    }

    private mutating func dropParked(_ lane: Key) {
        for entry in parked.removeValue(forKey: lane) ?? [] { drop(entry) }
    }

    /// Cancels the holder of an ordering key and drops what waits for it.
    mutating func cancelAll(of lane: Key) -> CancelledLane {
        let dropped = parked[lane]?.count ?? 0
        dropParked(lane)
        let holder = lanes[lane]
        if let holder { cancelled.insert(holder) }
        return CancelledLane(holder: holder, dropped: dropped)
    }

    private mutating func leave(_ lane: Key, _ id: TaskID) {
        guard lanes[lane] == id else { return }
        guard let next = parked[lane]?.first else {
            lanes[lane] = nil
            return
        }
        parked[lane]?.removeFirst()
        lanes[lane] = next.id
        putFirst(next)
    }

    /// Hands over what waits for an ordering key, up to the first of another name or that was cancelled.
    mutating func absorb(
        _ key: OrderingKey,
        as name: TaskName,
        from first: Int64,
        atMost most: Int,
        in queue: QueueName
    ) -> [[UInt8]] {
        let lane = Key(queue: queue, text: key.rawValue)
        lookAtOthers(of: lane)
        let taken = (parked[lane] ?? []).prefix(most).prefix { $0.name == name && !cancelled.contains($0.id) }
        parked[lane]?.removeFirst(taken.count)
        for (index, entry) in taken.enumerated() {
            states[entry.id] = .running
            absorbed[first + Int64(index)] = entry
        }
        return taken.map(\.message)
    }

    // MARK: Settling

    /// As the script does that settles.
    ///
    /// - Parameters:
    ///   - entry: The task.
    ///   - ending: What a worker would make of it.
    ///   - isIgnored: Whether it wanted no outcome, which leaves no trace in the ending.
    /// - Returns: How the attempt ended.
    mutating func settle(_ entry: Entry, _ ending: InlineEnding, isIgnored: Bool) -> TestedAttempt.Outcome {
        running = nil
        cancel = nil
        superseded = nil
        // The last first: each is put before what waits for the ordering key.
        for other in ending.absorbed.reversed() {
            guard let entry = absorbed.removeValue(forKey: other.tag) else { continue }
            _ = place(entry, other)
        }
        // What was handed over and has no end of its own goes back.
        for (_, entry) in absorbed.sorted(by: { $0.key > $1.key }) { park(entry) }
        absorbed = [:]
        let outcome = place(entry, ending)
        guard isIgnored, outcome == .succeeded else { return outcome }
        states[entry.id] = .ignored
        return .ignored
    }

    private mutating func park(_ entry: Entry) {
        guard let lane = entry.lane else { return putFirst(entry) }
        states[entry.id] = .parked
        parked[lane, default: []].insert(entry, at: 0)
    }

    private mutating func place(_ entry: Entry, _ ending: InlineEnding) -> TestedAttempt.Outcome {
        if let result = ending.result { results.append((entry.id, result)) }
        let outcome: TestedAttempt.Outcome
        switch ending.fate {
        case .later(let due, let message):
            var entry = entry
            entry.message = message
            entry.attempt += 1
            if due > now { schedule(entry, due) } else { putFirst(entry) }
            outcome = .retried(at: due)
        case .returned:
            putFirst(entry)
            return .returned
        case .parked:
            park(entry)
            return .returned
        case .done, .dead: outcome = end(entry, ending)
        }
        if ending.leavesLane != nil, let lane = entry.lane { leave(lane, entry.id) }
        if let key = ending.freesUniqueKey { freeUnique(key, of: entry.id, in: entry.queue) }
        if let plan = ending.plan { follow(plan) }
        return outcome
    }

    private mutating func end(_ entry: Entry, _ ending: InlineEnding) -> TestedAttempt.Outcome {
        let state = ending.result.flatMap { try? JSONValue(parsing: $0) }
        let error = ending.letter.flatMap { try? JSONValue(parsing: $0) }?["error"] ?? state?["result"]
        if ending.isReplaced {
            if let reference = entry.bodyReference { bodies[reference] = nil }
            // Its id waits for what has it next.
            states[entry.id] = nil
            return .replaced
        }
        journals[entry.id] = nil
        cancelled.remove(entry.id)
        if case .dead = ending.fate {
            // Its body stays, as it does with a dead letter.
        } else if let reference = entry.bodyReference {
            bodies[reference] = nil
        }
        if ending.isRevoked {
            states[entry.id] = .revoked
            return .revoked
        }
        var isFailed = state?["status"]?.string == "FAILURE"
        if case .dead = ending.fate { isFailed = true }
        guard isFailed else {
            states[entry.id] = .succeeded
            return .succeeded
        }
        let failure = TaskFailure(stored: error)
        states[entry.id] = .failed(failure)
        failures.append((entry.id, entry.name, failure))
        return .failed(failure)
    }
}

extension TaskFailure {
    /// As Celery's exception object has it.
    init(stored error: JSONValue?) {
        self.init(
            type: error?["exc_type"]?.string ?? "Exception",
            message: error?["exc_message"]?.array?.first?.string ?? "",
            module: error?["exc_module"]?.string ?? "jobqueue"
        )
    }
}
