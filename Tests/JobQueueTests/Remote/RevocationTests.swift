import JSON
import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("Revoked tasks", .timeLimit(.minutes(1)))
struct RevocationTests {
    /// Records that it began; "wait" goes on until `gate` is asked, or it is cancelled.
    private func jobs(_ record: Record, _ gate: StopRequest = StopRequest()) -> JobRegistry {
        TestJob.registry { arguments, context in
            record.add("\(arguments.value) \(context.attempt)")
            if arguments.value == "wait" {
                await gate.asked()
                try Task.checkCancellation()
            }
            if arguments.value == "retry" {
                await gate.asked()
                throw RetryNow()
            }
            return arguments.value
        }
    }

    private struct RetryNow: RetryAdvising {
        var retryAdvice: RetryAdvice { .after(.milliseconds(1)) }
    }

    private func isRevoked(_ fixture: QueueFixture, _ id: TaskID, _ reason: String) async throws -> Bool {
        let result = try await fixture.result(id)
        return result?["status"]?.string == "REVOKED" && result?["result"]?["exc_message"] == [.string(reason)]
    }

    private func add(
        _ value: String,
        to fixture: QueueFixture,
        _ options: EnqueueOptions = .init()
    ) async throws -> TaskID {
        try await fixture.producer.enqueue(TestJob.self, .init(value: value), options: options).taskID
    }

    @Test("a task that waits never runs, its caller is told at once, and nothing is left")
    func waiting() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            let client = RemoteClient(fixture)
            try await fixture.withWorker(jobs(record), configuration: fixture.remote()) {
                try await client.untilHeard()
                let scheduled = try await add("scheduled", to: fixture, .init(delay: .seconds(600)))
                let reply = try await client.reply("revoke", ["task_id": .string(scheduled.rawValue)])
                #expect(reply == ["ok": .string("tasks {'\(scheduled)'} flagged as revoked")])
                #expect(try await isRevoked(fixture, scheduled, "revoked"))
                #expect(try await client.reply("revoked") == [.string(scheduled.rawValue)])
                try await fixture.makeDue()
                try await eventually("a worker met it") { try await fixture.census().isEmpty }
                #expect(try await isRevoked(fixture, scheduled, "revoked"))
                try await eventually("its mark is gone") {
                    try await fixture.command("ZCARD", fixture.keys.cancelled).integer == 0
                }
                let next = try await add("next", to: fixture)
                try await eventually("others run") { try await fixture.result(next)?["status"] == "SUCCESS" }
                #expect(record.all == ["next 1"])
            }
        }
    }

    @Test("one that runs goes on without terminate, and its next attempt never begins")
    func running() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            let gate = StopRequest()
            let client = RemoteClient(fixture)
            var configuration = fixture.remote()
            configuration.beat = .milliseconds(20)
            try await fixture.withWorker(jobs(record, gate), configuration: configuration) {
                try await client.untilHeard()
                let waiting = try await add("wait", to: fixture)
                let retrying = try await add("retry", to: fixture)
                try await eventually("both run") { record.all.count == 2 }
                _ = try await client.reply(
                    "revoke",
                    ["task_id": [.string(waiting.rawValue), .string(retrying.rawValue)]]
                )
                #expect(try await fixture.command("ZCARD", fixture.keys.cancelled).integer == 2)
                // Several beats see the marks, and end nothing.
                _ = try await fixture.command("CONFIG", "RESETSTAT")
                try await eventually("beats") { try await fixture.calls("evalsha") > 10 }
                #expect(try await fixture.result(waiting) == nil)
                gate.ask()
                try await eventually("it succeeded") { try await fixture.result(waiting)?["status"] == "SUCCESS" }
                try await eventually("no retry") { try await isRevoked(fixture, retrying, "revoked") }
                #expect(Set(record.all) == ["wait 1", "retry 1"])
                try await eventually("no mark is left") {
                    try await fixture.command("ZCARD", fixture.keys.cancelled).integer == 0
                }
            }
        }
    }

    @Test(
        "terminate ends one that runs, wherever in the fleet; each worker answers for itself",
        arguments: ["revoke", "terminate"]
    )
    func terminate(method: String) async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            let client = RemoteClient(fixture)
            var single = fixture.remote("one@host")
            single.concurrency = 1
            var other = fixture.remote("two@host")
            other.concurrency = 1
            try await fixture.withWorker(jobs(record), configuration: single) {
                try await fixture.withWorker(jobs(record), configuration: other) {
                    try await client.untilHeard(by: 2)
                    let first = try await add("wait", to: fixture)
                    let second = try await add("wait", to: fixture)
                    try await eventually("each worker runs one") { record.all.count == 2 }
                    let waiting = try await add("never", to: fixture)
                    try await client.bind()
                    var arguments: JSONObject = ["task_id": .string(first.rawValue), "signal": "SIGTERM"]
                    if method == "revoke" { arguments["terminate"] = true }
                    try await client.publish(client.envelope(method, arguments))
                    let replies = try await client.replies(2).map(\.reply).sorted { $0.text < $1.text }
                    #expect(
                        replies
                            == [
                                ["ok": .string("terminate: \(first)")], ["ok": "terminate: tasks unknown"],
                            ].sorted { $0.text < $1.text }
                    )
                    try await eventually("it has ended") { try await isRevoked(fixture, first, "terminated") }
                    try await eventually("another ran in its place") { record.all.contains("never 1") }
                    try await eventually("it ended well") { try await fixture.result(waiting)?["status"] == "SUCCESS" }
                    #expect(try await fixture.result(second) == nil)
                    let unknown = try await client.reply("revoke", ["task_id": "nope", "terminate": true])
                    #expect(unknown == ["ok": "terminate: tasks unknown"])
                }
            }
        }
    }

    @Test("what is known of a task is not overwritten, unless it says that it waits")
    func stored() async throws {
        try await QueueFixture.with { fixture in
            let client = RemoteClient(fixture)
            try await fixture.withWorker(jobs(Record()), configuration: fixture.remote()) {
                try await client.untilHeard()
                let states = ["SUCCESS", "FAILURE", "STARTED", "PROGRESS", "RETRY", "RECEIVED", "REJECTED", "PENDING"]
                for state in states {
                    _ = try await fixture.command(
                        "SET",
                        "celery-task-meta-\(state)",
                        "{\"status\": \"\(state)\", \"x\": 1}"
                    )
                }
                _ = try await client.reply("revoke", ["task_id": .array(states.map { .string($0) } + ["none"])])
                for state in states.prefix(4) {
                    #expect(try await fixture.result(TaskID(state))?["status"]?.string == state)
                }
                for id in states.dropFirst(4) + ["none"] {
                    #expect(try await isRevoked(fixture, TaskID(id), "revoked"))
                }
                let life = try await fixture.command("PTTL", "celery-task-meta-none").integer ?? 0
                #expect((1...86_400_000).contains(life))
            }
        }
    }

    @Test("a request has its effect once, however many workers hear it, and none on what one of them runs")
    func once() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            let gate = StopRequest()
            let client = RemoteClient(fixture)
            var first = fixture.remote("one@host")
            first.beat = .milliseconds(20)
            var quick = fixture.remote("two@host")
            quick.beat = .milliseconds(20)
            try await fixture.withWorker(jobs(record, gate), configuration: first) {
                let running = try await add("wait", to: fixture)
                try await eventually("the first tells that it runs it") {
                    let workers = try await fixture.command("ZRANGE", fixture.keys.workers, 0, -1).array ?? []
                    for worker in workers.compactMap(\.string) {
                        if try await fixture.command("HLEN", fixture.keys.running(worker)).integer == 1 { return true }
                    }
                    return false
                }
                try await fixture.withWorker(jobs(record, gate), configuration: quick) {
                    try await client.untilHeard(by: 2)
                    try await client.bind()
                    try await client.publish(client.envelope("revoke", ["task_id": .string(running.rawValue)]))
                    #expect(try await client.replies(2).allSatisfy { $0.reply["ok"] != nil })
                    #expect(try await fixture.command("ZCARD", fixture.keys.cancelled).integer == 1)
                    #expect(try await fixture.result(running) == nil)
                    gate.ask()
                    try await eventually("it succeeded") { try await fixture.result(running)?["status"] == "SUCCESS" }
                }
            }
        }
    }

    @Test("hello takes over what another worker knows, as a list and as an object, and tells what this one knows")
    func hello() async throws {
        try await QueueFixture.with { fixture in
            let client = RemoteClient(fixture)
            try await fixture.withWorker(jobs(Record()), configuration: fixture.remote()) {
                try await client.untilHeard()
                let own = try await client.reply("hello", ["from_node": "swift@host", "revoked": []])
                #expect(own == .null)
                let later = try await add("x", to: fixture, .init(delay: .seconds(600)))
                _ = try await client.reply("hello", ["from_node": "py@a", "revoked": ["aaaa"]])
                let reply = try await client.reply(
                    "hello",
                    ["from_node": "py@b", "revoked": .object([later.rawValue: 1_790_000_000.5])]
                )
                #expect(reply["revoked"] == ["aaaa", .string(later.rawValue)])
                #expect(reply["clock"]?.integer != nil)
                #expect(try await fixture.result(later) == nil)
                try await fixture.makeDue()
                try await eventually("it was met") { try await isRevoked(fixture, later, "revoked") }
            }
        }
    }

    @Test("tasks are revoked by their stamps; those that run only with terminate")
    func stamps() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            let client = RemoteClient(fixture)
            func add(_ value: String, tenant: String) async throws -> TaskID {
                let id = TaskID.random()
                guard case .object(var message) = try JSONValue(parsing: try fixture.message(value)),
                    case .object(var headers)? = message["headers"]
                else { throw NeverHappened(description: "a message") }
                headers["id"] = .string(id.rawValue)
                headers["stamped_headers"] = ["tenant", "trace"]
                headers["stamps"] = ["tenant": .string(tenant), "trace": ["t1", "t2"]]
                message["headers"] = .object(headers)
                _ = try await fixture.command("LPUSH", fixture.keys.ready, JSONValue.object(message).bytes)
                return id
            }
            try await fixture.withWorker(jobs(record), configuration: fixture.remote()) {
                try await client.untilHeard()
                let running = try await add("wait", tenant: "acme")
                try await eventually("it runs") { record.all == ["wait 1"] }
                let reply = try await client.reply("revoke_by_stamped_headers", ["headers": ["tenant": ["acme"]]])
                #expect(reply == ["ok": "headers {'tenant': ['acme']} flagged as revoked, but not terminated"])
                let waiting = try await add("never", tenant: "acme")
                try await eventually("it was met") { try await isRevoked(fixture, waiting, "revoked") }
                let other = try await add("other", tenant: "globex")
                try await eventually("others run") { try await fixture.result(other)?["status"] == "SUCCESS" }
                #expect(try await fixture.result(running) == nil)
                let arguments: JSONObject = ["headers": ["tenant=acme"], "terminate": true]
                let terminated = try await client.reply("revoke_by_stamped_headers", arguments)
                #expect(terminated == ["ok": "headers defaultdict(<class 'set'>, {'tenant': {'acme'}}) revoked"])
                try await eventually("it has ended") { try await isRevoked(fixture, running, "terminated") }
                #expect(record.all == ["wait 1", "other 1"])
            }
        }
    }
}
