import Cryptography
import JobPayload
import JobQueue
import JobQueueTesting
import NIOConcurrencyHelpers
import Testing

/// Which tasks run at all, and in which order.
extension TestQueueTests {
    @Test("deduplication and unique keys hold for as long as they say, by the queue's clock")
    func uniqueness() async throws {
        let queue = queue { _, context in
            if context.attempt == 1 { throw Trouble(number: 1) }
            return ""
        }
        func isDuplicate(_ options: EnqueueOptions) async throws -> Bool {
            try await queue.producer.enqueue(Work.self, .init(value: ""), options: options).isDuplicate
        }
        let deduplicated = EnqueueOptions(deduplicationKey: "d")
        #expect(try await !isDuplicate(deduplicated))
        #expect(try await isDuplicate(deduplicated))
        let ended = EnqueueOptions(uniqueness: Uniqueness(key: "e", until: .ended))
        let started = EnqueueOptions(uniqueness: Uniqueness(key: "s", until: .started))
        #expect(try await !isDuplicate(ended))
        #expect(try await !isDuplicate(started))
        #expect(try await isDuplicate(started))
        try await queue.runAll()
        #expect(try await isDuplicate(ended))
        #expect(try await !isDuplicate(started))
        try await queue.runToEnd()
        #expect(try await !isDuplicate(ended))
        #expect(try await isDuplicate(deduplicated))
        try await queue.advance(by: .seconds(86_400))
        #expect(try await !isDuplicate(deduplicated))
    }

    @Test("a burst that is debounced becomes its last task, once it is over or has lasted too long")
    func debounce() async throws {
        let queue = queue { [record] arguments, _ in
            record.add(arguments.value)
            return ""
        }
        let options = EnqueueOptions(debounce: Debounce(key: "d", wait: .seconds(10), longestWait: .seconds(25)))
        var ids: [TaskID] = []
        for value in ["a", "b", "c", "d"] {
            ids.append(try await enqueue(value, queue, options))
            try await queue.advance(by: .seconds(7))
        }
        #expect(record.all == ["d"])
        #expect(queue.now == TestQueue().now.advanced(by: .seconds(28)))
        #expect(queue.state(of: ids[0]) == .dropped)
        #expect(queue.unfinishedCount == 0)
    }

    @Test("tasks of an ordering key keep their order, also while the first waits for a retry")
    func ordering() async throws {
        let queue = queue { [record] arguments, context in
            record.add(arguments.value)
            if arguments.value == "a", context.attempt == 1 { throw Trouble(number: 1) }
            return ""
        }
        let options = EnqueueOptions(orderingKey: OrderingKey("k"))
        for value in ["a", "b", "c"] { try await enqueue(value, queue, options) }
        try await enqueue("other", queue)
        try await queue.runAll()
        #expect(record.all == ["a", "other"])
        try await queue.runToEnd()
        #expect(record.all == ["a", "other", "a", "b", "c"])
    }

    @Test("cancelling an ordering key ends its holder and drops what waits")
    func cancelledLane() async throws {
        let queue = queue { [record] arguments, context in
            record.add(arguments.value)
            if arguments.value == "a" { throw Trouble(number: 1) }
            return ""
        }
        let lane = try #require(OrderingKey("k"))
        var ids: [TaskID] = []
        for value in ["a", "b"] { ids.append(try await enqueue(value, queue, EnqueueOptions(orderingKey: lane))) }
        try await queue.runAll()
        let found = try await queue.producer.cancelAll(of: lane, in: Work.queue)
        #expect(found == CancelledLane(holder: ids[0], dropped: 1))
        try await queue.runToEnd()
        #expect(record.all == ["a"])
        #expect(queue.state(of: ids[1]) == .dropped)
        #expect(queue.unfinishedCount == 0)
    }

    @Test(
        "what waits for its ordering key may drop, make way or take over",
        arguments: [
            (LanePolicy.latest, ["a", "a", "c"]), (.drop, ["a", "a"]), (.supersede, ["a", "b"]),
        ]
    )
    func busy(policy: LanePolicy, expected: [String]) async throws {
        let queue = queue { [record] arguments, context in
            record.add(arguments.value)
            if arguments.value == "a", context.attempt == 1 { throw Trouble(number: 1) }
            return ""
        }
        let key = OrderingKey("k")
        let holder = try await enqueue("a", queue, .init(orderingKey: key))
        try await queue.runAll()
        try await enqueue("b", queue, .init(orderingKey: key, whileBusy: policy))
        if policy == .latest { try await enqueue("c", queue, .init(orderingKey: key, whileBusy: policy)) }
        try await queue.runToEnd()
        #expect(record.all == expected)
        #expect(queue.state(of: holder) == (policy == .supersede ? .revoked : .succeeded))
        #expect(queue.unfinishedCount == 0)
    }

    @Test("one that supersedes ends the one that is about to run, or runs")
    func superseding() async throws {
        let key = OrderingKey("k")
        let queue = queue { [record] arguments, context in
            record.add(arguments.value)
            guard arguments.value == "running" else { return "" }
            try await context.enqueue(
                Work.self,
                .init(value: "last"),
                options: .init(orderingKey: key, whileBusy: .supersede)
            )
            _ = try await context.absorb(Work.self)
            try await Task.sleep(for: .seconds(3_600))
            return ""
        }
        let first = try await enqueue("first", queue, .init(orderingKey: key))
        let running = try await enqueue("running", queue, .init(orderingKey: key, whileBusy: .supersede))
        try await queue.runAll()
        #expect(record.all == ["running", "last"])
        #expect(queue.state(of: first) == .revoked && queue.state(of: running) == .revoked)
        #expect(queue.unfinishedCount == 0)
    }

    @Test("the urgent of a queue go first, in kombu's steps")
    func priorities() async throws {
        let queue = queue { [record] arguments, _ in
            record.add(arguments.value)
            return ""
        }
        for priority in [9, 5, 2, 3, 0] { try await enqueue("\(priority)", queue, .init(priority: priority)) }
        try await queue.runAll()
        #expect(record.all == ["2", "0", "5", "3", "9"])
    }

    @Test("a job absorbs what waits for its ordering key; where it fails that goes back in its order")
    func absorbing() async throws {
        let queue = queue { [record] arguments, context in
            let others = try await context.absorb(Work.self)
            record.add(([arguments.value] + others.map(\.arguments.value)).joined())
            if arguments.value == "a", context.attempt == 2 {
                try await context.enqueue(Work.self, .init(value: "d"), options: .init(orderingKey: OrderingKey("k")))
                record.add(try await context.absorb(Work.self).map(\.arguments.value).joined())
            }
            if context.attempt == 1, arguments.value == "a" { throw Trouble(number: 1) }
            return "all"
        }
        let options = EnqueueOptions(orderingKey: OrderingKey("k"))
        var ids: [TaskID] = []
        for value in ["a", "b", "c"] { ids.append(try await enqueue(value, queue, options)) }
        try await queue.runAll()
        #expect(ids.dropFirst().allSatisfy { queue.state(of: $0) == .parked })
        try await queue.runToEnd()
        #expect(record.all == ["abc", "abc", "d"])
        for id in ids { #expect(try queue.result(of: id, as: String.self) == "all") }
        #expect(queue.unfinishedCount == 0)
    }

    @Test("compressed, encrypted and stored aside, tasks run all the same")
    func payload() async throws {
        let keys = try PayloadKeyRing(current: "a", keys: ["a": RandomBytes.generate(count: 32)])
        let payload = JobPayload(compression: .over(bytes: 100), encryption: keys, storedAside: .over(bytes: 50))
        let queue = queue(payload: payload) { arguments, context in
            try await context.step("s") { arguments.value.count }.description
        }
        let id = try await enqueue(String(repeating: "x", count: 10_000), queue)
        #expect(try queue.onlyEnqueued(Work.self).arguments.value.count == 10_000)
        try await queue.runAll()
        #expect(try queue.result(of: id, as: String.self) == "10000")
    }

    @Test("a queue is run in one place at a time, and not for ever")
    func misuse() async throws {
        let box = NIOLockedValueBox<TestQueue?>(nil)
        let queue = queue { arguments, context in
            guard arguments.value == "nested", let queue = box.withLockedValue({ $0 }) else {
                try await context.enqueue(Work.self, arguments)
                return ""
            }
            try await queue.runAll()
            return ""
        }
        box.withLockedValue { $0 = queue }
        defer { box.withLockedValue { $0 = nil } }
        try await enqueue("nested", queue)
        let attempts = try await queue.runAll()
        #expect(attempts.first?.error as? TestQueueMisuse == .alreadyRunning)
        try await enqueue("again", queue)
        await #expect(throws: TestQueueMisuse.endless) { try await queue.runAll() }
    }
}
