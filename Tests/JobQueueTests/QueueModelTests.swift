import Foundation
import Redis
import TestSupport
import Testing

@testable import JobQueue

/// Random steps of producers, workers, reapers and operators, by a seed: whatever their order, every task is in one
/// place or has ended, bounds hold, and nothing is left behind.
@Suite("The queue under random steps", .timeLimit(.minutes(2)))
struct QueueModelTests {
    @Test("all is accounted for after every step, and nothing is left at the end", arguments: 0..<6)
    func steps(run: Int) async throws {
        // QUEUE_SEED plays a run that failed again.
        let base = ProcessInfo.processInfo.environment["QUEUE_SEED"].flatMap { UInt64($0) }
        let seed = base ?? UInt64.random(in: 0...UInt64.max - 10)
        try await QueueFixture.with { fixture in
            var model = QueueModel(fixture: fixture, random: SeededGenerator(seed: seed))
            do {
                try await model.prepare()
                for _ in 0..<150 {
                    try await model.step()
                    try await model.check()
                }
                try await model.finish()
            } catch {
                Issue.record("seed \(seed), after \(model.history.suffix(12)): \(error)")
            }
        }
    }
}

/// What is wrong with the queue.
private struct Wrong: Error, CustomStringConvertible {
    let description: String
}

/// Three workers and everybody else on one queue.
private struct QueueModel {
    let fixture: QueueFixture
    var random: SeededGenerator
    private(set) var history: [String] = []
    private var workers: [ScriptedWorker] = []
    /// What each worker holds, by tag.
    private var held: [Incarnation: [Int64: TaskMessage]] = [:]
    private var nextTag: [Incarnation: Int64] = [:]
    private var count = 0

    init(fixture: QueueFixture, random: SeededGenerator) {
        self.fixture = fixture
        self.random = random
    }

    private var keys: QueueKeys { fixture.keys }

    mutating func prepare() async throws {
        let limits = QueueLimits(redis: fixture.redis)
        try await limits.set(QueueLimit(concurrency: 2), for: name("tenant:*"), in: fixture.queue)
        try await limits.set(
            QueueLimit(concurrency: 5, rate: .init(1000, per: .seconds(1), burst: 20)),
            for: .task(TestJob.name),
            in: fixture.queue
        )
        _ = try await survey()
        for _ in 0..<3 { try await hire() }
    }

    private func name(_ text: String) throws -> LimitName {
        guard let name = LimitName(wire: text) else { throw Wrong(description: "no name: \(text)") }
        return name
    }

    private mutating func hire() async throws {
        let worker = ScriptedWorker(fixture: fixture)
        try await worker.register()
        workers.append(worker)
        held[worker.incarnation] = [:]
        nextTag[worker.incarnation] = 1
    }

    private func survey() async throws -> QueueSurvey {
        try await QueueSurvey(of: keys, hasPriorities: true, beginsCount: true, redis: fixture.redis)
    }

    // MARK: Steps

    mutating func step() async throws {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<35: try await enqueue()
        case 35..<75: try await cycle()
        case 75..<80: try await absorb()
        case 80..<85: try await giveBack()
        case 85..<89: try await die()
        case 89..<92: try await cancel()
        case 92..<94: try await retryDead()
        case 94..<95: try await purge()
        default: try await bringForward()
        }
    }

    private mutating func enqueue() async throws {
        count += 1
        var options = EnqueueOptions(taskID: TaskID("\(count)"))
        if Bool.random(using: &random) {
            options.orderingKey = OrderingKey(wire: "lane\(Int.random(in: 0..<3, using: &random))")
            let policies: [LanePolicy] = [.queue, .queue, .queue, .latest, .drop, .supersede]
            options.whileBusy = policies.randomElement(using: &random) ?? .queue
        }
        if Bool.random(using: &random) {
            options.limits[try name("tenant:\(Int.random(in: 0..<2, using: &random))")] = 1
        }
        if Int.random(in: 0..<3, using: &random) == 0 {
            options.fairnessKey = FairnessKey("fair\(Int.random(in: 0..<3, using: &random))")
        }
        switch Int.random(in: 0..<6, using: &random) {
        case 0 where options.fairnessKey == nil: options.priority = Int.random(in: 0...9, using: &random)
        case 1: options.uniqueness = Uniqueness(key: "u\(count % 3)", until: .ended)
        case 2: options.delay = .milliseconds(Int.random(in: 1...20, using: &random))
        case 3: options.debounce = Debounce(key: "d", wait: .milliseconds(5), longestWait: .milliseconds(20))
        default: break
        }
        history.append("enqueue \(count)")
        try await fixture.producer.enqueue(TestJob.self, .init(value: "\(count)"), options: options)
    }

    /// Settles some of what a worker holds and fetches more; sometimes tells the same once more.
    private mutating func cycle() async throws {
        guard let worker = workers.randomElement(using: &random) else { return }
        let mine = held[worker.incarnation] ?? [:]
        let chosen = mine.sorted { $0.key < $1.key }.filter { _ in Bool.random(using: &random) }
        let settlements = chosen.map { tag, message in settlement(tag, message) }
        let free = Int.random(in: 0...8, using: &random)
        history.append("cycle \(chosen.map(\.value.id)) \(settlements.map(\.action)), \(free) free")
        for settlement in settlements { held[worker.incarnation]?[settlement.tag] = nil }
        try await fetch(worker, settlements, free)
        if Bool.random(using: &random) { try await fetch(worker, settlements, 0) }
    }

    private mutating func fetch(_ worker: ScriptedWorker, _ settlements: [Settlement], _ free: Int) async throws {
        let first = nextTag[worker.incarnation] ?? 1
        let reply = try await worker.cycle(settlements, fetching: free, firstTag: first)
        nextTag[worker.incarnation] = first + Int64(free)
        for (index, raw) in reply.messages.enumerated() {
            held[worker.incarnation]?[first + Int64(index)] = try TaskMessage(decoding: raw)
        }
    }

    private mutating func settlement(_ tag: Int64, _ message: TaskMessage) -> Settlement {
        var settlement = Settlement(tag: tag)
        settlement.taskID = message.id
        settlement.forgetsMarksOf = message.id
        settlement.leavesLane = message.orderingKey
        settlement.freesUniqueKey = message.uniqueKey
        switch Int.random(in: 0..<10, using: &random) {
        case 0:
            settlement.action = .dead
            settlement.payload = DeadLetter.failed(
                message,
                TaskFailure(type: "T", message: ""),
                crashes: 0,
                at: WireTime.now
            )
        case 1, 2:
            settlement.action = .later
            settlement.forgetsMarksOf = nil
            settlement.leavesLane = nil
            settlement.freesUniqueKey = nil
            settlement.due = WireTime.now.advanced(by: .milliseconds(Int.random(in: 0...20, using: &random)))
            settlement.payload = message.retried(at: WireTime.now, spending: 1, now: WireTime.now)
        default: break
        }
        return settlement
    }

    private mutating func absorb() async throws {
        guard let worker = workers.randomElement(using: &random),
            let (tag, message) = held[worker.incarnation]?.sorted(by: { $0.key < $1.key })
                .first(where: { $0.value.orderingKey != nil }),
            let key = message.orderingKey
        else { return }
        let first = nextTag[worker.incarnation] ?? 1
        nextTag[worker.incarnation] = first + 3
        let reply = try await fixture.redis.evaluate(
            QueueScripts.absorb,
            keys: [keys.workers, keys.inflight(worker.incarnation), keys.reaped],
            arguments: [
                worker.incarnation.rawValue, worker.lease.milliseconds, tag, keys.prefix, key.rawValue,
                message.id.rawValue, message.name.rawValue, first, 3,
            ]
        )
        history.append("\(message.id) absorbs \(reply.array?.count ?? 0)")
        // They go back, or end with it.
        var settlements: [Settlement] = []
        for (index, element) in (reply.array ?? []).enumerated() {
            let absorbed = try TaskMessage(decoding: element.bytes ?? [])
            var settlement = Settlement(tag: first + Int64(index))
            settlement.taskID = absorbed.id
            settlement.forgetsMarksOf = absorbed.id
            settlement.leavesLane = absorbed.orderingKey
            settlement.freesUniqueKey = absorbed.uniqueKey
            if Bool.random(using: &random) {
                settlement.action = .park
                settlement.forgetsMarksOf = nil
                settlement.freesUniqueKey = nil
            }
            settlements.append(settlement)
        }
        try await fetch(worker, settlements.reversed(), 0)
    }

    private mutating func giveBack() async throws {
        guard let worker = workers.randomElement(using: &random), let tag = held[worker.incarnation]?.keys.min() else {
            return
        }
        history.append("give back \(held[worker.incarnation]?[tag]?.id.rawValue ?? "")")
        held[worker.incarnation]?[tag] = nil
        _ = try await fixture.redis.evaluate(
            QueueScripts.giveBack,
            keys: [keys.workers, keys.inflight(worker.incarnation), keys.ready, keys.reaped],
            arguments: [worker.incarnation.rawValue, worker.lease.milliseconds, keys.prefix, 1, tag]
        )
    }

    private mutating func die() async throws {
        history.append("a worker dies")
        let worker = workers.removeFirst()
        try await worker.expire()
        try await fixture.reap()
        held[worker.incarnation] = nil
        try await hire()
    }

    private mutating func cancel() async throws {
        let id = TaskID("\(Int.random(in: 0...max(1, count), using: &random))")
        history.append("cancel \(id)")
        _ = try await QueueControl(redis: fixture.redis).cancel(id, in: fixture.queue)
    }

    private mutating func retryDead() async throws {
        history.append("retry the dead")
        _ = try await QueueControl(redis: fixture.redis).retryDeadLetters(
            of: fixture.queue,
            matching: DeadLetterFilter()
        )
    }

    private mutating func purge() async throws {
        let place: QueueControl.Place = Bool.random(using: &random) ? .ready : .scheduled
        history.append("purge \(place)")
        _ = try await QueueControl(redis: fixture.redis).purge(place, of: fixture.queue)
    }

    /// What is scheduled or limited is looked at sooner, as time would do.
    private mutating func bringForward() async throws {
        for set in [keys.scheduled, keys.limited] {
            for member in (try await fixture.command("ZRANGE", set, 0, -1).array ?? []).compactMap(\.bytes) {
                _ = try await fixture.command("ZADD", set, "XX", 1, member)
            }
        }
    }

    // MARK: Checks

    func check() async throws {
        let survey = try await survey()
        guard survey.unaccounted == 0 else { throw Wrong(description: "\(survey.unaccounted) unaccounted: \(survey)") }
        for tenant in ["tenant:0", "tenant:1"] {
            let running = try await fixture.command("ZCARD", keys.holders(of: tenant)).integer ?? 0
            if running > 2 { throw Wrong(description: "\(running) run of \(tenant)") }
        }
        // The census compares every parked list with its count.
        _ = try await fixture.census()
        var lanes: [String: Int] = [:]
        for messages in held.values {
            for message in messages.values {
                guard let key = message.orderingKey?.rawValue else { continue }
                let holder = try await fixture.command("GET", keys.prefix + "lane:" + key).string
                if holder == message.id.rawValue { lanes[key, default: 0] += 1 }
            }
        }
        if let lane = lanes.first(where: { $0.value > 1 }) { throw Wrong(description: "two hold \(lane.key)") }
    }

    /// Runs everything to its end: then no trace may be left but of what is dead.
    mutating func finish() async throws {
        history.append("finish")
        for _ in 0..<400 {
            try await bringForward()
            for worker in workers {
                let mine = (held[worker.incarnation] ?? [:]).sorted { $0.key < $1.key }
                held[worker.incarnation] = [:]
                let settlements = mine.map { tag, message in
                    var settlement = Settlement(tag: tag)
                    settlement.taskID = message.id
                    settlement.forgetsMarksOf = message.id
                    settlement.leavesLane = message.orderingKey
                    settlement.freesUniqueKey = message.uniqueKey
                    return settlement
                }
                try await fetch(worker, settlements, 8)
            }
            try await check()
            let left = try await fixture.census().filter { $0.key != "dead" }
            if left.isEmpty { break }
        }
        let left = try await fixture.census().filter { $0.key != "dead" }
        guard left.isEmpty else { throw Wrong(description: "never ends: \(left)") }
        for pattern in ["lane*", "parked*", "limited*", "holders*", "unique*", "deliveries", "turn:*"] {
            let found = try await fixture.command("KEYS", "{work}:" + pattern).array ?? []
            guard found.isEmpty else { throw Wrong(description: "left: \(found.compactMap(\.string))") }
        }
    }
}
