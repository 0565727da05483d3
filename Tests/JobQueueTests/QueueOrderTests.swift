import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import JobQueue

@Suite("Places shared by queues", .timeLimit(.minutes(1)))
struct QueueOrderTests {
    private let signals = (0..<3).map { _ in Signal() }

    /// What each of these queues gets, if all have more work than there is room for.
    private func shares(_ order: QueueOrder, capacity: Int, queues: [Int]) -> [Int] {
        let slots = Slots(capacity, queues: 3, order: order)
        for queue in queues { slots.share(queue).note(isHungry: true) }
        return queues.map { slots.share($0).take(upTo: 64, else: signals[$0]) }
    }

    @Test("hungry queues get places by weight, and a queue alone gets all")
    func weights() {
        #expect(shares(.weighted([]), capacity: 70, queues: [0, 1, 2]) == [40, 20, 10])
        #expect(shares(.weighted([]), capacity: 70, queues: [2, 1, 0]) == [10, 20, 40])
        #expect(shares(.weighted([1, 1, 1]), capacity: 60, queues: [0, 1, 2]) == [20, 20, 20])
        #expect(shares(.weighted([98, 1, 1]), capacity: 10, queues: [0, 1, 2]) == [9, 1, 0])
        #expect(shares(.weighted([]), capacity: 50, queues: [2]) == [50])
    }

    @Test("in strict order the urgent get all, and the others what is left")
    func strict() {
        #expect(shares(.strict, capacity: 50, queues: [1, 2, 0]) == [0, 0, 50])
        let slots = Slots(100, queues: 2, order: .strict)
        slots.share(0).note(isHungry: true)
        #expect(slots.share(1).take(upTo: 64, else: signals[1]) == 0)
        slots.share(0).note(isHungry: false)
        #expect(slots.share(1).take(upTo: 64, else: signals[1]) == 64)
    }

    @Test("one that found no place is woken when it may have one, and not for places that are another's")
    func woken() async {
        let slots = Slots(4, queues: 2, order: .weighted([1, 1]))
        let (first, second) = (slots.share(0), slots.share(1))
        #expect(first.take(upTo: 64, else: signals[0]) == 4)
        first.note(isHungry: true)
        #expect(second.take(upTo: 64, else: signals[1]) == 0)
        first.give(1)
        await signals[1].wait()
        // Half are the other's now.
        #expect(first.take(upTo: 64, else: signals[0]) == 0)
        #expect(second.take(upTo: 64, else: signals[1]) == 1)
        first.give(2)
        second.note(isHungry: true)
        #expect(second.take(upTo: 64, else: signals[1]) == 1)
        #expect(first.take(upTo: 64, else: signals[0]) == 1)
    }

    @Test("two full queues run side by side in the ratio of their weights, and both run dry")
    func running() async throws {
        try await QueueFixture.with { fixture in
            let counts = NIOLockedValueBox((running: [QueueName: Int](), permits: 0, done: 0))
            let registry = TestJob.registry { _, context in
                counts.withLockedValue { $0.running[context.queue, default: 0] += 1 }
                func isPermitted() -> Bool {
                    counts.withLockedValue { counts in
                        guard counts.permits > 0 else { return false }
                        counts.permits -= 1
                        return true
                    }
                }
                try await eventually("a permit", within: .seconds(60)) { isPermitted() }
                counts.withLockedValue { counts in
                    counts.running[context.queue, default: 0] -= 1
                    counts.done += 1
                }
                return ""
            }
            for queue: QueueName in ["work", "other"] {
                let batch = (0..<40).map { TestJob.Arguments(value: "\($0)") }
                try await fixture.producer.enqueue(TestJob.self, batch: batch, options: .init(queue: queue))
            }
            var configuration = fixture.configuration
            configuration.queues = ["work", "other"]
            configuration.queueOrder = .weighted([4, 1])
            configuration.concurrency = 10
            try await fixture.withWorker(registry, configuration: configuration) {
                // Whichever came first took all places; after as many ended as there are, they are shared.
                counts.withLockedValue { $0.permits = 20 }
                try await eventually("they run in their ratio") {
                    counts.withLockedValue { $0.done == 20 && $0.running == ["work": 8, "other": 2] }
                }
                counts.withLockedValue { $0.permits = 60 }
                try await eventually("all ran") { counts.withLockedValue { $0.done == 80 } }
                try await eventually("all are settled") { try await fixture.census().isEmpty }
            }
        }
    }
}
