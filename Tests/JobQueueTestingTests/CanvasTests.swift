import Cryptography
import JSON
import JobPayload
import JobQueue
import JobQueueTesting
import Testing

@Suite("Canvases in a test queue", .timeLimit(.minutes(1)))
struct CanvasTests {
    struct Pair: Codable, Sendable {
        let x: Int
        let y: Int
    }

    struct Add: Job {
        static let name: TaskName = "add"
        static let parameters = ["x", "y"]
        static let retry = RetryPolicy.exponential(base: .seconds(60), cap: .seconds(60), maximumRetries: 1)
        let record: Record

        func run(_ arguments: Pair, in context: JobContext) async throws -> Int {
            record.add("\(arguments.x)+\(arguments.y)")
            guard arguments.y >= 0 else { throw TaskFailure(type: "Negative", message: "\(arguments.y)") }
            return arguments.x + arguments.y
        }
    }

    struct Total: Job {
        struct Arguments: Codable, Sendable { let values: [Int] }

        static let name: TaskName = "total"
        static let parameters = ["values"]
        let record: Record

        func run(_ arguments: Arguments, in context: JobContext) async throws -> Int {
            record.add("total \(arguments.values)")
            return arguments.values.reduce(0, +)
        }
    }

    struct Tell: Job {
        struct Arguments: Codable, Sendable { let task: TaskID }

        static let name: TaskName = "tell"
        static let parameters = ["task"]
        let record: Record

        func run(_ arguments: Arguments, in context: JobContext) async throws -> NoOutput {
            record.add("told \(arguments.task)")
            return NoOutput()
        }
    }

    /// Calls a canvas.
    struct Plan: Job {
        static let name: TaskName = "plan"

        func run(_ arguments: NoArguments, in context: JobContext) async throws -> String {
            let canvas = try Add.canvas(.init(x: 1, y: 2)).then(Add.partial(\.x, .init(x: 0, y: 3)))
            let receipt = try await context.call(canvas, deduplicationKey: "plan:\(context.taskID)")
            return receipt.resultID.rawValue
        }
    }

    let record = Record()

    func queue(payload: (any PayloadCoding)? = nil) -> TestQueue {
        var jobs = JobRegistry()
        jobs.register(Add(record: record))
        jobs.register(Total(record: record))
        jobs.register(Tell(record: record))
        jobs.register(Plan())
        return TestQueue(jobs: jobs, payload: payload)
    }

    func add(_ y: Int) throws -> PartialTask<Int, Int> { try Add.partial(\.x, .init(x: 0, y: y)) }

    @Test("a chord is stepped through: its header side by side, its body with the results in order")
    func steps() async throws {
        let queue = queue()
        let members = try [1, 2, 3].map { try Add.canvas(.init(x: $0, y: 10)).then(add(100)) }
        let chord = try CanvasGroup(members).then(Total.partial(\.values, .init(values: [])))
        let receipt = try await queue.producer.call(chord)
        #expect(queue.enqueuedNames == ["add", "add", "add"])
        #expect(queue.state(of: receipt.resultID) == nil)
        for _ in 0..<5 { #expect(try await queue.runNext()?.taskName == "add") }
        #expect(!queue.enqueuedNames.contains("total"))
        #expect(try queue.result(of: receipt, as: Int.self) == nil)
        #expect(try await queue.runNext()?.taskName == "add")
        #expect(try queue.onlyEnqueued(Total.self).arguments.values == [111, 112, 113])
        #expect(queue.state(of: receipt.resultID) == .ready)
        #expect(try await queue.runNext()?.outcome == .succeeded)
        #expect(try await queue.runNext() == nil)
        #expect(try queue.result(of: receipt, as: Int.self) == 336)
        #expect(try await queue.producer.handle(of: receipt, as: Int.self).value(timeout: .zero) == 336)
    }

    @Test("the tasks of a canvas are told with their arguments, whichever of them are positional, and their group")
    func enqueued() async throws {
        let queue = queue()
        let options = EnqueueOptions(queue: "other", delay: .seconds(5), priority: 3)
        let canvas = try Add.canvas(.init(x: 1, y: 2), options: options)
            .then(each: [add(10), Add.partial(\.x, .init(x: 0, y: 20), options: options)])
        let receipt = try await queue.producer.call(canvas)
        let first = try queue.onlyEnqueued(Add.self)
        #expect(first.arguments.x == 1 && first.arguments.y == 2 && first.queue == "other" && first.priority == 3)
        #expect(first.delay == .seconds(5) && first.groupID == nil)
        try await queue.runToEnd()
        let all = try queue.enqueued(Add.self)
        #expect(all.map { $0.arguments.x + $0.arguments.y } == [3, 13, 23])
        #expect(all[1].groupID == receipt.resultID && all[1].parentID == first.id && all[1].rootID == first.id)
        #expect(all[2].queue == "other" && all[2].time == first.due && all[2].delay == .seconds(5))
        #expect(try queue.result(of: receipt, as: [Int].self) == [13, 23])
        #expect(try await queue.producer.group(of: receipt, as: Int.self).values(timeout: .zero) == [13, 23])
    }

    @Test("what a failing chain has left fails with it, after the retries, and error callbacks are called once")
    func failingChain() async throws {
        let queue = queue()
        let canvas = try Add.canvas(.init(x: 1, y: 1)).then(add(-1)).then(add(1))
            .onFailure(Tell.partial(\.task, .init(task: "")))
        let receipt = try await queue.producer.call(canvas)
        let attempts = try await queue.runToEnd(.returned)
        #expect(attempts.map(\.taskName) == ["add", "add", "add", "tell"])
        let failed = attempts[2].taskID
        #expect(record.all == ["1+1", "2+-1", "2+-1", "told \(failed)"])
        #expect(attempts[1].outcome == .retried(at: attempts[2].time))
        let failure = TaskFailure(type: "Negative", message: "-1")
        #expect(queue.state(of: receipt.resultID) == .failed(failure))
        #expect(queue.failures.map(\.id) == [failed])
    }

    @Test("a chord with a member that fails, is cancelled or out of date fails with ChordError, once all have ended")
    func failingChords() async throws {
        for ending in ["fails", "is cancelled", "expires"] {
            let queue = queue()
            let body = try Total.partial(\.values, .init(values: []))
            let isLate = ending == "expires"
            let options = EnqueueOptions(
                delay: isLate ? .seconds(5) : nil,
                expiresAfter: isLate ? .seconds(1) : nil,
                taskID: "bad"
            )
            let canvas = try CanvasGroup([
                Add.canvas(.init(x: 1, y: ending == "fails" ? -1 : 1), options: options),
                Add.canvas(.init(x: 1, y: 2), options: .init(delay: .seconds(600))),
            ]).then(body).then(add(5)).onFailure(Tell.partial(\.task, .init(task: "")))
            let receipt = try await queue.producer.call(canvas)
            if ending == "is cancelled" { try await queue.producer.cancel("bad", in: Add.queue) }
            try await queue.advance(by: .seconds(100), .returned)
            #expect(queue.state(of: receipt.resultID) == nil, "\(ending)")
            try await queue.runToEnd(.returned)
            let error = await #expect(throws: TaskFailedError.self) {
                try await queue.producer.handle(of: receipt, as: Int.self).value(timeout: .zero)
            }
            #expect(error?.failure.type == "ChordError")
            #expect(error?.failure.message.hasPrefix("Dependency bad raised ") == true)
            #expect(record.all.contains { $0.hasPrefix("told") })
            #expect(!queue.enqueuedNames.contains("total"))
        }
    }

    @Test("a job calls a canvas as the child of its task, once under one key")
    func fromJob() async throws {
        let queue = queue()
        let id = try await queue.producer.enqueue(Plan.self, NoArguments()).taskID
        try await queue.runAll()
        let last = try #require(try queue.result(of: id, as: String.self))
        #expect(try queue.result(of: TaskID(last), as: Int.self) == 6)
        #expect(try queue.enqueued(Add.self)[0].parentID == id)
        let children = try await queue.results.handle(of: id, as: String.self).children()
        #expect(children.map(\.id) == [try queue.enqueued(Add.self)[0].id])
        let canvas = try Add.canvas(.init(x: 1, y: 2))
        #expect(try await !queue.producer.call(canvas, deduplicationKey: "k").isDuplicate)
        #expect(try await queue.producer.call(canvas, deduplicationKey: "k").isDuplicate)
        try await queue.advance(by: .seconds(86_400))
        #expect(try await !queue.producer.call(canvas, deduplicationKey: "k").isDuplicate)
    }

    @Test("where bodies and results are encrypted, a chord's body still gets what its members returned")
    func encrypted() async throws {
        let keys = try PayloadKeyRing(current: "a", keys: ["a": RandomBytes.generate(count: 32)])
        let queue = queue(payload: JobPayload(encryption: keys, storedAside: .over(bytes: 50)))
        let chord = try CanvasGroup([1, 2].map { try Add.canvas(.init(x: $0, y: 1)) })
            .then(Total.partial(\.values, .init(values: [])))
        let receipt = try await queue.producer.call(chord)
        #expect(try queue.enqueued(Add.self).map(\.arguments.x) == [1, 2])
        try await queue.runAll()
        #expect(try queue.onlyEnqueued(Total.self).arguments.values == [2, 3])
        #expect(try queue.onlyEnqueued(Total.self).headers == [:])
        #expect(try queue.result(of: receipt, as: Int.self) == 5)
    }

    @Test("tasks that map another over a list run in the test queue")
    func map() async throws {
        let queue = queue()
        let map = Signature.task(
            "celery.starmap",
            keywordArguments: [
                "task": ["task": "add", "args": [], "kwargs": [:], "options": [:]], "it": [[1, 2], [3, 4]],
            ]
        )
        let receipt = try await queue.producer.call(map)
        try await queue.runAll()
        #expect(try queue.result(of: receipt, as: [Int].self) == [3, 7])
    }
}

extension CanvasTests {
    /// Has others take its place, or wants no outcome.
    struct Split: Job {
        static let name: TaskName = "split"
        static let parameters = ["x", "y"]
        let record: Record

        func run(_ arguments: Pair, in context: JobContext) async throws -> Int {
            guard arguments.x > 0 else { throw JobContext.Ignore() }
            _ = try await context.step("paid") { record.add("paid") }
            let halves = try [arguments.x, arguments.y].map { try Add.canvas(.init(x: $0, y: 1)) }
            return try context.replace(with: CanvasGroup(halves).then(Total.partial(\.values, .init(values: []))))
        }
    }

    @Test("what stands in the place of a task has its id and its followers; a task without an outcome has none")
    func replacement() async throws {
        var jobs = JobRegistry()
        jobs.register(Add(record: record))
        jobs.register(Total(record: record))
        jobs.register(Split(record: record))
        let queue = TestQueue(jobs: jobs)
        let canvas = try Split.canvas(.init(x: 1, y: 2), options: .init(taskID: "split")).then(add(100))
        let receipt = try await queue.producer.call(canvas)
        #expect(try await queue.runNext()?.outcome == .replaced)
        #expect(queue.state(of: "split") == nil)
        try await queue.runAll()
        #expect(try queue.result(of: "split", as: Int.self) == 5 && queue.state(of: "split") == .succeeded)
        #expect(try queue.result(of: receipt, as: Int.self) == 105)

        let quiet = try await queue.producer.call(try Split.canvas(.init(x: 0, y: 0)).then(add(100)))
        let attempts = try await queue.runAll()
        #expect(attempts.map(\.outcome) == [.ignored] && attempts[0].error is JobContext.Ignore)
        #expect(queue.state(of: attempts[0].taskID) == .ignored && queue.state(of: quiet.resultID) == nil)
        #expect(record.all == ["paid", "1+1", "2+1", "total [2, 3]", "5+100"])
    }
}
