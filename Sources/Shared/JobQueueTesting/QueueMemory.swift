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

    init(now: WireTime) { state = NIOLockedValueBox(QueueState(now: now)) }

    // MARK: The test's side

    var now: WireTime { state.withLockedValue { $0.now } }
    var enqueued: [Record] { state.withLockedValue { $0.records } }
    var unfinishedCount: Int { state.withLockedValue { $0.unfinishedCount } }
    var failures: [(id: TaskID, name: TaskName, failure: TaskFailure)] { state.withLockedValue { $0.failures } }

    func forgetEnqueued() { state.withLockedValue { $0.records = [] } }
    func state(of id: TaskID) -> TestedTaskState? { state.withLockedValue { $0.states[id] } }
    func result(of id: TaskID) -> [UInt8]? { state.withLockedValue { $0.results[id] } }
    func output(of id: TaskID) -> (bytes: [UInt8], isEnded: Bool) {
        state.withLockedValue { ($0.outputs[id] ?? [], $0.endedOutputs.contains(id)) }
    }

    /// - Returns: whether nobody else runs the queue.
    func begin() -> Bool {
        state.withLockedValue { state in
            defer { state.isRunning = true }
            return !state.isRunning
        }
    }

    func end() { state.withLockedValue { $0.isRunning = false } }

    func next() -> Entry? { state.withLockedValue { $0.next() } }

    /// - Returns: whether something is due now that was not.
    func advance(toNextDueBefore end: WireTime) -> Bool {
        state.withLockedValue { state in
            guard let due = state.nextDue, due <= end, due > state.now else { return false }
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

    func settle(_ entry: Entry, _ ending: InlineEnding) -> TestedAttempt.Outcome {
        state.withLockedValue { $0.settle(entry, ending) }
    }

    // MARK: The producer's side

    func receive(_ task: IncomingTask, in queue: QueueName) -> EnqueueFate {
        state.withLockedValue { $0.receive(task, in: queue) }
    }

    func cancel(_ id: TaskID, in queue: QueueName) {
        let cancel = state.withLockedValue { state in
            switch state.states[id] {
            case .succeeded, .failed, .revoked, .dropped: break
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

    func output(of id: TaskID, in queue: QueueName) -> (bytes: [UInt8], isEnded: Bool) { output(of: id) }

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
        try write(by: attempt) { state in
            let length = state.outputs[attempt.id]?.count ?? 0
            guard length == place else { return .moved }
            guard length + bytes.count <= TaskOutput.maximumBytes else { return .tooLarge }
            state.outputs[attempt.id, default: []] += bytes
            state.endedOutputs.remove(attempt.id)
            return .written(length + bytes.count)
        }
    }

    func cutOutput(to place: Int, by attempt: AttemptIdentity) async throws(JobQueueError) -> OutputWrite {
        try write(by: attempt) { state in
            let length = state.outputs[attempt.id]?.count ?? 0
            guard length >= place else { return .moved }
            state.outputs[attempt.id]?.removeLast(length - place)
            return .written(place)
        }
    }

    func endOutput(by attempt: AttemptIdentity) async throws(RedisError) {
        state.withLockedValue { _ = $0.endedOutputs.insert(attempt.id) }
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
