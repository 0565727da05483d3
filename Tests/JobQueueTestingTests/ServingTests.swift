import JobQueue
import JobQueueTesting
import Testing

extension TestQueueTests {
    @Test("code that waits for what it enqueues is served meanwhile, and what is left afterwards")
    func serving() async throws {
        let queue = queue { [record] arguments, context in
            record.add(arguments.value)
            if context.attempt == 1, arguments.value == "later" { throw Trouble(number: 1) }
            return arguments.value + "!"
        }
        let values = try await queue.serve {
            var values: [String] = []
            for value in ["a", "b"] {
                let receipt = try await queue.producer.enqueue(Work.self, .init(value: value))
                values.append(try await queue.producer.handle(of: receipt, as: Work.self).value(timeout: .seconds(30)))
            }
            try await enqueue("c", queue)
            try await enqueue("d", queue, EnqueueOptions(delay: .seconds(1)))
            return values
        }
        #expect(values == ["a!", "b!"] && record.all == ["a", "b", "c"] && queue.unfinishedCount == 1)

        let late = try await queue.serve(within: .seconds(3600)) {
            let receipt = try await queue.producer.enqueue(Work.self, .init(value: "later"))
            return try await queue.producer.handle(of: receipt, as: Work.self).value(timeout: .seconds(30))
        }
        #expect(late == "later!" && record.all.suffix(3) == ["later", "d", "later"] && queue.unfinishedCount == 0)
    }

    @Test("whoever serves is told of failures, unless the test asks for them, and of what the code throws")
    func servingFailures() async throws {
        let queue = queue { arguments, _ in
            guard arguments.value == "good" else { throw TaskFailure(type: "Bad", message: "no") }
            return ""
        }
        let failed = await #expect(throws: TasksFailed.self) {
            try await queue.serve(within: .seconds(3600)) { try await enqueue("bad", queue) }
        }
        #expect(failed?.attempts.count == 1)
        _ = try await queue.serve(within: .seconds(3600), .returned) { try await enqueue("bad", queue) }
        await #expect(throws: Trouble(number: 3)) { try await queue.serve { throw Trouble(number: 3) } }
        // Nobody serves it any more.
        try await enqueue("good", queue)
        try await queue.runAll()
    }

    @Test("periodic jobs happen as the clock moves, and keep nobody waiting")
    func periodic() async throws {
        var jobs = JobRegistry()
        let record = record
        jobs.register(
            Work { arguments, context in
                record.add("\(arguments.value) \(context.periodicJob ?? "-") \(context.periodicTime?.text ?? "-")")
                return ""
            }
        )
        var periodic = PeriodicJobs()
        try periodic.add(PeriodicJob("hourly", Work.self, .init(value: "h"), on: .interval(.seconds(3600))))
        try periodic.add(PeriodicJob("daily", Work.self, .init(value: "d"), on: .cron("30 1 * * *")))
        let queue = TestQueue(jobs: jobs, periodic: periodic)
        #expect(try await queue.runToEnd().isEmpty)
        let attempts = try await queue.advance(by: .seconds(2 * 3600))
        #expect(
            attempts.map { $0.time.text.prefix(16) } == ["2026-01-01T01:00", "2026-01-01T01:30", "2026-01-01T02:00"]
        )
        #expect(record.all.map { $0.prefix(8) } == ["h hourly", "d daily ", "h hourly"])
        #expect(record.all[1].hasPrefix("d daily 2026-01-01T01:30"))
        #expect(try queue.enqueued(Work.self).map(\.arguments.value) == ["h", "d", "h"])
        #expect(try await queue.runToEnd().isEmpty)
        // Through the wait of another task they go on.
        try await enqueue("x", queue, EnqueueOptions(delay: .seconds(3700)))
        #expect(try await queue.runToEnd().count == 2)
    }

    @Test("an absorbed task is out of date by the queue's clock")
    func absorbedExpiry() async throws {
        let queue = queue { [record] _, context in
            record.add("\(try await context.absorb(Work.self).map(\.arguments.value))")
            return ""
        }
        let options = EnqueueOptions(expiresAfter: .seconds(60), orderingKey: OrderingKey("k"))
        for value in ["a", "b", "c"] { try await enqueue(value, queue, options) }
        try await queue.runAll()
        #expect(record.all == [#"["b", "c"]"#])
    }
}

extension TestQueueTests {
    /// Writes a word at a time.
    private struct Talk: Job {
        static let name: TaskName = "talk"
        static let queue: QueueName = "work"
        static let streamsOutput = true
        let said: @Sendable (Int) async -> Void

        func run(_ arguments: NoArguments, in context: JobContext) async throws -> NoOutput {
            for number in 1...3 {
                try await context.output.append("\(number) ")
                await said(number)
            }
            try await context.output.cut(to: 2)
            return NoOutput()
        }
    }

    @Test("who reads an output while its task is served gets it piece by piece, and is told where nobody writes")
    func streamedOutput() async throws {
        let (read, hasRead) = AsyncStream.makeStream(of: Void.self)
        var jobs = JobRegistry()
        jobs.register(Talk { _ in for await _ in read { break } })
        let queue = TestQueue(jobs: jobs)
        let pieces = try await queue.serve {
            let id = try await queue.producer.enqueue(Talk.self, NoArguments()).taskID
            var pieces: [String] = []
            for try await chunk in queue.producer.output(of: id, in: "work") {
                pieces.append("\(chunk.offset) \(chunk.text)")
                hasRead.yield()
            }
            return pieces
        }
        #expect(pieces == ["0 1 ", "2 2 ", "4 3 ", "2 "])
        let error = await #expect(throws: JobQueueError.self) {
            for try await _ in queue.producer.output(of: "nobody", in: "work") {}
        }
        #expect(error?.code == .noNews)
    }
}
