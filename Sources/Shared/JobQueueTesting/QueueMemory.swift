import JobQueue
import NIOConcurrencyHelpers
import Redis

/// The places of a test queue, in memory, behind the ports of producer and attempts.
final class QueueMemory: TaskReceiver, AttemptStore {
    /// A task on its way.
    struct Entry: Sendable {
        let id: TaskID
        let name: TaskName
        let queue: QueueName
        /// 0 for the most urgent, then 3, 6 and 9: kombu's lists.
        let step: Int
        let lane: QueueState.Key?
        let whileBusy: LanePolicy
        /// The unique key that its ending frees, as the message has it.
        let uniqueKey: String?
        let bodyReference: String?
        var message: [UInt8]
        var attempt = 1

        init(_ incoming: IncomingTask, in queue: QueueName) {
            let task = incoming.task
            id = task.id
            name = task.name
            self.queue = queue
            step = task.priority / 3 * 3
            lane = task.orderingKey.map { QueueState.Key(queue: queue, text: $0.rawValue) }
            whileBusy = task.whileBusy
            uniqueKey = task.uniqueness?.key
            bodyReference = task.bodyReference
            message = incoming.message
        }
    }

    /// What was taken in.
    struct Record: Sendable {
        let incoming: IncomingTask
        let time: WireTime
        let due: WireTime?
        var task: NewTask { incoming.task }
    }

    private let state: NIOLockedValueBox<QueueState>
    private let resultMemory = ResultMemory()
    private let outputBells = OutputBells()
    private let bell = NIOLockedValueBox<AsyncStream<Void>.Continuation?>(nil)

    init(now: WireTime, periodic jobs: PeriodicJobs) {
        state = NIOLockedValueBox(QueueState(now: now, periodic: jobs))
    }

    // MARK: The test's side

    var now: WireTime { state.withLockedValue { $0.now } }
    var enqueued: [Record] { state.withLockedValue { $0.records } }
    var unfinishedCount: Int { state.withLockedValue { $0.unfinishedCount } }
    var failures: [(id: TaskID, name: TaskName, failure: TaskFailure)] { state.withLockedValue { $0.failures } }

    func forgetEnqueued() { state.withLockedValue { $0.records = [] } }
    func state(of id: TaskID) -> TestedTaskState? { state.withLockedValue { $0.states[id] } }
    func result(of id: TaskID) -> [UInt8]? { resultMemory.text(of: id) }
    var results: any ResultSource { resultMemory }
    var storedTexts: [String: [UInt8]] { resultMemory.all }
    func output(of id: TaskID) -> WrittenOutput { state.withLockedValue { $0.outputs[id] ?? WrittenOutput() } }

    /// - Returns: whether nobody else runs the queue.
    func begin() -> Bool {
        state.withLockedValue { state in
            defer { state.isRunning = true }
            return !state.isRunning
        }
    }

    func end() {
        state.withLockedValue { $0.isRunning = false }
        outputBells.ring()
    }

    var isRunning: Bool { state.withLockedValue { $0.isRunning } }

    func listenToOutput(_ ring: @escaping @Sendable () -> Void) -> ChannelListening { outputBells.listen(ring) }

    func next() -> Entry? { state.withLockedValue { $0.next() } }

    /// Enqueues the tasks of periodic jobs whose time has come. Called by who runs the queue.
    func takePeriodic(as producer: JobProducer) {
        let now = self.now
        var periodic = state.withLockedValue { $0.periodic }
        guard let due = periodic.next, due <= now else { return }
        // Not under the lock, as it calls middleware.
        let tasks = periodic.take(at: now, as: producer)
        state.withLockedValue { state in
            state.periodic = periodic
            for (task, queue) in tasks { _ = state.receive(task, in: queue) }
        }
    }

    /// - Parameters:
    ///   - end: The latest time.
    ///   - isPatient: Whether to go on where only periodic jobs are left.
    /// - Returns: whether something is due now that was not.
    func advance(toNextDueBefore end: WireTime, isPatient: Bool) -> Bool {
        state.withLockedValue { state in
            guard isPatient || state.nextDue != nil else { return false }
            guard let due = [state.nextDue, state.periodic.next].compactMap({ $0 }).min(), due <= end, due > state.now
            else { return false }
            state.now = due
            return true
        }
    }

    func advance(to time: WireTime) { state.withLockedValue { $0.now = max($0.now, time) } }

    func isCancelled(_ id: TaskID) -> Bool { state.withLockedValue { $0.cancelled.contains(id) } }

    /// The attempt of a task begins; `cancel` ends it early.
    func isRunning(_ entry: Entry, _ cancel: @escaping @Sendable (TaskID) -> Void) {
        state.withLockedValue { $0.cancel = cancel }
    }

    func settle(_ entry: Entry, _ ending: InlineEnding, isIgnored: Bool) -> TestedAttempt.Outcome {
        tellingResults { $0.settle(entry, ending, isIgnored: isIgnored) }
    }

    /// Changes the state, and tells who waits of the results that this brought.
    private func tellingResults<Value>(_ change: (inout QueueState) -> Value) -> Value {
        let (value, results) = state.withLockedValue { state in
            let value = change(&state)
            defer { state.results = [] }
            return (value, state.results)
        }
        for result in results { resultMemory.store(result.text, of: result.id) }
        return value
    }

    // MARK: The producer's side

    func receive(_ task: IncomingTask, in queue: QueueName) -> EnqueueFate {
        defer { ring() }
        return state.withLockedValue { $0.receive(task, in: queue) }
    }

    func receive(
        _ canvas: InlinePlan,
        unlessSeen key: String?,
        for memory: Duration,
        in queue: QueueName
    ) -> Bool {
        defer { ring() }
        return tellingResults { $0.receive(canvas, unlessSeen: key, for: memory, in: queue) }
    }

    /// Tells who serves the queue that there is news.
    private func ring() { bell.withLockedValue { $0 }?.yield() }

    /// News of what is enqueued from now on, until `stopListening`.
    func listen() -> AsyncStream<Void> {
        let (news, ring) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        bell.withLockedValue { $0 = ring }
        return news
    }

    func stopListening() {
        bell.withLockedValue { bell in
            defer { bell = nil }
            return bell
        }?.finish()
    }

    func cancel(_ id: TaskID, in queue: QueueName) {
        let cancel = state.withLockedValue { state in
            switch state.states[id] {
            case .succeeded, .failed, .revoked, .ignored, .dropped: break
            case nil, .ready, .scheduled, .parked, .running: state.cancelled.insert(id)
            }
            return state.running?.id == id ? state.cancel : nil
        }
        cancel?(id)
    }

    func cancelAll(of key: OrderingKey, in queue: QueueName) -> CancelledLane {
        let (lane, cancel) = state.withLockedValue { state in
            let lane = state.cancelAll(of: QueueState.Key(queue: queue, text: key.rawValue))
            return (lane, lane.holder != nil && state.running?.id == lane.holder ? state.cancel : nil)
        }
        if let holder = lane.holder { cancel?(holder) }
        return lane
    }

    func output(of id: TaskID, in queue: QueueName) -> WrittenOutput { output(of: id) }

    // MARK: The attempts' side

    /// Whether the attempt is the one that runs: code that goes on beyond its hard limit may not write any more.
    private func write<Value>(
        by attempt: AttemptIdentity,
        _ body: (inout QueueState) -> Value
    ) throws(JobQueueError) -> Value {
        let value = state.withLockedValue { state -> Value? in
            guard state.running?.id == attempt.id else { return nil }
            return body(&state)
        }
        guard let value else { throw .leaseLost }
        return value
    }

    func step(_ name: String, of id: TaskID) async throws(RedisError) -> [UInt8]? {
        state.withLockedValue { $0.journals[id]?[name] }
    }

    func record(_ result: [UInt8], of step: String, by attempt: AttemptIdentity) async throws(JobQueueError) -> Bool {
        try write(by: attempt) { state in
            var journal = state.journals[attempt.id] ?? [:]
            guard journal[step] == nil else { return true }
            guard journal.count < JobContext.maximumSteps else { return false }
            journal[step] = result
            state.journals[attempt.id] = journal
            return true
        }
    }

    func outputLength(of id: TaskID) async throws(RedisError) -> Int { output(of: id).bytes.count }

    func output(of id: TaskID) async throws(RedisError) -> [UInt8] { output(of: id).bytes }

    func append(
        _ bytes: [UInt8],
        at place: Int,
        by attempt: AttemptIdentity
    ) async throws(JobQueueError) -> OutputWrite {
        defer { outputBells.ring() }
        return try write(by: attempt) { state in
            let length = state.outputs[attempt.id]?.bytes.count ?? 0
            guard length == place else { return .moved }
            guard length + bytes.count <= TaskOutput.maximumBytes else { return .tooLarge }
            state.outputs[attempt.id, default: WrittenOutput()].bytes += bytes
            state.outputs[attempt.id]?.isEnded = false
            return .written(length + bytes.count)
        }
    }

    func cutOutput(to place: Int, by attempt: AttemptIdentity) async throws(JobQueueError) -> OutputWrite {
        defer { outputBells.ring() }
        return try write(by: attempt) { state in
            var output = state.outputs[attempt.id] ?? WrittenOutput()
            guard output.bytes.count >= place else { return .moved }
            guard output.bytes.count > place else { return .written(place) }
            output.bytes.removeLast(output.bytes.count - place)
            output.cuts += 1
            output.kept = place
            output.isEnded = false
            state.outputs[attempt.id] = output
            return .written(place)
        }
    }

    func endOutput(by attempt: AttemptIdentity) async throws(RedisError) {
        state.withLockedValue { $0.outputs[attempt.id, default: WrittenOutput()].isEnded = true }
        outputBells.ring()
    }

    func absorb(
        _ key: OrderingKey,
        as name: TaskName,
        from first: Int64,
        atMost most: Int,
        by attempt: AttemptIdentity
    ) async throws(JobQueueError) -> [[UInt8]] {
        let (messages, cancel) = try write(by: attempt) { state -> ([[UInt8]], (@Sendable (TaskID) -> Void)?) in
            guard let queue = state.running?.queue else { return ([], nil) }
            let messages = state.absorb(key, as: name, from: first, atMost: most, in: queue)
            return (messages, state.superseded == nil ? nil : state.cancel)
        }
        cancel?(attempt.id)
        return messages
    }

    func setState(
        _ text: [UInt8],
        life: Duration,
        by attempt: AttemptIdentity,
        patience: Duration?
    ) async throws(JobQueueError) -> Bool {
        try write(by: attempt) { _ in }
        resultMemory.store(text, of: attempt.id)
        return true
    }

    func freeUnique(_ key: String, of id: TaskID) async throws(RedisError) {
        state.withLockedValue { state in
            guard let queue = state.running?.queue else { return }
            state.freeUnique(key, of: id, in: queue)
        }
    }

    func body(_ reference: String, bytes: Int) async throws(RedisError) -> [UInt8]? {
        state.withLockedValue { $0.bodies[reference] }
    }
}
