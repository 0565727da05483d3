import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import JobQueue

@Suite("The places of a running worker, changed", .timeLimit(.minutes(1)))
struct PlacesTests {
    private func tuning(_ configuration: WorkerConfiguration, _ fixture: QueueFixture) -> WorkerTuning {
        WorkerTuning(configuration, registry: TestJob.registry { _, _ in "" }, redis: fixture.redis)
    }

    @Test("there are never more taken than there may be, however many change their number at once")
    func bounds() async {
        let slots = Slots(8, queues: 2, order: .weighted([]))
        let most = 12
        let taken = NIOLockedValueBox((now: 0, most: 0))
        await withTaskGroup(of: Void.self) { group in
            for seed in 0..<4 {
                group.addTask {
                    var generator = SeededGenerator(seed: UInt64(seed))
                    for _ in 0..<2_000 {
                        slots.change { now in
                            let next = now + Int.random(in: -3...3, using: &generator)
                            return (1...most).contains(next) ? next : nil
                        }
                    }
                }
                group.addTask {
                    let (share, signal) = (slots.share(seed % 2), Signal())
                    for _ in 0..<2_000 {
                        let count = share.take(upTo: 3, else: signal)
                        taken.withLockedValue { taken in
                            taken.now += count
                            taken.most = max(taken.most, taken.now)
                        }
                        share.keep(count, of: count)
                        await Task.yield()
                        taken.withLockedValue { $0.now -= count }
                        share.give(count)
                    }
                }
            }
        }
        #expect(taken.withLockedValue { $0.most } <= most)
        #expect(slots.load.busy == 0)
        #expect((1...most).contains(slots.load.capacity))
    }

    @Test("places that are taken away while held vanish as they fall free, and none is handed out before")
    func shrinking() {
        let slots = Slots(4, queues: 1, order: .strict)
        let (share, signal) = (slots.share(0), Signal())
        #expect(share.take(upTo: 4, else: signal) == 4)
        #expect(slots.load.busy == 0)
        share.keep(4, of: 4)
        #expect(slots.change { $0 - 3 } == 1)
        #expect(slots.load == .init(capacity: 1, busy: 4, isShort: false))
        share.give(3)
        #expect(share.take(upTo: 4, else: signal) == 0)
        share.give(1)
        #expect(share.take(upTo: 4, else: signal) == 1)
    }

    @Test("places that a fetch may give back are not short, those that jobs have are, until somebody has looked")
    func shortage() {
        let slots = Slots(2, queues: 2, order: .strict)
        let (first, second, signal) = (slots.share(0), slots.share(1), Signal())
        #expect(first.take(upTo: 4, else: signal) == 2)
        #expect(second.take(upTo: 4, else: signal) == 0)
        #expect(!slots.load.isShort)
        first.keep(0, of: 2)
        #expect(!slots.takeLoad().isShort)
        #expect(first.take(upTo: 4, else: signal) == 2)
        first.keep(2, of: 2)
        #expect(slots.load.isShort)
        first.give(1)
        #expect(!slots.load.isShort)
        #expect(slots.takeLoad().isShort)
        #expect(!slots.takeLoad().isShort)
    }

    @Test("a queue that found no place is woken by one that is added")
    func woken() async {
        let slots = Slots(1, queues: 1, order: .strict)
        let (share, signal) = (slots.share(0), Signal())
        #expect(share.take(upTo: 4, else: signal) == 1)
        #expect(share.take(upTo: 4, else: signal) == 0)
        slots.change { $0 + 2 }
        await signal.wait()
        #expect(share.take(upTo: 4, else: signal) == 2)
    }

    @Test("it grows and shrinks within bounds, and says so where it does not")
    func api() async throws {
        try await QueueFixture.with { fixture in
            let tuning = tuning(fixture.configuration, fixture)
            #expect(tuning.concurrency == 50)
            #expect(try tuning.grow(by: 5) == 55)
            #expect(try tuning.shrink(by: 54) == 1)
            let refused = WorkerTuningError(.outOfBounds)
            #expect(throws: refused) { try tuning.shrink() }
            #expect(throws: refused) { try tuning.grow(by: 0) }
            #expect(throws: refused) { try tuning.grow(by: -1) }
            #expect(throws: refused) { try tuning.grow(by: .max) }
            #expect(throws: refused) { try tuning.setConcurrency(100_001) }
            #expect(throws: refused) { try tuning.setAutoscale(0...5) }
            #expect(tuning.concurrency == 1)
            try tuning.setConcurrency(7)
            #expect(tuning.concurrency == 7)
            #expect(throws: WorkerTuningError(.notSupported)) { try tuning.restartPool() }
        }
    }

    @Test("while it scales itself nobody else says how many there are; its range takes effect at once")
    func autoscaling() async throws {
        try await QueueFixture.with { fixture in
            let tuning = tuning(fixture.configuration, fixture)
            try tuning.setAutoscale(3...20)
            #expect(tuning.concurrency == 20)
            let refused = WorkerTuningError(.autoscaling)
            #expect(throws: refused) { try tuning.grow() }
            #expect(throws: refused) { try tuning.shrink() }
            #expect(throws: refused) { try tuning.setConcurrency(5) }
            #expect(try tuning.autoscale(min: nil, max: 10) == 3...10)
            #expect(tuning.concurrency == 10)
            #expect(try tuning.autoscale(min: 12, max: nil) == 12...12)
            #expect(tuning.concurrency == 12)
            #expect(try tuning.autoscale(min: 9, max: 2) == 2...9)
            let report = AutoscalerReport(min: 2, max: 9, current: 9, quantity: 0)
            #expect(tuning.statistics.autoscaler == report)
            tuning.stopAutoscaling()
            #expect(try tuning.grow() == 10)
            #expect(tuning.statistics.autoscaler == nil)
        }
    }

    @Test("under load it grows and shrinks again and again, and every task is run once")
    func underLoad() async throws {
        try await QueueFixture.with { fixture in
            let counts = NIOLockedValueBox((running: 0, most: 0, done: [String: Int]()))
            let registry = TestJob.registry { arguments, _ in
                counts.withLockedValue { counts in
                    counts.running += 1
                    counts.most = max(counts.most, counts.running)
                }
                for _ in 0..<20 { await Task.yield() }
                counts.withLockedValue { counts in
                    counts.running -= 1
                    counts.done[arguments.value, default: 0] += 1
                }
                return ""
            }
            try await fixture.push(3_000)
            let life = try await fixture.life(registry, fixture.steadyConfiguration)
            try await fixture.run(life) { _ in
                var generator = SeededGenerator(seed: 7)
                try await eventually("all ran") {
                    try life.tuning.setConcurrency(.random(in: 1...40, using: &generator))
                    return counts.withLockedValue { $0.done.count } == 3_000
                }
                try await eventually("all are settled") { try await fixture.census().isEmpty }
            }
            let (_, most, done) = counts.withLockedValue { $0 }
            #expect(done.values.allSatisfy { $0 == 1 })
            #expect(most <= 50, "it began with fifty, and never had more")
            #expect(life.tuning.busy == 0)
            #expect(life.tuning.statistics.accepted == [TestJob.name: 3_000])
        }
    }

    @Test("shrinking cancels nothing: what runs goes on, and fewer run afterwards")
    func goesOn() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            let gates = (0..<10).map { _ in Gate() }
            let registry = TestJob.registry { arguments, _ in
                record.add("start \(arguments.value)")
                await gates[Int(arguments.value) ?? 0].pass()
                try Task.checkCancellation()
                record.add("end \(arguments.value)")
                return ""
            }
            var configuration = fixture.steadyConfiguration
            configuration.concurrency = 4
            try await fixture.producer.enqueue(TestJob.self, batch: (0..<6).map { .init(value: "\($0)") })
            let life = try await fixture.life(registry, configuration)
            try await fixture.run(life) { _ in
                try await eventually("four run") { record.all.count == 4 }
                try life.tuning.setConcurrency(1)
                for gate in gates[0..<3] { gate.open() }
                try await eventually("three ended") { record.all.count == 7 }
                try await eventually("their places are gone") { life.tuning.busy == 1 }
                gates[3].open()
                try await eventually("the next runs alone") { record.all.last == "start 4" }
                gates[4].open()
                gates[5].open()
                try await eventually("all ended") { record.all.count == 12 }
            }
            #expect(record.all.suffix(4) == ["start 4", "end 4", "start 5", "end 5"])
        }
    }

    @Test("a worker that scales itself and has nothing to do has the fewest places, however many queues it looks at")
    func idle() async throws {
        try await QueueFixture.with { fixture in
            var configuration = fixture.steadyConfiguration
            configuration.queues = ["work", "a", "b", "c"]
            configuration.autoscale = 2...40
            let life = try await fixture.life(TestJob.registry { _, _ in "" }, configuration)
            let clock = ManualClock()
            let autoscaler = Autoscaler(
                tuning: life.tuning,
                clock: clock,
                measure: { ProcessLoad() },
                logger: QueueFixture.logger
            )
            try await fixture.run(life) { _ in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await autoscaler.run() }
                    let id = try await fixture.producer.enqueue(TestJob.self, .init(value: "")).taskID
                    try await eventually("it ran") { try await fixture.result(id) != nil }
                    for _ in 0..<50 {
                        await clock.finishSleep(of: Autoscaler<ManualClock>.pause)
                        for queue in ["a", "b", "c"] {
                            _ = try await fixture.command("PUBLISH", fixture.redis.keys(of: QueueName(queue)).wake, "")
                        }
                    }
                    #expect(life.tuning.concurrency == 2)
                    group.cancelAll()
                }
            }
        }
    }

    @Test("a burst gets places at once, and they go again when it is over")
    func burst() async throws {
        try await QueueFixture.with { fixture in
            let gate = Gate()
            let registry = TestJob.registry { _, _ in
                await gate.pass()
                return ""
            }
            var configuration = fixture.steadyConfiguration
            configuration.autoscale = 2...40
            let life = try await fixture.life(registry, configuration)
            let clock = ManualClock()
            let autoscaler = Autoscaler(
                tuning: life.tuning,
                clock: clock,
                measure: { ProcessLoad() },
                logger: QueueFixture.logger
            )
            try await fixture.run(life) { _ in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await autoscaler.run() }
                    #expect(life.tuning.concurrency == 2)
                    try await fixture.push(100)
                    try await eventually("all places taken") {
                        clock.advance(by: AutoscaleState.step)
                        return life.tuning.statistics.busy == 40
                    }
                    #expect(life.tuning.concurrency == 40)
                    gate.open()
                    try await eventually("all done") { try await fixture.census().isEmpty }
                    let before = clock.now.offset
                    try await eventually("few places again") {
                        clock.advance(by: .seconds(1))
                        return life.tuning.concurrency == 2
                    }
                    let took = clock.now.offset - before
                    #expect(took > AutoscaleState.keepAlive * 4, "slowly")
                    group.cancelAll()
                }
            }
        }
    }
}
