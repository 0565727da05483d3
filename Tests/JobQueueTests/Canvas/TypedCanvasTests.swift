import JSON
import TestSupport
import Testing

@testable import JobQueue

@Suite("Canvases with types")
struct TypedCanvasTests {
    private typealias Add = CanvasJobs.Add
    private typealias Total = CanvasJobs.Total

    private func add(_ y: Int64) throws -> PartialTask<Int64, Int64> { try Add.partial(\.x, .init(x: 0, y: y)) }

    private func with(_ body: @Sendable (QueueFixture, CanvasJobs) async throws -> Void) async throws {
        try await QueueFixture.with { fixture in
            let jobs = CanvasJobs()
            try await fixture.withWorker(jobs.registry) { try await body(fixture, jobs) }
        }
    }

    @Test("a chain, a group after it and a body for the group are called with what comes before them")
    func flow() async throws {
        try await with { fixture, _ in
            let canvas = try Add.canvas(.init(x: 1, y: 2)).then(add(3))
                .then(each: [add(10), add(20), add(30)])
                .then(Total.partial(\.values, .init(values: [])))
                .then(add(1000))
            let receipt = try await fixture.producer.call(canvas)
            #expect(try await fixture.final(receipt.resultID)["result"] == 1078)
        }
    }

    @Test("what is to do without the result gets none")
    func withoutResult() async throws {
        try await with { fixture, jobs in
            let other = try Add.canvas(.init(x: 5, y: 5)).then(add(1))
            let receipt = try await fixture.producer.call(try Add.canvas(.init(x: 1, y: 2)).then(other))
            #expect(try await fixture.final(receipt.resultID)["result"] == 11)
            #expect(jobs.record.all == ["add 1 2", "add 5 5", "add 10 1"])
        }
    }

    @Test("callbacks and error callbacks of canvases are called, each once")
    func callbacks() async throws {
        struct Tell: Job {
            static let name: TaskName = "tell"
            static let parameters = ["task"]
            static let queue: QueueName = "work"
            struct Arguments: Codable, Sendable { let task: TaskID }
            let record: Record
            func run(_ arguments: Arguments, in context: JobContext) async throws -> NoOutput {
                record.add("told \(arguments.task)")
                return NoOutput()
            }
        }
        try await QueueFixture.with { fixture in
            let jobs = CanvasJobs()
            var registry = jobs.registry
            registry.register(Tell(record: jobs.record))
            try await fixture.withWorker(registry) {
                let fail = Canvas(Signature.task("fail", queue: "work"), resultOf: Int64.self)
                let canvas = try Add.canvas(.init(x: 1, y: 1)).onSuccess(add(1)).then(fail).then(add(1))
                    .onFailure(Tell.partial(\.task, .init(task: "")))
                let receipt = try await fixture.producer.call(canvas)
                #expect(try await fixture.final(receipt.resultID)["status"] == "FAILURE")
                try await eventually("both callbacks") {
                    let all = jobs.record.all
                    return all.contains("add 2 1") && all.contains { $0.hasPrefix("told") }
                }
                try await eventually("nothing is left") { try await fixture.census() == ["dead": 1] }
                #expect(jobs.record.all.count == 4)
            }
        }
    }

    @Test("options say where a step goes, under which id and when")
    func options() throws {
        let options = EnqueueOptions(
            queue: "other",
            delay: .seconds(5),
            orderingKey: OrderingKey("k"),
            priority: 6,
            taskID: "mine"
        )
        let json = try Add.canvas(.init(x: 1, y: 2), options: options).signature.json
        #expect(json["kwargs"] == ["x": 1, "y": 2])
        #expect(json["options"]?["queue"] == "other")
        #expect(json["options"]?["countdown"]?.double == 5)
        #expect(json["options"]?["priority"] == 6)
        #expect(json["options"]?["task_id"] == "mine")
        #expect(json["options"]?["headers"] == ["ordering_key": "k"])
        do throws(JobQueueError) {
            _ = try Add.canvas(.init(x: 1, y: 2), options: .init(deduplicationKey: "once"))
            Issue.record("a canvas is not deduplicated task by task")
        } catch {
            #expect(error.code == .invalidOptions)
        }
    }

    @Test("stamps are in the messages of all tasks: of a chain, a group, its body, and callbacks")
    func stamps() async throws {
        struct Stamps: Job {
            static let name: TaskName = "stamps"
            static let queue: QueueName = "work"
            static let parameters = ["before"]
            struct Arguments: Codable, Sendable { let before: JSONValue? }
            let record: Record
            func run(_ arguments: Arguments, in context: JobContext) async throws -> Int64 {
                let details = context.details
                record.add("\(details.stampedHeaders) \(details.stamps.sorted { $0.key < $1.key }.map(\.value))")
                return 0
            }
        }
        try await QueueFixture.with { fixture in
            let record = Record()
            var registry = JobRegistry()
            registry.register(Stamps(record: record))
            try await fixture.withWorker(registry) {
                var own = EnqueueOptions()
                own.stamps = ["kind": ["own"]]
                let after = PartialTask(Signature.task("stamps", queue: "work"), from: Int64.self, to: Int64.self)
                let body = PartialTask(Signature.task("stamps", queue: "work"), from: [Int64].self, to: Int64.self)
                let canvas = try Stamps.canvas(.init(before: nil), options: own).onSuccess(after)
                    .then(each: [after, after]).then(body).then(after)
                let receipt = try await fixture.producer.call(canvas.stamped(["customer": ["acme"]]))
                _ = try await fixture.final(receipt.resultID)
                try await eventually("the callback, too") { record.all.count == 6 }
            }
            let plain = record.all.filter { $0 == #"["customer"] [["acme"]]"# }
            #expect(plain.count == 5)
            #expect(record.all.contains(#"["customer", "kind"] [["acme"], ["own"]]"#))
        }
    }

    @Test("a canvas that is called twice under one key runs once")
    func once() async throws {
        try await with { fixture, jobs in
            let canvas = try Add.canvas(.init(x: 1, y: 2)).then(add(3))
            let first = try await fixture.producer.call(canvas, deduplicationKey: "key")
            let second = try await fixture.producer.call(canvas, deduplicationKey: "key")
            #expect(!first.isDuplicate && second.isDuplicate)
            #expect(first.resultID == second.resultID)
            #expect(try await fixture.final(second.resultID)["result"] == 6)
            #expect(jobs.record.all.count == 2)
        }
    }

    @Test("tasks that map another over a list have the list of its results")
    func map() async throws {
        try await with { fixture, _ in
            let total = Signature.task("total").json
            let items: JSONValue = [[1, 2], [3, 4]]
            let map = Signature.task("celery.map", keywordArguments: ["task": total, "it": items])
            let sums = try await fixture.outcome(of: map)["result"]
            #expect(sums == [3, 7])
            let starmap = Signature.task(
                "celery.starmap",
                keywordArguments: ["task": Signature.task("add").json, "it": items]
            )
            let spread = try await fixture.outcome(of: starmap)["result"]
            #expect(spread == [3, 7])
        }
    }

    @Test("many items in one task, and in tasks of some each, have the lists of their results")
    func items() async throws {
        try await with { fixture, jobs in
            let pairs = (1...5).map { CanvasJobs.Pair(x: $0, y: 10) }
            let map = try await fixture.producer.call(try Add.map(pairs))
            let sums = try await fixture.final(map.resultID)["result"]
            #expect(sums == [11, 12, 13, 14, 15])
            let same = PartialTask(Signature.task("same", queue: "work"), from: [[Int64]].self, to: JSONValue.self)
            let chunks = try await fixture.producer.call(try Add.chunks(of: 2, pairs).then(same))
            let lists = try await fixture.final(chunks.resultID)["result"]
            #expect(lists == [[11, 12], [13, 14], [15]])
            // What is before it in a chain is not put in front of the items.
            let last = try await fixture.producer.call(try Add.canvas(.init(x: 1, y: 1)).then(Add.map(pairs)))
            let after = try await fixture.final(last.resultID)["result"]
            #expect(after == [11, 12, 13, 14, 15])
        }
        struct Loose: Job {
            static let name: TaskName = "loose"
            func run(_ arguments: CanvasJobs.Pair, in context: JobContext) async throws -> Int64 { 0 }
        }
        do throws(JobQueueError) {
            _ = try Loose.map([.init(x: 1, y: 2)])
            Issue.record("arguments without an order")
        } catch {
            #expect(error.code == .invalidArguments)
        }
    }

    @Test("a canvas that a job calls is the child of its task")
    func child() async throws {
        struct Caller: Job {
            static let name: TaskName = "caller"
            static let queue: QueueName = "work"
            func run(_ arguments: NoArguments, in context: JobContext) async throws -> String {
                let options = EnqueueOptions(taskID: "called")
                try await context.call(try Add.canvas(.init(x: 1, y: 2), options: options))
                return ""
            }
        }
        try await QueueFixture.with { fixture in
            var registry = CanvasJobs().registry
            registry.register(Caller())
            try await fixture.withWorker(registry) {
                let id = try await fixture.producer.enqueue(Caller.self, NoArguments()).taskID
                #expect(try await fixture.final(id)["children"] == [[["called", nil], nil]])
                #expect(try await fixture.final("called")["parent_id"]?.string == id.rawValue)
            }
        }
    }
}
