import Redis

/// What becomes of one task that a worker held, as the cycle script takes it.
struct Settlement: Sendable {
    enum Action: String, Sendable {
        case done
        /// To the scheduled set.
        case later
        case dead
        /// Back to those that wait for its ordering key, as the next of them: the task that had absorbed it did not
        /// succeed.
        case park
    }

    let tag: Int64
    var action: Action = .done
    /// Task whose count of crashes and mark of cancellation end here; nil where it has neither.
    var forgetsMarksOf: TaskID?
    var due: WireTime?
    /// The message for `later`, the dead letter for `dead`; for `done` the reference of the task's body, where that
    /// stands in a key of its own and goes now.
    var payload: [UInt8] = []
    var result: StoredResult?
    /// The ordering key that the task held and leaves; nil where it has none or keeps it.
    var leavesLane: OrderingKey?
    /// The unique key that ends with the task; nil where it has none or keeps it.
    var freesUniqueKey: String?
    /// The task; needed where it leaves a lane or frees a unique key.
    var taskID: TaskID?
    /// Whether it came from another producer than ours: it is beyond the count of the queue's tasks.
    var isForeign = false
    /// What it spent of its limits, and how long they rest now.
    var limitNews = LimitNews()

    /// What follows from the end of the task; nil for nothing.
    var plan: CanvasPlan?

    /// Whether the task is over because somebody cancelled it, or it expired.
    var isRevoked = false
    /// Whether the results of the task's steps go, once Redis has confirmed that it ended.
    var forgetsSteps = false

    /// What becomes of the tasks that it absorbed.
    var absorbed: [Settlement] = []

    struct StoredResult: Sendable {
        let id: TaskID
        var text: [UInt8]
        /// How long it is kept; nil for as long as the worker keeps results.
        var life: Duration?
    }

    /// The entry of the outbox that holds what follows on a Cluster; the same each time that Redis is told.
    func outboxEntry(of incarnation: Incarnation) -> String { "\(incarnation.rawValue)-\(tag)" }

    /// Whether another task has its id now.
    var isReplaced = false

    /// Whether neither an attempt follows nor another task of its id.
    var endsTask: Bool { action != .later && !isReplaced }

    /// Whether the tag alone says everything.
    var isPlain: Bool {
        action == .done && forgetsMarksOf == nil && result == nil && leavesLane == nil && freesUniqueKey == nil
            && limitNews.isEmpty && !isForeign && payload.isEmpty && plan == nil
    }
}

/// One run of the cycle script, put into words.
struct CycleRequest {
    private(set) var keys = RedisArguments()
    private(set) var arguments = RedisArguments()

    init(
        _ queue: QueueKeys,
        incarnation: Incarnation,
        settlements: [Settlement],
        fetching free: Int,
        firstTag: Int64,
        configuration: WorkerConfiguration
    ) {
        keys = [
            queue.ready, queue.inflight(incarnation), queue.workers, queue.scheduled, queue.deliveries, queue.dead,
            queue.reaped, queue.cancelled, queue.paused, queue.limits, queue.limited, queue.turns,
            queue.weights,
        ]
        let plainCount = settlements.count { $0.isPlain }
        arguments = [
            incarnation.rawValue, configuration.lease.milliseconds, free, firstTag, configuration.deadLetterLimit,
            queue.prefix, configuration.hasPriorities ? 1 : 0, plainCount,
        ]
        for settlement in settlements where settlement.isPlain { arguments.append(settlement.tag) }
        guard plainCount < settlements.count else { return }
        for settlement in settlements where !settlement.isPlain {
            // First those that the script makes itself, since it is told where the result's stands.
            if settlement.action == .done, !settlement.payload.isEmpty {
                keys.append(queue.body(String(decoding: settlement.payload, as: UTF8.self)))
            }
            if let result = settlement.result { keys.append(queue.names.result(of: result.id)) }
            arguments.append(settlement.tag)
            arguments.append(settlement.action.rawValue)
            arguments.append(settlement.forgetsMarksOf?.rawValue ?? "")
            arguments.append(settlement.due?.milliseconds ?? 0)
            arguments.append(settlement.payload)
            arguments.append(settlement.result == nil ? 0 : keys.count)
            arguments.append((settlement.result?.life ?? configuration.resultExpires).milliseconds)
            arguments.append(settlement.result?.text ?? [])
            arguments.append(settlement.leavesLane?.rawValue ?? "")
            arguments.append(settlement.taskID?.rawValue ?? "")
            arguments.append(settlement.freesUniqueKey ?? "")
            arguments.append(settlement.limitNews.bytes)
            arguments.append(settlement.isForeign ? "1" : "")
            append(settlement.plan, of: settlement.outboxEntry(of: incarnation), queue, configuration)
        }
    }

    /// What follows: on a Cluster what goes to other hash slots stands in the outbox first.
    private mutating func append(
        _ plan: CanvasPlan?,
        of entry: String,
        _ queue: QueueKeys,
        _ configuration: WorkerConfiguration
    ) {
        let plan = plan ?? CanvasPlan()
        let (near, far) = configuration.hasPriorities ? (plan, CanvasPlan()) : plan.divided(for: queue.queue)
        let aside = far.isEmpty ? [] : StoredPlan(far, life: configuration.resultExpires).values
        arguments.append(aside.isEmpty ? "" : entry)
        arguments.append(aside.count)
        guard !near.isEmpty else {
            arguments.append(0)
            for value in aside { arguments.append(value) }
            return
        }
        let (json, blobs) = near.encoded(in: queue.names, life: configuration.resultExpires, at: .now)
        arguments.append(1 + blobs.count)
        for value in aside { arguments.append(value) }
        arguments.append(json)
        for blob in blobs { arguments.append(blob) }
    }
}

/// What the cycle script answered.
struct CycleReply {
    let time: WireTime
    /// When the next scheduled task is due, where the queue had no more to give.
    let nextDue: WireTime?
    /// Whether the queue remembers tasks whose workers died, or that were cancelled.
    let hasMarks: Bool
    let messages: [[UInt8]]
    /// Whether an operator paused the queue, which then gives nothing however much waits.
    let isPaused: Bool

    /// Nil where the reply is not the script's.
    init?(_ reply: RedisReply) {
        guard let time = reply[0]?.integer, let next = reply[1]?.integer, let marks = reply[2]?.integer,
            let messages = reply[3]?.array, let paused = reply[4]?.integer
        else { return nil }
        self.time = WireTime(milliseconds: time)
        nextDue = next < 0 ? nil : WireTime(milliseconds: next)
        hasMarks = marks > 0
        isPaused = paused > 0
        self.messages = messages.compactMap(\.bytes)
        guard self.messages.count == messages.count else { return nil }
    }
}
