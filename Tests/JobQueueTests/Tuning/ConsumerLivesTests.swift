import JSON
import NIOConcurrencyHelpers
import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("What a worker was told, and its lives", .timeLimit(.minutes(1)))
struct ConsumerLivesTests {
    @Test("a new life begins with what the worker was told, and tells of each queue before that can know of it")
    func newLife() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            let reports = Reports()
            let worker = JobWorker(
                configuration: fixture.configuration,
                registry: QueueFixture.noting(record),
                redis: fixture.redis,
                logger: QueueFixture.logger,
                onLife: { reports.add($0) }
            )
            let lives = Record()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await worker.run() }
                try await changeLife(of: worker, fixture, noting: lives)
                group.cancelAll()
            }
            #expect(worker.tuning.concurrency == 3)
            for life in lives.all {
                #expect(reports.of(life).contains(LifeReport(life, .joining, QueueFixture.other)))
            }
            #expect(reports.of(lives.all[1]).map(\.stage) == [.beginning, .joining, .registered])
        }
    }

    /// Adds a queue, then takes the lease with it away, as a reaper does that believes the worker dead.
    private func changeLife(of worker: JobWorker, _ fixture: QueueFixture, noting lives: Record) async throws {
        try await eventually("it is registered") { try await fixture.workers(of: fixture.queue).count == 1 }
        try worker.tuning.addConsumer(QueueFixture.other)
        try worker.tuning.setConcurrency(3)
        try await eventually("it has joined") { try await fixture.workers().count == 1 }
        let first = try await fixture.workers()
        _ = try await fixture.command("ZREM", fixture.redis.keys(of: QueueFixture.other).workers, first[0])
        try await eventually("a new life") {
            let now = try await fixture.workers()
            return now.count == 1 && now != first
        }
        let second = try await fixture.workers()
        for life in first + second { lives.add(life) }
        let id = try await fixture.add("after")
        try await eventually("it is run") { try await fixture.result(id) != nil }
    }

    @Test("told to shut down, a worker ends as at a graceful stop")
    func shutdown() async throws {
        try await QueueFixture.with { fixture in
            let gate = Gate()
            let record = Record()
            let registry = TestJob.registry { _, context in
                record.add("start")
                await context.stopRequested()
                gate.open()
                return ""
            }
            let worker = JobWorker(
                configuration: fixture.configuration,
                registry: registry,
                redis: fixture.redis,
                logger: QueueFixture.logger
            )
            let id = try await fixture.add("x", to: fixture.queue)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await worker.run() }
                try await eventually("it runs") { record.all == ["start"] }
                worker.tuning.shutdown()
                await gate.pass()
                try await group.waitForAll()
            }
            #expect(try await fixture.result(id)?["status"] == "SUCCESS")
            #expect(try await fixture.census().isEmpty)
        }
    }
}

/// What a worker told of its lives, in order.
private final class Reports: Sendable {
    private let reports = NIOLockedValueBox<[LifeReport]>([])

    func add(_ report: LifeReport) { reports.withLockedValue { $0.append(report) } }
    func of(_ life: String) -> [LifeReport] {
        reports.withLockedValue { $0.filter { $0.incarnation.rawValue == life } }
    }
}

extension LifeReport {
    fileprivate init(_ life: String, _ stage: Stage, _ queue: QueueName?) {
        self.init(incarnation: Incarnation(life), stage: stage, queue: queue)
    }
}
