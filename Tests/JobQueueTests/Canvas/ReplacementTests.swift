import JSON
import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("Tasks that others take the place of, and tasks without an outcome")
struct ReplacementTests {
    /// Replaces itself by a canvas of this form.
    struct Become: Job {
        enum Form: String, Codable, Sendable { case task, chain, group, twice, layered, foreign, depth, deeper }
        struct Arguments: Codable, Sendable {
            let value: Int64
            let form: Form
        }

        static let name: TaskName = "become"
        static let parameters = ["value", "form"]
        static let queue: QueueName = "work"
        let record: Record

        func run(_ arguments: Arguments, in context: JobContext) async throws -> JSONValue {
            record.add("become \(arguments.form)")
            _ = try await context.step("paid") { record.add("paid \(arguments.form)") }
            let value = JSONValue.integer(arguments.value)
            let signature: Signature =
                switch arguments.form {
                case .task: .add(value, 1)
                case .chain: Signature(.chain([.add(value, 1), .add(10)]))
                case .group: Signature(.group([.add(value, 1), .add(value, 2)]))
                case .twice:
                    .task("become", [value, .string(Form.chain.rawValue)])
                // Both levels have a chord, whose ids must not be the same ones.
                case .layered:
                    Signature(
                        .chain([
                            Signature(.group([.add(value, 1), .add(value, 2)])), .total,
                            .task("become", [.string(Form.group.rawValue)]),
                        ])
                    )
                case .depth: .task("depth")
                case .deeper: .task("become", [value, .string(Form.depth.rawValue)])
                case .foreign: .add(value, 1).with(["task_id": "another"])
                }
            return try context.replace(with: Canvas(signature, resultOf: JSONValue.self))
        }
    }

    /// How often its id was replaced.
    struct Depth: Job {
        static let name: TaskName = "depth"
        static let queue: QueueName = "work"
        func run(_ arguments: NoArguments, in context: JobContext) async throws -> Int {
            context.details.replacedTaskNesting
        }
    }

    struct Quiet: Job {
        static let name: TaskName = "quiet"
        static let queue: QueueName = "work"
        func run(_ arguments: NoArguments, in context: JobContext) async throws -> Int64 {
            try await context.setState("HELD")
            throw JobContext.Ignore()
        }
    }

    private func become(_ value: Int64, _ form: Become.Form) -> Signature {
        .task("become", [.integer(value), .string(form.rawValue)])
    }

    private func with(_ body: @Sendable (QueueFixture, CanvasJobs) async throws -> Void) async throws {
        try await QueueFixture.with { fixture in
            let jobs = CanvasJobs()
            var registry = jobs.registry
            registry.register(Become(record: jobs.record))
            registry.register(Quiet())
            registry.register(Depth())
            try await fixture.withWorker(registry) { try await body(fixture, jobs) }
            #expect(try await fixture.census() == [:])
        }
    }

    @Test(
        "the result of what stands in its place is the task's, under its id",
        arguments: [
            (Become.Form.task, 6), (.chain, 16), (.group, [6, 7]), (.twice, 16), (.foreign, 6), (.depth, 1),
            (.deeper, 2), (.layered, [14, 15]),
        ] as [(Become.Form, JSONValue)]
    )
    func result(form: Become.Form, expected: JSONValue) async throws {
        try await with { fixture, jobs in
            var signature = become(5, form)
            let id = TaskID.random()
            signature.taskID = id.rawValue
            try await fixture.producer.call(signature, queue: fixture.queue)
            let result = try await fixture.final(id)
            #expect(result["result"] == expected)
            #expect(result["status"] == "SUCCESS")
            // What takes the place of a task has the same id, and steps of its own.
            let paid = jobs.record.all.filter { $0.hasPrefix("paid") }
            #expect(paid.count == ([.twice, .deeper, .layered].contains(form) ? 2 : 1))
        }
    }

    @Test("what was to follow the task follows what stands in its place: chain, callback, chord")
    func followers() async throws {
        try await with { fixture, jobs in
            for form in [Become.Form.chain, .twice] {
                let chain = Signature(.chain([become(1, form), .add(100)]))
                #expect(try await fixture.outcome(of: chain)["result"] == 112)
            }
            var group = become(1, .group)
            group.append([Signature.total.json], to: Signature.Option.callbacks)
            #expect(try await fixture.outcome(of: group)["result"] == [2, 3])
            try await eventually("the callback") { jobs.record.all.contains("total [2, 3]") }
            let header = [become(1, .chain), .add(0, 1), become(2, .group)]
            let chord = Signature(.chord(header: header, body: .same))
            #expect(try await fixture.outcome(of: chord)["result"] == [12, 1, [3, 4]])
        }
    }

    @Test("a task without an outcome keeps its last state, and nothing follows it")
    func ignored() async throws {
        try await with { fixture, jobs in
            let id = TaskID.random()
            var quiet = Signature.task("quiet")
            quiet.taskID = id.rawValue
            try await fixture.producer.call(Signature(.chain([quiet, .add(1)])), queue: fixture.queue)
            try await eventually("it is over") { try await fixture.census() == [:] }
            #expect(try await fixture.result(id)?["status"] == "HELD")
            #expect(jobs.record.all == [])
        }
    }
}
