import JSON
import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("A worker changed by remote control", .timeLimit(.minutes(1)))
struct RemoteTuningTests {
    private let jobs = TestJob.registry { arguments, _ in arguments.value }

    private func expected(_ name: String) throws -> JSONValue {
        let body = try #require(try CeleryFixture.load(name)["reply"]?["body_decoded"]?.object)
        return try #require(body.members.first).value
    }

    private func with(
        _ autoscale: ClosedRange<Int>? = nil,
        _ body: (QueueFixture, RemoteClient) async throws -> Void
    ) async throws {
        try await QueueFixture.with { fixture in
            let client = RemoteClient(fixture)
            var configuration = fixture.remote()
            configuration.autoscale = autoscale
            try await fixture.withWorker(jobs, configuration: configuration) {
                try await client.untilHeard()
                try await body(fixture, client)
            }
        }
    }

    @Test("the pool grows and shrinks, and never below one place")
    func pool() async throws {
        try await with { _, client in
            func places() async throws -> JSONValue? { try await client.reply("stats")["pool"]?["max-concurrency"] }
            let grown = try await client.reply("pool_grow", ["n": 3])
            #expect(grown == (try expected("pidbox-pool-grow")))
            #expect(try await places() == 53)
            let shrunk = try await client.reply("pool_shrink")
            #expect(shrunk == (try expected("pidbox-pool-shrink")))
            #expect(try await places() == 52)
            for count: JSONValue in [52, 1000, -1, "x", 0] {
                #expect(try await client.reply("pool_shrink", ["n": count])["error"] != nil)
            }
            #expect(try await places() == 52)
            let range = try await client.reply("autoscale", ["max": 4, "min": 1])
            #expect(range == (try expected("pidbox-autoscale-disabled")))
            let restart = try await client.reply("pool_restart", ["modules": nil, "reload": false, "reloader": nil])
            #expect(restart == ["error": "ValueError('Pool restarts not enabled')"])
        }
    }

    @Test("the range of a worker that scales itself is changed, and then the pool is not")
    func autoscale() async throws {
        try await with(1...3) { _, client in
            let range = try await client.reply("autoscale", ["max": 6, "min": 2])
            #expect(range == (try expected("pidbox-autoscale")))
            let grown = try await client.reply("pool_grow", ["n": 1])
            #expect(grown == (try expected("pidbox-pool-grow-autoscale")))
            let stats = try await client.reply("stats")
            #expect(stats["autoscaler"]?["max"] == 6 && stats["autoscaler"]?["min"] == 2)
            let opened: Set<String> = ["total", "userid", "port", "transport_options"]
            #expect(try shape(stats, opening: opened) == shape(expected("pidbox-stats-autoscale"), opening: opened))
            #expect(try await client.reply("autoscale", ["bogus": 1])["error"] != nil)
        }
    }

    @Test("queues are taken up and left within two seconds, and are told of")
    func queues() async throws {
        try await with { fixture, client in
            let added = try await client.reply("add_consumer", ["queue": "media", "exchange_type": "direct"])
            #expect(added == (try expected("pidbox-add-consumer")))
            let queues = try await client.reply("active_queues")
            #expect(queues.array?.map { $0["name"] } == ["work", "media"])
            func run() async throws -> TaskID {
                try await fixture.producer.enqueue(TestJob.self, .init(value: ""), options: .init(queue: "media"))
                    .taskID
            }
            let first = try await run()
            try await eventually("it runs", within: .seconds(5)) {
                try await fixture.result(first)?["status"] == "SUCCESS"
            }
            let revoked = try await fixture.producer.enqueue(
                TestJob.self,
                .init(value: ""),
                options: .init(queue: "media", delay: .seconds(600))
            ).taskID
            _ = try await client.reply("revoke", ["task_id": .string(revoked.rawValue)])
            try await fixture.makeDue(in: "media")
            try await eventually("a revoked one in it never runs") {
                try await fixture.command("ZCARD", fixture.redis.keys(of: "media").scheduled).integer == 0
            }
            #expect(try await fixture.result(revoked)?["status"] == "REVOKED")

            let cancelled = try await client.reply("cancel_consumer", ["queue": "media"])
            #expect(cancelled == (try expected("pidbox-cancel-consumer")))
            try await eventually("the worker left it", within: .seconds(5)) {
                try await fixture.command("ZCARD", fixture.redis.keys(of: "media").workers).integer == 0
            }
            #expect(try await client.reply("active_queues").array?.count == 1)
            #expect(try await client.reply("add_consumer", ["queue": "a b"])["error"] != nil)
            #expect(try await client.reply("add_consumer")["error"] != nil)
        }
    }

    @Test("limits of tasks are set, shown, and refused with Python's words")
    func limits() async throws {
        try await with { _, client in
            let cases: [(String, JSONObject, String)] = [
                ("rate_limit", ["task_name": "test.job", "rate_limit": "10/m"], "pidbox-rate-limit"),
                ("rate_limit", ["task_name": "nope", "rate_limit": "10/m"], "pidbox-rate-limit-unknown"),
                ("rate_limit", ["task_name": "test.job", "rate_limit": "x/y"], "pidbox-rate-limit-invalid"),
                ("time_limit", ["task_name": "test.job", "hard": 120, "soft": 60], "pidbox-time-limit"),
                ("time_limit", ["task_name": "nope", "hard": 120, "soft": 60], "pidbox-time-limit-unknown"),
            ]
            for (method, arguments, fixture) in cases {
                let reply = try await client.reply(method, arguments)
                #expect(reply == (try expected(fixture)), "\(fixture)")
            }
            let items: JSONValue = ["rate_limit", "time_limit", "soft_time_limit"]
            let shown = try await client.reply("registered", ["taskinfoitems": items])
            #expect(shown == ["test.job [rate_limit=10/m time_limit=120.0 soft_time_limit=60.0]"])
            let off = try await client.reply("rate_limit", ["task_name": "test.job", "rate_limit": 0])
            #expect(off == (try expected("pidbox-rate-limit-off")))
            #expect(try await client.reply("registered") == ["test.job"])
            let nonsense = try await client.reply("rate_limit", ["task_name": "test.job", "rate_limit": "abc"])
            #expect(nonsense["error"]?.string?.hasPrefix("Invalid rate limit string: ValueError") == true)
            #expect(try await client.reply("time_limit", ["task_name": "test.job", "hard": -1])["error"] != nil)
        }
    }
}
