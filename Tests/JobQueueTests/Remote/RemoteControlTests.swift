import JSON
import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("Remote control", .timeLimit(.minutes(1)))
struct RemoteControlTests {
    /// Waits until it is let go, or returns at once.
    private func jobs(_ gate: StopRequest = StopRequest()) -> JobRegistry {
        TestJob.registry { arguments, _ in
            if arguments.value == "wait" { await gate.asked() }
            return arguments.value
        }
    }

    private func expected(_ name: String) throws -> JSONValue {
        let body = try #require(try CeleryFixture.load(name)["reply"]?["body_decoded"]?.object)
        return try #require(body.members.first).value
    }

    /// Runs a worker that listens, and a client that asks it.
    private func with(
        _ registry: JobRegistry? = nil,
        _ body: (QueueFixture, RemoteClient) async throws -> Void
    ) async throws {
        try await QueueFixture.with { fixture in
            let client = RemoteClient(fixture)
            var configuration = fixture.remote()
            configuration.remoteControl.settings = [
                ShownSetting(name: "own.setting", value: "x", isDefault: false),
                ShownSetting(name: "own.default", value: "y", isDefault: true),
            ]
            try await fixture.withWorker(registry ?? jobs(), configuration: configuration) {
                try await client.untilHeard()
                try await body(fixture, client)
            }
        }
    }

    @Test("what is asked without arguments is answered with the very reply that Python gives")
    func plain() async throws {
        try await with { _, client in
            let (node, reply, headers) = try await client.ask("ping")
            #expect(node == "swift@host" && reply == ["ok": "pong"])
            #expect(headers["ticket"] == "ticket")
            #expect(headers["clock"]?.integer != nil)
            for (method, fixture) in [
                ("heartbeat", "pidbox-heartbeat"), ("active", "pidbox-dump-alias"),
                ("dump_active", "pidbox-dump-alias"),
                ("no_such_method", "pidbox-unknown-method"),
            ] {
                #expect(try await client.reply(method) == expected(fixture), "\(method)")
            }
            #expect(try await client.reply("ping", ["bogus": 1]) == expected("pidbox-bad-arguments-ignored"))
            #expect(try await client.reply("report", ["bogus": 1]) == expected("pidbox-bad-arguments-report"))
            #expect(try await client.reply("election", ["id": "e", "topic": "t", "action": nil]) == .null)
            for method in ["reserved", "dump_reserved", "scheduled", "dump_schedule", "revoked", "dump_revoked"] {
                #expect(try await client.reply(method) == [], "\(method)")
            }
            let missing = "TypeError(\"query_task() missing 1 required positional argument: 'ids'\")"
            #expect(try await client.reply("query_task") == ["error": .string(missing)])
        }
    }

    @Test("what a worker tells of itself has the shape of Python's reply")
    func shapes() async throws {
        try await with { fixture, client in
            let id = try await fixture.producer.enqueue(TestJob.self, .init(value: "x")).taskID
            try await eventually("it ran") { try await fixture.result(id) != nil }

            #expect(try await shape(client.reply("clock")) == shape(expected("pidbox-clock")))
            let stats = try await client.reply("stats")
            let opened: Set<String> = ["total", "userid", "port", "transport_options"]
            #expect(try shape(stats, opening: opened) == shape(expected("pidbox-stats"), opening: opened))
            #expect(stats["total"] == ["test.job": 1])
            #expect(stats["clock"]?.string.flatMap { Int($0) } != nil)
            #expect(stats["pool"]?["max-concurrency"] == 50)
            #expect(stats["broker"]?["port"]?.integer == Int64(fixture.server.port))

            let queues = try await client.reply("active_queues")
            #expect(try shape(queues) == shape(expected("pidbox-active-queues")))
            #expect(queues.array?.map { $0["name"] } == ["work"])
            let report = try await client.reply("report")
            #expect(try shape(report) == shape(expected("pidbox-report")))
            #expect(report["ok"]?.string?.contains("broker_url: 'redis://127.0.0.1:") == true)
            #expect(try await client.reply("memsample").string?.hasSuffix("MB") == true)
            #expect(try await client.reply("memdump").string?.hasPrefix("- rss (end): ") == true)

            let settings = try await client.reply("conf")
            #expect(settings["own.setting"] == "x" && settings["own.default"] == nil)
            #expect(settings["broker_url"]?.string?.hasPrefix("redis://127.0.0.1:") == true)
            #expect(settings["task_acks_late"] == nil)
            let all = try await client.reply("dump_conf", ["with_defaults": true])
            #expect(all["own.default"] == "y" && all["task_acks_late"] == true)
        }
    }

    @Test("no answer shows a password")
    func secrets() async throws {
        try await QueueFixture.with { fixture in
            _ = try await fixture.command("ACL", "SETUSER", "worker", "on", ">pass-word", "~*", "&*", "+@all")
            let url = "redis://worker:pass-word@127.0.0.1:\(fixture.server.port)/0"
            let redis = try RedisClient(configuration: RedisConfiguration(url: url), logger: QueueFixture.logger)
            defer { redis.close() }
            let worker = JobWorker(
                configuration: fixture.remote(),
                registry: jobs(),
                redis: redis,
                logger: QueueFixture.logger
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await worker.run() }
                let client = RemoteClient(fixture)
                try await client.untilHeard()
                for method in ["stats", "conf", "report"] {
                    let reply = try await client.reply(method, method == "conf" ? ["with_defaults": true] : [:])
                    #expect(reply.text.contains("worker"))
                    #expect(!reply.text.contains("pass-word"), "\(method)")
                }
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }

    @Test("tasks are named with what Python says of them: those that run, those that wait for their time")
    func tasks() async throws {
        let gate = StopRequest()
        try await with(jobs(gate)) { fixture, client in
            let running = try await fixture.producer.enqueue(TestJob.self, .init(value: "wait")).taskID
            let options = EnqueueOptions(delay: .seconds(600))
            let waiting = try await fixture.producer.enqueue(TestJob.self, .init(value: "x"), options: options).taskID
            try await eventually("it runs") { try await client.reply("active").array?.count == 1 }

            let active = try await client.reply("active")
            #expect(
                try shape(active, opening: ["args", "kwargs"])
                    == shape(expected("pidbox-active"), opening: ["args", "kwargs"])
            )
            let info = try #require(active.array?.first)
            #expect(info["id"]?.string == running.rawValue)
            #expect(info["args"] == [] && info["kwargs"] == ["value": "wait"])
            #expect(info["hostname"] == "swift@host")
            #expect(info["delivery_info"]?["routing_key"] == "work")
            #expect(abs((info["time_start"]?.double ?? 0) - Double(WireTime.now.milliseconds) / 1000) < 30)
            let safe = try #require(try await client.reply("active", ["safe": true]).array?.first)
            #expect(safe["args"] == "()" && safe["kwargs"] == "{…}")

            let scheduled = try await client.reply("scheduled")
            #expect(
                try shape(scheduled, opening: ["args", "kwargs"])
                    == shape(expected("pidbox-scheduled"), opening: ["args", "kwargs"])
            )
            #expect(scheduled.array?.first?["request"]?["id"]?.string == waiting.rawValue)
            #expect(scheduled.array?.first?["eta"]?.string.flatMap { WireTime($0) } != nil)

            let found = try await client.reply(
                "query_task",
                ["ids": [.string(running.rawValue), .string(waiting.rawValue), "unknown"]]
            )
            #expect(found.object?.members.map(\.key) == [running.rawValue, waiting.rawValue])
            #expect(found[running.rawValue]?.array?.first == "active")
            #expect(found[waiting.rawValue]?.array?.first == "scheduled")
            #expect(try await client.reply("query_task", ["ids": "unknown"]) == [:])
            #expect(try await client.reply("stats")["total"] == ["test.job": 1])
            gate.ask()
            try await eventually("it has ended") { try await client.reply("active") == [] }
        }
    }

    @Test("jobs are named, with the attributes that are asked for")
    func registered() async throws {
        var registry = jobs()
        registry.register(Builtin())
        try await with(registry) { _, client in
            let items: JSONValue = ["rate_limit", "max_retries", "_secret", 5]
            let cases: [(method: String, arguments: JSONObject, names: JSONValue)] = [
                ("registered", [:], ["test.job"]),
                ("dump_tasks", ["taskinfoitems": []], ["test.job"]),
                ("registered", ["builtins": true], ["celery.test", "test.job"]),
                ("registered", ["taskinfoitems": items], ["test.job [max_retries=2]"]),
            ]
            for each in cases {
                let names = try await client.reply(each.method, each.arguments)
                #expect(names == each.names)
            }
        }
    }

    @Test("only those answer whom a request names or matches, and only to clients that are bound")
    func selection() async throws {
        try await QueueFixture.with { fixture in
            let client = RemoteClient(fixture)
            try await fixture.withWorker(jobs(), configuration: fixture.remote("one@host")) {
                try await fixture.withWorker(jobs(), configuration: fixture.remote("two@host")) {
                    try await client.untilHeard(by: 2)
                    try await client.bind()
                    func answering(_ envelope: [UInt8], _ count: Int) async throws -> Set<String> {
                        try await client.publish(envelope)
                        // A request to all, so that nobody has to wait for what does not come.
                        try await client.publish(client.envelope("clock", ticket: "last"))
                        let replies = try await client.replies(count + 2)
                        return Set(replies.filter { $0.headers["ticket"] == "ticket" }.map(\.node))
                    }
                    let ping = { client.envelope("ping", destination: $0, pattern: $1, matcher: $2) }
                    #expect(try await answering(ping(.null, nil, nil), 2) == ["one@host", "two@host"])
                    #expect(try await answering(ping([], nil, nil), 2) == ["one@host", "two@host"])
                    #expect(try await answering(ping(["two@host"], nil, nil), 1) == ["two@host"])
                    #expect(try await answering(ping(["two@host"], "one*", "glob"), 1) == ["two@host"])
                    #expect(try await answering(ping(["x@host"], nil, nil), 0) == [])
                    #expect(try await answering(ping(.null, "o*@host", "glob"), 1) == ["one@host"])
                    #expect(try await answering(ping(.null, "t[a-z]o@", "pcre"), 1) == ["two@host"])
                    #expect(try await answering(ping(.null, "host", "glob"), 0) == [])
                    #expect(try await answering(ping(.null, "(", "pcre"), 0) == [])

                    let stranger = RemoteClient(fixture)
                    try await stranger.publish(stranger.envelope("ping"))
                    #expect(try await answering(ping(.null, nil, nil), 2).count == 2)
                    #expect(try await fixture.command("EXISTS", stranger.queue).integer == 0)

                    try await client.publish(client.envelope("ping"))
                    try await eventually("both have answered") {
                        try await fixture.command("LLEN", client.queue).integer == 2
                    }
                    let life = try #require(try await fixture.command("PTTL", client.queue).integer)
                    #expect((1...60_000).contains(life))
                }
            }
        }
    }

    @Test("a binding cannot make a worker write to a queue")
    func hostileBinding() async throws {
        try await with { fixture, client in
            let member = [client.identity, "", "work"].joined(separator: RemoteNames.separator)
            _ = try await fixture.command("SADD", client.names.replyBindings, member)
            try await client.publish(client.envelope("ping"))
            #expect(try await RemoteClient(fixture).reply("ping") == ["ok": "pong"])
            #expect(try await fixture.command("LLEN", "work").integer == 0)
            #expect(try await fixture.census().isEmpty)
        }
    }

    @Test("whatever is published, the worker goes on and answers")
    func hostileRequests() async throws {
        try await with { fixture, client in
            let deep = String(repeating: "[", count: 5_000)
            for raw in [
                "", "null", "[]", "{", deep, #"{"body":null}"#,
                #"{"body":"x","properties":{"body_encoding":"base64"}}"#,
            ] {
                try await client.publish(Array(raw.utf8))
            }
            try await client.publish([UInt8](repeating: 0xFF, count: 3 << 20))
            for arguments: JSONObject in [
                ["task_id": 5], ["task_id": nil], ["task_id": [1, 2]], ["ids": [:]], ["headers": 5], ["headers": "x"],
                ["revoked": 5, "from_node": 5],
            ] {
                for method in [
                    "revoke", "terminate", "query_task", "revoke_by_stamped_headers", "hello", "election", "registered",
                ] {
                    try await client.publish(client.envelope(method, arguments, ticket: nil))
                }
            }
            try await client.publish(client.envelope("ping", ticket: nil, clock: .integer(.max)))
            try await client.publish(client.envelope("ping", ticket: nil, clock: "now"))
            #expect(
                try await client.reply("revoke") == [
                    "error": "TypeError(\"revoke() missing 1 required positional argument: 'task_id'\")"
                ]
            )
            let id = try await fixture.producer.enqueue(TestJob.self, .init(value: "x")).taskID
            try await eventually("it ran") { try await fixture.result(id)?["status"] == "SUCCESS" }
            #expect(try await client.reply("clock")["clock"]?.integer ?? .max < 1_000_000)
        }
    }

    @Test("an election is acknowledged with its id")
    func election() async throws {
        try await with { fixture, client in
            try await fixture.withEvents { events in
                let raw = try #require(try CeleryFixture.load("event-worker-elect")["raw"]?.string)
                _ = try await fixture.command("PUBLISH", client.names.events("worker.elect"), raw)
                try await eventually("it is acknowledged") { events.event("worker-elect-ack") != nil }
                let acknowledgement = try #require(events.event("worker-elect-ack"))
                #expect(acknowledgement["id"] == "e1")
                // Past the clock of what was received.
                #expect((acknowledgement["clock"]?.integer ?? 0) > 35)
                #expect(acknowledgement["channel"] == "/0.celeryev/worker.elect.ack")
            }
        }
    }

    @Test("asked for a shutdown, a worker stops warmly and says nothing")
    func shutdown() async throws {
        try await QueueFixture.with { fixture in
            let client = RemoteClient(fixture)
            let worker = JobWorker(
                configuration: fixture.remote(),
                registry: jobs(),
                redis: fixture.redis,
                logger: QueueFixture.logger
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await worker.run() }
                try await client.untilHeard()
                try await client.bind()
                try await client.publish(client.envelope("shutdown"))
                try await group.waitForAll()
            }
            #expect(try await fixture.command("EXISTS", client.queue).integer == 0)
            #expect(try await fixture.command("ZCARD", fixture.keys.workers).integer == 0)
        }
    }

    @Test("after its connections were cut a worker hears and answers again")
    func reconnecting() async throws {
        try await with { fixture, client in
            #expect(try await client.reply("ping") == ["ok": "pong"])
            _ = try await fixture.command("CLIENT", "KILL", "TYPE", "pubsub")
            try await client.untilHeard()
            #expect(try await client.reply("ping") == ["ok": "pong"])
        }
    }
}

/// A job with a name of Celery's own.
private struct Builtin: Job {
    static let name: TaskName = "celery.test"

    struct Arguments: Codable, Sendable {}

    func run(_ arguments: Arguments, in context: JobContext) async throws -> String { "" }
}
