import Testing

@testable import JobQueue

@Suite("What runs, and until when")
struct RunningTableTests {
    private let start = ContinuousClock.now
    private let limits = TimeLimits(soft: .seconds(10), hard: .seconds(15), grace: .seconds(5))

    private func table(_ tags: ClosedRange<Int64>) -> RunningTable {
        var table = RunningTable()
        table.start(tags.map { .sample(tag: $0) })
        for tag in tags { _ = table.attach(Task {}, to: tag) }
        return table
    }

    private func begin(_ table: inout RunningTable, _ tag: Int64, after delay: Duration = .zero) {
        _ = table.begin(tag, TaskID("\(tag)"), AttemptDeadlines(limits, from: start + delay))
    }

    @Test("looks are at the earliest deadline, and one that comes later asks for none sooner")
    func earliest() {
        var table = table(1...2)
        #expect(table.nextLook == nil)
        #expect(table.begin(1, "1", AttemptDeadlines(limits, from: start)).isSooner)
        #expect(table.nextLook == start + .seconds(10))
        #expect(!table.begin(2, "2", AttemptDeadlines(limits, from: start + .seconds(1))).isSooner)
        #expect(table.nextLook == start + .seconds(10))
        _ = table.overdue(at: start + .seconds(10))
        #expect(table.nextLook == start + .seconds(11))
    }

    @Test("at the soft limit it is cancelled once, at the hard limit it is over")
    func bothLimits() {
        var table = table(1...1)
        begin(&table, 1)
        #expect(table.overdue(at: start + .seconds(9)).cancel.isEmpty)
        #expect(table.overdue(at: start + .seconds(10)).cancel.count == 1)
        #expect(table.nextLook == start + .seconds(15))
        #expect(table.overdue(at: start + .seconds(14)).cancel.isEmpty)
        let ended = table.overdue(at: start + .seconds(15)).end
        #expect(ended.map(\.delivery.tag) == [1])
        #expect(ended.first?.ending.reason == .timeLimit)
        #expect(table.nextLook == nil)
        #expect(table.count == 1, "it counts until it is settled")
        table.leave(1)
        #expect(table.count == 0)
        let late = table.end(1)
        #expect(late.isOverrun)
        let isOverrun = table.finish(1)
        #expect(isOverrun)
    }

    @Test("one whose code ended in time is neither cancelled nor ended")
    func inTime() {
        var table = table(1...1)
        begin(&table, 1)
        let end = table.end(1)
        #expect(end.reason == nil)
        #expect(!end.isOverrun)
        let demands = table.overdue(at: start + .seconds(20))
        #expect(demands.cancel.isEmpty)
        #expect(demands.end.isEmpty)
        let isOverrun = table.finish(1)
        #expect(!isOverrun)
    }

    @Test("one that somebody cancelled has the grace to end, and no more")
    func cancelled() {
        var table = table(1...1)
        begin(&table, 1)
        let (task, isSooner) = table.cancel("1", at: start + .seconds(1))
        #expect(task != nil)
        #expect(isSooner)
        #expect(table.nextLook == start + .seconds(6))
        let demands = table.overdue(at: start + .seconds(6))
        #expect(demands.cancel.isEmpty)
        #expect(demands.end.first?.ending.reason == .cancelled)
    }

    @Test("one that was cancelled before it began is cancelled as it begins")
    func cancelledBefore() {
        var table = table(1...1)
        #expect(table.cancel("1", at: start).cancel == nil)
        #expect(table.begin(1, "1", AttemptDeadlines(limits, from: start)).cancel != nil)
        #expect(table.end(1).reason == .cancelled)
    }

    @Test("who was cancelled here is told once, to whom asks soon")
    func cancelledHere() {
        var table = table(1...3)
        for tag in 1...3 { begin(&table, Int64(tag)) }
        for id in ["1", "2", "elsewhere"] { _ = table.cancel(TaskID(id), at: start) }
        _ = table.finish(1)
        let asked: Set = ["1", "3", "elsewhere"]
        #expect(table.takeCancelled(among: asked, at: start + .seconds(1)) == ["1"])
        #expect(table.takeCancelled(among: asked, at: start + .seconds(1)) == [])
        #expect(table.takeCancelled(among: ["2"], at: start + .seconds(11)) == [])
    }

    @Test("where the worker stops or its lease is lost, no deadline counts any more", arguments: [true, false])
    func stopped(isStop: Bool) {
        var table = table(1...2)
        begin(&table, 1)
        #expect(table.cancelAll(isStop ? .shutdown : .leaseLost, at: start).count == 2)
        let demands = table.overdue(at: start + .seconds(60))
        #expect(demands.cancel.isEmpty)
        #expect(demands.end.isEmpty)
        table.start([.sample(tag: 3)])
        let isCancelled = table.attach(Task {}, to: 3)
        #expect(isCancelled, "what starts later is cancelled at once")
    }

    @Test(
        "the message's limits come before the job's, and the soft one is never the later",
        arguments: [
            (TaskTimeLimit(), 60, 90), (TaskTimeLimit(hard: .seconds(40)), 40, 40),
            (TaskTimeLimit(hard: .seconds(400)), 60, 400), (TaskTimeLimit(soft: .seconds(20)), 20, 50),
            (TaskTimeLimit(hard: .seconds(25), soft: .seconds(20)), 20, 25),
            (TaskTimeLimit(hard: .seconds(20), soft: .seconds(25)), 20, 20),
        ]
    )
    func limits(of message: TaskTimeLimit, soft: Int, hard: Int) throws {
        var registry = JobRegistry()
        registry.register(Minute())
        let limits = TimeLimits(message, try #require(registry[Minute.name]))
        #expect(limits.soft == .seconds(soft))
        #expect(limits.hard == .seconds(hard))
    }
}

private struct Minute: Job {
    static let name: TaskName = "test.minute"
    static let timeLimit: Duration = .seconds(60)
    func run(_ arguments: NoArguments, in context: JobContext) async throws -> NoOutput { NoOutput() }
}

extension Delivery {
    static func sample(tag: Int64) -> Delivery {
        Delivery(
            tag: tag,
            raw: [],
            queue: "work",
            crashes: 0,
            isCancelled: false,
            clockOffset: 0
        )
    }
}
