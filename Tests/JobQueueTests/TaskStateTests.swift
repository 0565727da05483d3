import JSON
import JobPayload
import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("States that workers and jobs write", .timeLimit(.minutes(1)))
struct TaskStateTests {
    /// Tells everything of its results that a job can.
    struct Telling: Job {
        struct Arguments: Codable, Sendable { var ignored = false }
        static let name: TaskName = "test.telling"
        static let queue: QueueName = "work"
        static let tracksStart = true
        static let resultExpires: Duration? = .seconds(60)
        static let retry = RetryPolicy.exponential(base: .milliseconds(1), cap: .milliseconds(1), maximumRetries: 1)
        let work: @Sendable (JobContext) async throws -> String
        func run(_ arguments: Arguments, in context: JobContext) async throws -> String { try await work(context) }
    }

    private func registry(_ work: @escaping @Sendable (JobContext) async throws -> String) -> JobRegistry {
        var registry = JobRegistry()
        registry.register(Telling(work: work))
        return registry
    }

    /// All that was published of a task, in order.
    private func published(
        _ fixture: QueueFixture,
        _ registry: JobRegistry,
        _ configuration: WorkerConfiguration? = nil,
        _ options: EnqueueOptions = .init()
    ) async throws -> [JSONValue] {
        var options = options
        options.taskID = "told"
        let channel = BrokerNames.plain.result(of: "told")
        let messages = try await fixture.redis.subscribe(channels: [channel])
        return try await fixture.withWorker(registry, configuration: configuration) {
            try await fixture.producer.enqueue(Telling.self, .init(), options: options)
            var states: [JSONValue] = []
            for await message in messages {
                let state = try JSONValue(parsing: message.payload)
                states.append(state)
                if ResultStatus(state["status"]?.string ?? "").isFinal { break }
            }
            let stored = try await fixture.command("GET", channel).bytes ?? []
            #expect(try JSONValue(parsing: stored) == states.last)
            return states
        }
    }

    @Test("the start, the job's own states and the end are published and stored, the end alone with a time")
    func told() async throws {
        try await QueueFixture.with { fixture in
            let registry = registry { context in
                let isStored = try await context.setState(.progress, ["current": 1, "total": 2])
                #expect(isStored)
                try await context.setState("HALF_WAY")
                return "done"
            }
            let options = EnqueueOptions(parentID: "parent")
            var configuration = fixture.configuration
            configuration.remoteControl.nodeName = NodeName("swift@host")
            let states = try await published(fixture, registry, configuration, options)
            #expect(states.map { $0["status"] } == ["STARTED", "PROGRESS", "HALF_WAY", "SUCCESS"])
            #expect(states.map { $0["date_done"]?.isNull } == [true, true, true, false])
            #expect(states.allSatisfy { $0["parent_id"] == "parent" && $0["children"] == [] })
            #expect(states.allSatisfy { $0["task_id"] == "told" && $0["traceback"] == .null })
            #expect(states[0]["result"]?["pid"]?.integer != nil)
            #expect(states[0]["result"]?["hostname"] == "swift@host", "as in events and remote control")
            #expect(states[1]["result"]?["current"] == 1 && states[1]["result"]?["total"] == 2)
            #expect(states[2]["result"] == .null)
            let life = try await fixture.command("PTTL", BrokerNames.plain.result(of: "told")).integer ?? 0
            #expect((1...60_000).contains(life), "the job's own")
        }
    }

    @Test("a retry is told with its error and its traceback, and failures are kept as long as the worker says")
    func failing() async throws {
        try await QueueFixture.with { fixture in
            var configuration = fixture.configuration
            configuration.resultFailureExpires = .seconds(7_200)
            let registry = registry { _ in
                throw TaskFailure(type: "KeyError", message: "'k'", module: "builtins", arguments: ["k", 1])
            }
            let states = try await published(fixture, registry, configuration)
            #expect(states.map { $0["status"] } == ["STARTED", "RETRY", "STARTED", "FAILURE"])
            for state in [states[1], states[3]] {
                let exception: JSONValue = ["exc_type": "KeyError", "exc_message": ["k", 1], "exc_module": "builtins"]
                #expect(state["result"] == exception)
                let lines = state["traceback"]?.string?.split(separator: "\n") ?? []
                #expect(lines.first == "Traceback (most recent call last):")
                #expect(lines.last == "KeyError: 'k'")
            }
            #expect(states[1]["traceback"] != states[3]["traceback"], "the number of the attempt")
            let life = try await fixture.command("PTTL", BrokerNames.plain.result(of: "told")).integer ?? 0
            #expect((7_000_000...7_200_000).contains(life))
        }
    }

    struct Refused: TaskFailureConvertible {
        var taskFailure: TaskFailure { TaskFailure(type: "PermissionError", message: "no", module: "builtins") }
    }

    @Test("an error may say itself which exception it is, from a child process, too")
    func convertible() throws {
        #expect(TaskFailure(Refused()) == TaskFailure(type: "PermissionError", message: "no", module: "builtins"))
        let entry = try #require(registry { _ in "" }[Telling.name])
        let failure = TaskFailure(type: "E", message: "a", module: "m", arguments: ["a", ["b": 2]])
        let frame = ChildFrame.failure(ChildFailure(failure, entry))
        var reader = ChildFrameReader()
        guard case .failure(let read)? = try reader.frames(adding: frame.bytes).first else {
            Issue.record("no failure")
            return
        }
        #expect(TaskFailure(read) == failure)
        #expect(TaskFailure(type: "E", message: "a", arguments: ["a"]) == TaskFailure(type: "E", message: "a"))
    }

    @Test("a worker that is told to adds name, arguments, worker, retries and queue; never what is encrypted")
    func extended() async throws {
        try await QueueFixture.with { fixture in
            var configuration = fixture.configuration
            configuration.extendsResults = true
            let states = try await published(
                fixture,
                registry { context in
                    try await context.setState(.progress)
                    return "done"
                },
                configuration
            )
            #expect(states.count == 3)
            for state in states {
                #expect(state["name"] == "test.telling")
                #expect(state["args"] == [] && state["kwargs"] == ["ignored": false])
                #expect(state["retries"] == 0 && state["queue"] == "work")
                #expect(
                    state["worker"]?.string?.hasPrefix("worker-") == true,
                    "a name of its own where it is given none"
                )
                #expect(state["worker"] == states[0]["worker"])
                #expect(state["worker"]?.string?.hasSuffix("@\(NodeName.host)") == true)
                #expect(state["task_id"] == "told")
            }
            var hidden = TaskMessage.sample("t")
            #expect(
                String(decoding: ResultDetails.text(hidden, from: "work", on: NodeName("n")), as: UTF8.self).contains(
                    #"{"value":"x"}"#
                )
            )
            let payload = JobPayload(encryption: try PayloadTests.ring("key"))
            var task = NewTask(
                id: "t",
                name: "test.job",
                queue: "work",
                keywordArguments: Array(#"{"value":"x"}"#.utf8)
            )
            task = task.encoded(by: payload)
            hidden = try TaskMessage(decoding: task.encoded(origin: "test"))
            #expect(
                String(decoding: ResultDetails.text(hidden, from: "work", on: NodeName("n")), as: UTF8.self).contains(
                    #""kwargs": null"#
                )
            )
            let opened = try hidden.carrying(Array(#"[[], {"value": "x"}, {}]"#.utf8))
            #expect(
                String(decoding: ResultDetails.text(opened, from: "work", on: NodeName("n")), as: UTF8.self).contains(
                    #""kwargs": null"#
                )
            )
            let stamped = try CeleryFixture.envelopes("task-stamped")
            let details = ResultDetails.text(try TaskMessage(decoding: stamped[0]), from: "work", on: NodeName("n"))
            let json = try JSONValue(parsing: Array("{".utf8) + details.dropFirst(2) + Array("}".utf8))
            #expect(json["stamped_headers"]?.array?.isEmpty == false)
            for name in json["stamped_headers"]?.array ?? [] { #expect(json[name.string ?? ""] != nil) }
        }
    }

    @Test("nothing at all is stored of a task whose result is to be ignored")
    func ignored() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            var configuration = fixture.configuration
            configuration.tracksStart = true
            let registry = registry { context in
                record.add("\(try await context.setState(.progress))")
                return "done"
            }
            let ids: [TaskID] = ["runs", "cancelled", "expired"]
            for id in ids {
                let message = try TaskMessage.ignoring(id, isExpired: id == "expired")
                _ = try await fixture.command("LPUSH", fixture.keys.ready, message)
            }
            try await fixture.producer.cancel("cancelled", in: fixture.queue)
            let messages = try await fixture.redis.subscribe(patterns: ["celery-task-meta-*"])
            try await fixture.withWorker(registry, configuration: configuration) {
                try await eventually("all have ended") { try await fixture.census() == [:] }
                try await fixture.producer.enqueue(Telling.self, .init(), options: .init(taskID: "told"))
                var first = messages.makeAsyncIterator()
                #expect(await first.next()?.channel == "celery-task-meta-told")
            }
            #expect(record.all.contains("false"))
            for id in ids { #expect(try await fixture.result(id) == nil) }
        }
    }

    @Test("an attempt that is over may not tell anything, nor may one tell too much or take a name of Celery's")
    func refused() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            let registry = registry { context in
                for (status, size) in [(ResultStatus.success, 1), ("lower", 1), (.progress, 64 << 10)] {
                    do {
                        try await context.setState(status, String(repeating: "x", count: size))
                    } catch let error as JobQueueError {
                        record.add(error.code.text)
                    }
                }
                _ = try await fixture.command("DEL", fixture.keys.workers)
                do {
                    try await context.setState(.progress, 1)
                } catch let error as JobQueueError where error.code == .leaseLost {
                    record.add("fenced")
                }
                return "done"
            }
            try await fixture.withWorker(registry) {
                try await fixture.producer.enqueue(Telling.self, .init())
                try await eventually("it has tried all") { record.all.count == 4 }
            }
            let codes: [JobQueueError.Code] = [.invalidOptions, .invalidOptions, .tooLarge]
            #expect(Array(record.all.prefix(4)) == codes.map(\.text) + ["fenced"])
        }
    }

    @Test("a state does not overwrite a success")
    func success() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            let registry = registry { context in
                _ = try await fixture.command(
                    "SET",
                    BrokerNames.plain.result(of: context.taskID),
                    #"{"status": "SUCCESS", "result": 1}"#
                )
                record.add("\(try await context.setState(.progress))")
                return "again"
            }
            try await fixture.withWorker(registry) {
                let id = try await fixture.producer.enqueue(Telling.self, .init()).taskID
                try await eventually("it has ended") { try await fixture.census() == [:] }
                #expect(try await fixture.result(id)?["result"] == 1)
            }
            #expect(record.all == ["false"])
        }
    }

    @Test("in another slot of a Cluster a state is not written over an end of any kind")
    func distant() async throws {
        try await QueueFixture.with { fixture in
            for (stored, written) in [("STARTED", 1), ("SUCCESS", 0), ("FAILURE", 0), ("REVOKED", 0)]
                as [(String, Int64)]
            {
                _ = try await fixture.command("SET", "r", "{\"status\": \"\(stored)\", \"result\": null}")
                let reply = try await fixture.redis.evaluate(
                    QueueScripts.storeDistantState,
                    keys: ["r"],
                    arguments: [0, Array("new".utf8)]
                )
                #expect(reply.integer == written)
            }
        }
    }
}

extension TaskMessage {
    /// A message of a Python producer that wants no result.
    static func ignoring(_ id: TaskID, isExpired: Bool) throws -> [UInt8] {
        var task = NewTask(
            id: id,
            name: TaskStateTests.Telling.name,
            queue: "work",
            keywordArguments: Array(#"{"ignored":true}"#.utf8)
        )
        task.ignoresResult = true
        if isExpired { task.expires = WireTime(milliseconds: 1_000) }
        return task.encoded(origin: "test")
    }
}
