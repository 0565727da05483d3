import JSON
import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("Steps that are done once", .timeLimit(.minutes(1)))
struct StepTests {
    private struct Page: Codable, Sendable, Equatable {
        var number: Int
        var text: String?
    }

    private func failure(_ fixture: QueueFixture, _ id: TaskID) async throws -> String {
        try await eventually("the failure") { try await fixture.result(id)?["status"] == "FAILURE" }
        return try await fixture.result(id)?["result"]?["exc_message"]?.array?.first?.string ?? ""
    }

    /// What is stored of steps is deleted after the word of the task's end.
    private func isForgotten(_ fixture: QueueFixture, _ id: TaskID) async throws {
        try await eventually("the steps are forgotten") {
            try await fixture.command("EXISTS", fixture.keys.journal(of: id)).integer == 0
        }
    }

    @Test("a retry goes on after the steps that are done, and nothing is left once the task has ended")
    func retry() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            let journal = fixture.keys.journal(of: "t")
            let registry = TestJob.registry { _, context in
                let page = try await context.step("draw") {
                    record.add("draw")
                    return Page(number: context.attempt, text: nil)
                }
                let none: Int? = try await context.step("nothing") {
                    record.add("nothing")
                    return nil
                }
                let life = try await fixture.command("PTTL", journal).integer ?? 0
                #expect(life > 6 * 86_400_000)
                try await context.step("print") {
                    record.add("print \(page.number) \(none ?? 0)")
                    if context.attempt == 1 { throw TaskFailure(type: "Jam", message: "") }
                }
                return "\(page.number)"
            }
            try await fixture.withWorker(registry) {
                try await fixture.producer.enqueue(
                    TestJob.self,
                    .init(value: ""),
                    options: EnqueueOptions(taskID: "t")
                )
                try await eventually("success") { try await fixture.result("t")?["status"] == "SUCCESS" }
                try await eventually("the journal is gone") {
                    try await fixture.command("EXISTS", journal).integer == 0
                }
            }
            #expect(record.all == ["draw", "nothing", "print 1 0", "print 1 0"])
            #expect(try await fixture.result("t")?["result"] == "1")
        }
    }

    @Test("after the death of a worker the next goes on, and the dead one's late step is refused")
    func crash() async throws {
        try await QueueFixture.with { fixture in
            let gate = Gate()
            defer { gate.open() }
            let record = Record()
            let registry = TestJob.registry { _, context in
                try await context.step("first") { record.add("first of \(context.crashes)") }
                do {
                    try await context.step("second") {
                        if context.crashes == 0 { await gate.pass() }
                        record.add("second of \(context.crashes)")
                    }
                } catch let error as JobQueueError {
                    record.add("refused: \(error.code == .leaseLost)")
                    throw error
                }
                return ""
            }
            var configuration = fixture.configuration
            configuration.lease = .seconds(60)
            let lost = try await fixture.life(registry, configuration)
            let id = try await fixture.producer.enqueue(TestJob.self, .init(value: "")).taskID
            try await withThrowingTaskGroup(of: WorkerLife.Ending.self) { group in
                group.addTask { await lost.run(until: StopRequest()) }
                try await eventually("the first step is written down") {
                    try await fixture.command("HLEN", fixture.keys.journal(of: id)).integer == 1
                }
                try await fixture.expire(lost.incarnation)
                try await fixture.withWorker(registry, configuration: configuration) {
                    try await eventually("success") { try await fixture.result(id)?["status"] == "SUCCESS" }
                    #expect(record.all == ["first of 0", "second of 1"])
                    gate.open()
                    try await eventually("the refusal") { record.all.last == "refused: true" }
                    #expect(try await group.next() == .leaseLost)
                    try await isForgotten(fixture, id)
                }
            }
        }
    }

    @Test("steps run in parallel; one that threw may be tried again; two of one name are a mistake that says so")
    func names() async throws {
        try await QueueFixture.with { fixture in
            let registry = TestJob.registry { arguments, context in
                let sum = try await withThrowingTaskGroup(of: Int.self) { group in
                    for number in 1...20 {
                        group.addTask { try await context.step("add \(number)") { number } }
                    }
                    return try await group.reduce(0, +)
                }
                for attempt in 1...2 {
                    do {
                        try await context.step("again") {
                            if attempt == 1 { throw TaskFailure(type: "Once", message: "") }
                        }
                    } catch is TaskFailure {}
                }
                if arguments.value == "twice" { _ = try await context.step("add 7") { 7 } }
                return "\(sum)"
            }
            try await fixture.withWorker(registry) {
                let good = try await fixture.producer.enqueue(TestJob.self, .init(value: "")).taskID
                try await eventually("success") { try await fixture.result(good)?["result"] == "210" }
                let twice = try await fixture.producer.enqueue(TestJob.self, .init(value: "twice")).taskID
                #expect(
                    try await failure(fixture, twice)
                        == "two steps of one attempt have the same name (test.job, step `add 7`)"
                )
                try await eventually("a dead letter") { try await fixture.census() == ["dead": 1] }
                try await isForgotten(fixture, twice)
            }
        }
    }

    @Test("results have bounds")
    func bounds() async throws {
        try await QueueFixture.with { fixture in
            let registry = TestJob.registry { arguments, context in
                if arguments.value == "large" {
                    return try await context.step("s") { String(repeating: "x", count: JobContext.maximumStepBytes) }
                }
                return try await context.step("one more") { "" }
            }
            let full = fixture.keys.journal(of: "full")
            for number in 0..<JobContext.maximumSteps { _ = try await fixture.command("HSET", full, "\(number)", "1") }
            try await fixture.withWorker(registry) {
                let large = try await fixture.producer.enqueue(TestJob.self, .init(value: "large")).taskID
                #expect(try await failure(fixture, large).hasPrefix("it is too large"))
                let options = EnqueueOptions(taskID: "full")
                try await fixture.producer.enqueue(TestJob.self, .init(value: ""), options: options)
                #expect(try await failure(fixture, "full").hasPrefix("there are too many steps"))
            }
        }
    }

    @Test("a stored result of another type is not taken for one, and the step is not done again")
    func otherType() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            let registry = TestJob.registry { _, context in
                "\(try await context.step("s") { record.add("done"); return Page(number: 1) }.number)"
            }
            _ = try await fixture.command("HSET", fixture.keys.journal(of: "t"), "s", "\"text\"")
            try await fixture.withWorker(registry) {
                let options = EnqueueOptions(taskID: "t")
                try await fixture.producer.enqueue(TestJob.self, .init(value: ""), options: options)
                #expect(try await failure(fixture, "t").hasPrefix("the stored result is of another type"))
                #expect(record.all.isEmpty)
            }
        }
    }
}
