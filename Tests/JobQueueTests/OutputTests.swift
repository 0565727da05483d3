import JSON
import NIOConcurrencyHelpers
import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("Output that is read while it is written", .timeLimit(.minutes(1)))
struct OutputTests {
    struct Writing: Job {
        static let name: TaskName = "test.writing"
        static let queue: QueueName = "work"
        static let streamsOutput = true
        static let retry = RetryPolicy.exponential(base: .milliseconds(1), cap: .milliseconds(1), maximumRetries: 1)
        let write: @Sendable (JobContext) async throws -> Void

        func run(_ arguments: NoArguments, in context: JobContext) async throws -> NoOutput {
            try await write(context)
            return NoOutput()
        }
    }

    private func registry(_ write: @escaping @Sendable (JobContext) async throws -> Void) -> JobRegistry {
        var registry = JobRegistry()
        registry.register(Writing(write: write))
        return registry
    }

    private func enqueue(_ fixture: QueueFixture) async throws -> TaskID {
        try await fixture.producer.enqueue(Writing.self, NoArguments()).taskID
    }

    /// What a reader has in the end, whatever was cut off meanwhile.
    private func read(
        _ fixture: QueueFixture,
        _ id: TaskID,
        from offset: Int = 0,
        _ onChunk: (TaskOutputChunk) -> Void = { _ in }
    ) async throws -> String {
        var bytes: [UInt8] = []
        for try await chunk in fixture.producer.output(of: id, in: fixture.queue, from: offset) {
            bytes.removeSubrange((chunk.offset - offset)...)
            bytes += chunk.bytes
            onChunk(chunk)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("pieces reach a reader one by one, and the reader ends with the task; a late one reads the whole")
    func pieces() async throws {
        try await QueueFixture.with { fixture in
            let gates = (0..<3).map { _ in Gate() }
            let registry = registry { context in
                for (index, gate) in gates.enumerated() {
                    await gate.pass()
                    let length = try await context.output.append("piece \(index), ")
                    #expect(length == 9 * (index + 1))
                }
            }
            try await fixture.withWorker(registry) {
                let id = try await enqueue(fixture)
                gates[0].open()
                var next = 1
                let text = try await read(fixture, id) { chunk in
                    #expect(chunk.text == "piece \(next - 1), ")
                    if next < 3 { gates[next].open() }
                    next += 1
                }
                #expect(text == "piece 0, piece 1, piece 2, ")
                #expect(next == 4)
                #expect(try await read(fixture, id, from: 9) == "piece 1, piece 2, ")
                try await eventually("no reader keeps a connection") {
                    try await fixture.command("PUBSUB", "NUMSUB", fixture.keys.outputChannel(of: id))[1]?.integer == 0
                }
                for key in [fixture.keys.output(of: id), fixture.keys.outputState(of: id)] {
                    let life = try await fixture.command("PTTL", key).integer ?? 0
                    #expect(life > 80_000_000)
                }
            }
        }
    }

    @Test("a retry goes on behind what is there, and readers see one text")
    func resumed() async throws {
        try await QueueFixture.with { fixture in
            let registry = registry { context in
                if context.attempt == 1 {
                    try await context.output.append("one ")
                    try await context.output.append("two ")
                    throw TaskFailure(type: "Broken", message: "")
                }
                let output = try context.output
                #expect(try await output.contents() == Array("one two ".utf8))
                #expect(try await output.length() == 8)
                try await output.append("three")
            }
            try await fixture.withWorker(registry) {
                let id = try await enqueue(fixture)
                #expect(try await read(fixture, id) == "one two three")
            }
        }
    }

    @Test("a retry may cut off what it does better, and readers are told from where")
    func cut() async throws {
        try await QueueFixture.with { fixture in
            let wasRead = Gate()
            let registry = registry { context in
                if context.attempt == 1 {
                    try await context.output.append("good, bad")
                    await wasRead.pass()
                    throw TaskFailure(type: "Broken", message: "")
                }
                try await context.output.cut(to: 6)
                try await context.output.append("better text")
            }
            try await fixture.withWorker(registry) {
                let chunks = NIOLockedValueBox<[TaskOutputChunk]>([])
                let text = try await read(fixture, try await enqueue(fixture)) { chunk in
                    chunks.withLockedValue { $0.append(chunk) }
                    wasRead.open()
                }
                #expect(text == "good, better text")
                #expect(chunks.withLockedValue { $0 }.contains { $0.offset == 6 })
            }
        }
    }

    @Test("a worker that has lost its task cannot write")
    func fenced() async throws {
        try await QueueFixture.with { fixture in
            let gate = Gate()
            defer { gate.open() }
            let record = Record()
            let registry = registry { context in
                if context.crashes == 0 {
                    try await context.output.append("first")
                    await gate.pass()
                    do {
                        try await context.output.append(" and late")
                    } catch let error as JobQueueError {
                        record.add("\(error.code == .leaseLost)")
                    }
                } else {
                    try await context.output.append(" and second")
                }
            }
            var configuration = fixture.configuration
            configuration.lease = .seconds(5)
            let lost = try await fixture.life(registry, configuration)
            let id = try await enqueue(fixture)
            try await withThrowingTaskGroup(of: WorkerLife.Ending.self) { group in
                group.addTask { await lost.run(until: StopRequest()) }
                try await eventually("the first piece") {
                    try await fixture.command("EXISTS", fixture.keys.output(of: id)).integer == 1
                }
                try await fixture.expire(lost.incarnation)
                try await fixture.withWorker(registry, configuration: configuration) {
                    #expect(try await read(fixture, id) == "first and second")
                    #expect(try await group.next() == .leaseLost)
                    gate.open()
                    try await eventually("the late write") { record.all == ["true"] }
                    #expect(try await read(fixture, id) == "first and second")
                }
            }
        }
    }

    @Test("readers are told of an end without a run, and of a failure; a reader has patience, not for ever")
    func ends() async throws {
        try await QueueFixture.with { fixture in
            let registry = registry { context in
                try await context.output.append("x")
                throw InvalidArguments(job: Writing.name, reason: JobQueueError(.tooMany, task: nil, cause: nil))
            }
            let cancelled = try await enqueue(fixture)
            try await fixture.producer.cancel(cancelled, in: fixture.queue)
            let failed = try await enqueue(fixture)
            let impatient = fixture.producer.output(of: failed, in: fixture.queue, patience: .milliseconds(50))
            let error = await #expect(throws: JobQueueError.self) {
                for try await _ in impatient {}
            }
            #expect(error?.code == .noNews)
            try await fixture.withWorker(registry) {
                let texts = [try await read(fixture, cancelled), try await read(fixture, failed)]
                #expect(texts == ["", "x"])
            }
        }
    }

    @Test("an output has a bound, is written in one place, and belongs to jobs that say so")
    func bounds() async throws {
        try await QueueFixture.with { fixture in
            let codes = NIOLockedValueBox<[JobQueueError.Code]>([])
            @Sendable func note(_ body: () async throws -> Void) async {
                do { try await body() } catch let error as JobQueueError {
                    codes.withLockedValue { $0.append(error.code) }
                } catch {}
            }
            var registry = registry { context in
                let output = try context.output
                await note { try await output.append([UInt8](repeating: 120, count: TaskOutput.maximumBytes + 1)) }
                try await output.append("kept")
                await note { try await output.cut(to: 5) }
                _ = output.position.begin()
                await note { try await output.append("y") }
            }
            registry.register(
                TestJob { _, context in
                    await note { _ = try context.output }
                    return ""
                }
            )
            try await fixture.withWorker(registry) {
                let id = try await enqueue(fixture)
                #expect(try await read(fixture, id) == "kept")
                let other = try await fixture.producer.enqueue(TestJob.self, .init(value: "")).taskID
                try await eventually("the other") { try await fixture.result(other) != nil }
            }
            #expect(codes.withLockedValue { $0 } == [.tooLarge, .outputMoved, .outputBusy, .noOutputStream])
        }
    }

    @Test("a write that is told again, because its reply was lost, changes nothing")
    func toldAgain() async throws {
        try await QueueFixture.with { fixture in
            let worker = ScriptedWorker(fixture: fixture)
            try await worker.register()
            try await fixture.push(1)
            _ = try await worker.cycle(fetching: 1)
            func append(_ place: Int, _ text: String, tag: Int = 1) async throws -> [Int64?] {
                let reply = try await fixture.redis.evaluate(
                    QueueScripts.appendOutput,
                    keys: [
                        fixture.keys.workers, fixture.keys.inflight(worker.incarnation), fixture.keys.reaped, "o", "s",
                    ],
                    arguments: [
                        worker.incarnation.rawValue, worker.lease.milliseconds, tag, place, text, 10, 60_000, "c",
                    ]
                )
                return [reply[0]?.integer, reply[1]?.integer]
            }
            #expect(try await append(0, "abc") == [1, 3])
            #expect(try await append(0, "abc") == [1, 3])
            #expect(try await append(0, "xyz") == [0, 3])
            #expect(try await append(3, "defghijk") == [-1, 3])
            #expect(try await append(3, "def") == [1, 6])
            #expect(try await fixture.command("GET", "o").string == "abcdef")
            #expect(await worker.isFenced { _ = try await append(6, "g", tag: 2) })
        }
    }

    @Test(
        "a reader goes back to where the output was cut, or to the start where it missed a cut",
        arguments: [(1, 6, 6), (1, 20, nil), (2, 6, 0)] as [(Int64, Int, Int?)]
    )
    func cursor(cuts: Int64, kept: Int, goesTo: Int?) {
        var cursor = OutputCursor(offset: 0)
        func look(_ bytes: String, cuts: Int64, isEnded: Bool = false) -> OutputCursor.Look {
            .init(cuts: cuts, kept: kept, isEnded: isEnded, bytes: Array(bytes.utf8))
        }
        #expect(cursor.take(look("0123456789", cuts: 0)) == .chunk(.init(offset: 0, bytes: Array("0123456789".utf8))))
        #expect(cursor.take(look("", cuts: 0)) == .wait)
        guard let goesTo else {
            #expect(cursor.take(look("", cuts: cuts, isEnded: true)) == .end)
            return
        }
        #expect(cursor.take(look("", cuts: cuts)) == .again)
        #expect(cursor.offset == goesTo)
        #expect(
            cursor.take(look("", cuts: cuts)) == .chunk(.init(offset: goesTo, bytes: [])),
            "told of the cut at once"
        )
        #expect(cursor.take(look("", cuts: cuts)) == .wait)
    }
}
