import JSON
import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("The queues of a running worker, changed", .timeLimit(.minutes(1)))
struct ConsumersTests {
    @Test("a queue is taken from within two seconds of the word, and left within two of another; then joined anew")
    func addedAndCancelled() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            let life = try await fixture.life(QueueFixture.noting(record), fixture.steadyConfiguration)
            try await fixture.run(life) { _ in
                for round in 1...3 {
                    let waiting = try await fixture.add("\(round)")
                    #expect(try life.tuning.addConsumer(QueueFixture.other))
                    #expect(try !life.tuning.addConsumer(QueueFixture.other))
                    try await fixture.soon("it is run") {
                        try await fixture.result(waiting) != nil
                    }
                    #expect(try await fixture.workers() == [life.incarnation.rawValue])
                    #expect(life.tuning.cancelConsumer(QueueFixture.other))
                    #expect(!life.tuning.cancelConsumer(QueueFixture.other))
                    try await fixture.soon("it is left") {
                        try await fixture.workers().isEmpty
                    }
                    let left = try await fixture.add("left \(round)")
                    #expect(try await fixture.command("LLEN", QueueFixture.other.rawValue).integer == 1)
                    _ = try await fixture.command("DEL", QueueFixture.other.rawValue)
                    #expect(try await fixture.result(left) == nil)
                }
                #expect(record.all == ["other 1", "other 2", "other 3"])
                #expect(life.tuning.queues == [fixture.queue])
            }
        }
    }

    @Test("a bound that the worker was told of holds in a queue that is added later, before anything is taken from it")
    func carriedRate() async throws {
        try await QueueFixture.with { fixture in
            let limits = QueueLimits(redis: fixture.redis)
            let name = LimitName.task(TestJob.name)
            try await limits.set(QueueLimit(concurrency: 3), for: name, in: QueueFixture.other)
            let life = try await fixture.life(QueueFixture.noting(Record()), fixture.steadyConfiguration)
            try await fixture.run(life) { _ in
                try await life.tuning.setRateLimit(TestJob.name, TaskRate("1/h"))
                let ids = [try await fixture.add("1"), try await fixture.add("2")]
                #expect(try life.tuning.addConsumer(QueueFixture.other))
                try await eventually("one may run") {
                    for id in ids where try await fixture.result(id) != nil { return true }
                    return false
                }
                let rate = QueueLimit.Rate(1, per: .seconds(3_600), burst: 1)
                #expect(try await limits.all(of: QueueFixture.other) == [name: QueueLimit(concurrency: 3, rate: rate)])
                let keys = fixture.redis.keys(of: QueueFixture.other)
                try await eventually("the other waits for the bound") {
                    try await fixture.command("ZCARD", keys.limited).integer == 1
                }
                try await life.tuning.setRateLimit(TestJob.name, .unlimited)
                try await eventually("both ran") {
                    for id in ids where try await fixture.result(id) == nil { return false }
                    return true
                }
                // What is not told any more is not carried.
                #expect(try life.tuning.addConsumer("third"))
                try await eventually("joined") { try await !fixture.workers(of: "third").isEmpty }
                #expect(try await limits.all(of: "third").isEmpty)
            }
        }
    }

    @Test("a worker whose last queue was cancelled lives on, takes another, and stops when asked to")
    func noQueue() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            let life = try await fixture.life(QueueFixture.noting(record), fixture.steadyConfiguration)
            try await fixture.run(life) { _ in
                life.tuning.cancelConsumer(fixture.queue)
                try await eventually("it is left") { try await fixture.workers(of: fixture.queue).isEmpty }
                _ = try await fixture.add("waiting")
                try life.tuning.addConsumer(QueueFixture.other)
                try await eventually("it is run") { record.all == ["other waiting"] }
                life.tuning.cancelConsumer(QueueFixture.other)
                try await eventually("it is left, too") { try await fixture.workers().isEmpty }
            }
        }
    }

    @Test("cancelled while a task runs: it ends normally, its settlement arrives, and only then the lease goes")
    func cancelledWhileRunning() async throws {
        try await QueueFixture.with { fixture in
            let gate = Gate()
            let record = Record()
            let registry = TestJob.registry { arguments, _ in
                record.add(arguments.value)
                await gate.pass()
                return "done"
            }
            var configuration = fixture.configuration
            configuration.queues = [fixture.queue, QueueFixture.other]
            // Short enough to see one end, and longer than a busy machine keeps a beat waiting.
            configuration.lease = .seconds(6)
            let life = try await fixture.life(registry, configuration)
            try await fixture.run(life) { _ in
                let running = try await fixture.add("running")
                try await eventually("it runs") { record.all == ["running"] }
                life.tuning.cancelConsumer(QueueFixture.other)
                let consumer = try #require(life.roster.consumer(of: QueueFixture.other))
                try await fixture.soon("it is closed") { consumer.standing.isClosed }
                let late = try await fixture.add("late")
                let lease = try await fixture.leaseEnd(life)
                try await eventually("the lease that it had is over, and it has another") {
                    let now = try await fixture.command("TIME")[0]?.string.flatMap { Double($0) } ?? 0
                    let renewed = try await fixture.leaseEnd(life)
                    return now * 1000 > lease && renewed > lease
                }
                #expect(try await fixture.inflight(life) == 1)
                gate.open()
                try await fixture.soon("it is left") { try await fixture.workers().isEmpty }
                #expect(try await fixture.result(running)?["result"] == "done")
                #expect(try await fixture.inflight(life) == 0)
                #expect(try await fixture.result(late) == nil)
                #expect(record.all == ["running"])
            }
            #expect(try await fixture.command("LLEN", QueueFixture.other.rawValue).integer == 1)
        }
    }

    @Test("told to leave and to stay again while a task runs, it goes on where it was")
    func reopened() async throws {
        try await QueueFixture.with { fixture in
            let gate = Gate()
            let record = Record()
            let registry = TestJob.registry { arguments, _ in
                record.add(arguments.value)
                if arguments.value == "first" { await gate.pass() }
                return ""
            }
            let life = try await fixture.life(registry, fixture.steadyConfiguration)
            try await fixture.run(life) { _ in
                try life.tuning.addConsumer(QueueFixture.other)
                _ = try await fixture.add("first")
                try await eventually("it runs") { record.all == ["first"] }
                let consumer = try #require(life.roster.consumer(of: QueueFixture.other))
                for _ in 0..<20 {
                    life.tuning.cancelConsumer(QueueFixture.other)
                    try await eventually("closed") { consumer.standing.isClosed }
                    try life.tuning.addConsumer(QueueFixture.other)
                    try await eventually("open") { !consumer.standing.isClosed }
                }
                let second = try await fixture.add("second")
                try await fixture.soon("it is run") {
                    try await fixture.result(second) != nil
                }
                #expect(consumer.standing.registration == 1)
                gate.open()
            }
        }
    }

    @Test(
        "a name that no queue can have is refused, and a queue beyond what a worker takes from",
        arguments: ["", "a b", "{a}", "line\n", String(repeating: "x", count: 257)]
    )
    func refused(_ name: String) async throws {
        try await QueueFixture.with { fixture in
            let tuning = WorkerTuning(fixture.configuration, registry: JobRegistry(), redis: fixture.redis)
            #expect(throws: WorkerTuningError(.invalidQueue)) { try tuning.addConsumer(QueueName(name)) }
            for number in 1..<WorkerTuning.mostQueues { try tuning.addConsumer(QueueName("q\(number)")) }
            #expect(throws: WorkerTuningError(.tooManyQueues)) { try tuning.addConsumer("more") }
        }
    }
}
