import JSON
import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("Signs of progress", .timeLimit(.minutes(1)))
struct ProgressTests {
    private let start = ContinuousClock.now

    private func watch(first: Int?, between: Int?) throws -> ProgressWatch {
        try #require(
            ProgressWatch(
                ProgressDeadlines(firstSign: first.map { .seconds($0) }, betweenSigns: between.map { .seconds($0) }),
                from: start
            )
        )
    }

    @Test("where none is asked for, nothing is watched")
    func none() {
        #expect(ProgressWatch(.none, from: start) == nil)
    }

    @Test("a first sign that does not come is missed when its time is up, and not before")
    func first() throws {
        var watch = try watch(first: 10, between: nil)
        #expect(watch.nextLook == start + .seconds(10))
        #expect(watch.missing(at: start + .seconds(9)) == nil)
        #expect(watch.missing(at: start + .seconds(10)) == ProgressDeadlineExceeded(isFirst: true, limit: .seconds(10)))
    }

    @Test("after the first sign nothing is watched where no others are asked for")
    func onlyFirst() throws {
        var watch = try watch(first: 10, between: nil)
        watch.mark.sign(at: start + .seconds(3))
        #expect(watch.missing(at: start + .seconds(10)) == nil)
        #expect(watch.nextLook == nil)
    }

    @Test("a further sign is missed exactly so long after the last one, also where the first came early")
    func further() throws {
        var watch = try watch(first: 10, between: 2)
        watch.mark.sign(at: start + .seconds(1))
        #expect(watch.nextLook == start + .seconds(2))
        #expect(watch.missing(at: start + .seconds(2)) == nil)
        #expect(watch.nextLook == start + .seconds(3))
        watch.mark.sign(at: start + .milliseconds(2_500))
        #expect(watch.missing(at: start + .seconds(3)) == nil)
        #expect(watch.nextLook == start + .milliseconds(4_500))
        let missed = ProgressDeadlineExceeded(isFirst: false, limit: .seconds(2))
        #expect(watch.missing(at: start + .milliseconds(4_500)) == missed)
    }

    @Test("without a deadline for the first sign it may come at any time")
    func lateFirst() throws {
        var watch = try watch(first: nil, between: 2)
        for second in stride(from: 2, through: 20, by: 2) {
            #expect(watch.missing(at: start + .seconds(second)) == nil)
        }
        watch.mark.sign(at: start + .seconds(21))
        #expect(watch.missing(at: start + .seconds(22)) == nil)
        #expect(watch.nextLook == start + .seconds(23))
        #expect(watch.missing(at: start + .seconds(23)) != nil)
    }

    /// Gives so many signs, and then waits for its cancellation; the second attempt ends.
    private struct Stalling: Job {
        static let name: TaskName = "test.stalling"
        static let queue: QueueName = "work"
        static let progress = ProgressDeadlines(firstSign: .milliseconds(300), betweenSigns: .milliseconds(200))
        static let retry = RetryPolicy.exponential(base: .milliseconds(1), cap: .milliseconds(1), maximumRetries: 1)
        struct Arguments: Codable, Sendable { let signs: Int }
        let record: Record

        func run(_ arguments: Arguments, in context: JobContext) async throws -> String {
            for _ in 0..<arguments.signs { context.progress() }
            guard context.attempt == 1 else { return "done" }
            do {
                try await Task.sleep(for: .seconds(600))
            } catch {
                record.add("cancelled")
                throw error
            }
            return ""
        }
    }

    @Test("an attempt without them is cancelled, says which was missing, and is retried", arguments: [0, 3])
    func stalls(signs: Int) async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            var registry = JobRegistry()
            registry.register(Stalling(record: record))
            let states = try await fixture.redis.subscribe(channels: [BrokerNames.plain.result(of: "stalling")])
            try await fixture.withWorker(registry) {
                try await fixture.producer.enqueue(
                    Stalling.self,
                    .init(signs: signs),
                    options: EnqueueOptions(taskID: "stalling")
                )
                var texts: [JSONValue] = []
                for await message in states {
                    texts.append(try JSONValue(parsing: message.payload))
                    if texts.count == 2 { break }
                }
                #expect(record.all == ["cancelled"])
                #expect(texts[0]["status"] == "RETRY")
                #expect(texts[0]["result"]?["exc_type"] == "ProgressDeadlineExceeded")
                let missing = "gave no \(signs == 0 ? "first" : "further") sign of progress"
                #expect(texts[0]["result"]?["exc_message"]?.array?.first?.string?.hasPrefix(missing) == true)
                #expect(texts[1]["status"] == "SUCCESS")
            }
        }
    }
}
