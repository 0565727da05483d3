import JSON
import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("What follows an error", .timeLimit(.minutes(1)))
struct RetryAdviceTests {
    enum Trouble: Error { case hopeless, later, full, other, bus }

    struct Judging: Job {
        static let name: TaskName = "test.judging"
        static let queue: QueueName = "work"
        static let retry = RetryPolicy.exponential(base: .zero, cap: .zero, maximumRetries: 2)
            .puttingOff(atMost: 3, for: .seconds(60))

        func run(_ arguments: NoArguments, in context: JobContext) async throws -> String { throw Trouble.full }

        func retryAdvice(for error: any Error) -> RetryAdvice? {
            switch error as? Trouble {
            case .hopeless: .never
            case .later: .after(.seconds(30))
            case .full: .putOff(.milliseconds(1))
            case .bus: .after(.seconds(61))
            case .other, nil: nil
            }
        }
    }

    struct Advising: RetryAdvising {
        var retryAdvice: RetryAdvice { .after(.seconds(7)) }
    }

    private func judged(_ error: any Error, retries: Int = 0, putOffs: PutOffs? = nil) throws -> Outcome {
        var registry = JobRegistry()
        registry.register(Judging())
        let job = try #require(registry[Judging.name])
        let now = WireTime(milliseconds: 1_800_000_000_000)
        let task = NewTask(id: "t", name: Judging.name, queue: "work", keywordArguments: Array("{}".utf8))
        var raw = task.encoded(origin: "gen1@h")
        for _ in 0..<retries { raw = try TaskMessage(decoding: raw).retried(at: now, spending: 1) }
        if let putOffs {
            for _ in 0..<putOffs.count {
                raw = try TaskMessage(decoding: raw).retried(at: now, spending: 0, now: putOffs.since)
            }
        }
        let message = try TaskMessage(decoding: raw)
        #expect(message.retries == retries)
        #expect(message.putOffs == putOffs)
        return .judged(error, message, job, at: now)
    }

    private func says(_ outcome: Outcome) -> String {
        switch outcome {
        case .failed(let failure, _): "failed \(failure.type)"
        case .retry(let delay, let spending, _): "after \(delay.milliseconds) spending \(spending)"
        default: "\(outcome)"
        }
    }

    @Test("the job is asked first, then the error, then the policy")
    func order() throws {
        #expect(says(try judged(Trouble.hopeless)) == "failed Trouble")
        #expect(says(try judged(Trouble.later)) == "after 30000 spending 1")
        #expect(says(try judged(Trouble.full)) == "after 1 spending 0")
        #expect(says(try judged(Trouble.other)) == "after 0 spending 1")
        #expect(says(try judged(Advising())) == "after 7000 spending 1")
    }

    @Test("a named delay spends an attempt, and is not waited for beyond the bound")
    func named() throws {
        #expect(says(try judged(Trouble.later, retries: 1)) == "after 30000 spending 1")
        #expect(says(try judged(Trouble.later, retries: 2)) == "failed Trouble")
        #expect(says(try judged(Trouble.bus)) == "failed Trouble")
    }

    @Test("a task that was put off so often, or for so long, has failed")
    func putOffs() throws {
        let now = WireTime(milliseconds: 1_800_000_000_000)
        let twice = PutOffs(count: 2, since: now.advanced(by: .seconds(-59)))
        #expect(says(try judged(Trouble.full, putOffs: twice)) == "after 1 spending 0")
        let often = PutOffs(count: 3, since: now.advanced(by: .seconds(-59)))
        #expect(says(try judged(Trouble.full, putOffs: often)) == "failed PutOffLimitExceeded")
        let long = PutOffs(count: 1, since: now.advanced(by: .seconds(-60)))
        #expect(says(try judged(Trouble.full, putOffs: long)) == "failed PutOffLimitExceeded")
    }

    @Test("on a real queue it goes to the dead list with the reason, and begins afresh when an operator retries it")
    func dead() async throws {
        try await QueueFixture.with { fixture in
            var registry = JobRegistry()
            registry.register(Judging())
            try await fixture.withWorker(registry) {
                let id = try await fixture.producer.enqueue(Judging.self, NoArguments()).taskID
                try await eventually("it is dead") { try await fixture.census() == ["dead": 1] }
                let failure = try #require(try await fixture.result(id)?["result"])
                #expect(failure["exc_type"] == "PutOffLimitExceeded")
                let text = try #require(failure["exc_message"]?.array?.first?.string)
                #expect(text.hasPrefix("put off 3 times since "))
                #expect(text.hasSuffix("at last: Trouble: full"))
            }
            let letter = try #require(try await fixture.command("LINDEX", fixture.keys.dead, 0).bytes)
            let entry = DeadLetterEntry(letter, position: 1)
            #expect(entry.deliveries == 1, "putting off spends no attempt")
            let afresh = try TaskMessage(decoding: try #require(entry.afresh))
            #expect(afresh.putOffs == nil)
        }
    }
}
