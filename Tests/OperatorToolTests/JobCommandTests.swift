import JSON
import Redis
import TestSupport
import Testing

@testable import OperatorTool

@Suite("Jobs, workers and schedules on the command line")
struct JobCommandTests {
    @Test("explain tells what a task waits for, or who runs it since when")
    func explain() async throws {
        try await RedisServer.with { server in
            try await server.fill([
                RedisCommand("LPUSH", "interactive", Sample.message("first"), Sample.message("second")),
                RedisCommand("SET", "{interactive}:paused", #"{"by":"me@here","reason":"a deploy"}"#),
                RedisCommand("ZADD", "{interactive}:cancelled", 99_999_999_999_999, "second"),
                RedisCommand("ZADD", "{minutes}:workers", 99_999_999_999_999, "w1"),
                RedisCommand("HSET", "{minutes}:inflight:w1", "1", Sample.message("running")),
                RedisCommand("HSET", "{minutes}:running:w1", "running", "4000000000000"),
                RedisCommand("HSET", "{minutes}:lanes", "chat", "1"),
                RedisCommand("SET", "{minutes}:lane:chat", "running"),
                RedisCommand("LPUSH", "{minutes}:parked:chat", Sample.message("parked")),
                RedisCommand("HSET", "{minutes}:limits", "model:*", #"{"concurrency":2}"#),
                RedisCommand("ZADD", "{minutes}:limited", 1, "model:a"),
                RedisCommand("ZADD", "{minutes}:holders:model:a", 1, "x", 1, "y"),
                RedisCommand("LPUSH", "{minutes}:limited:model:a", Sample.message("limited")),
            ])
            func reasons(_ id: String) async throws -> String {
                try await server.tool("job", "explain", id).output
            }
            #expect(
                try await reasons("second") == """
                    the queue is paused by me@here: a deploy
                    no worker takes from the queue
                    1 tasks are before it
                    it is cancelled, and ends when it would be handed out

                    """
            )
            #expect(try await reasons("running") == "worker w1 runs it since 2096-10-02T07:06:40.000+00:00\n")
            #expect(try await reasons("parked") == "it waits for task running of the same ordering key chat\n")
            #expect(
                try await reasons("limited") == "it waits for the limit model:a, which lets 2 run, and 2 do\n"
            )
            #expect(try await server.tool("job", "explain", "nobody").status == 1)
            let json = try await server.tool("job", "explain", "running", "-o", "json").json()
            #expect(json["running_since"] == "2096-10-02T07:06:40.000+00:00")
        }
    }

    @Test("of a task of a canvas both tell what it belongs to, and how far its chord is")
    func canvas() async throws {
        try await RedisServer.with { server in
            func member(_ id: String, _ group: String) -> String {
                #"{"body":"[[],{},{\"chain\":[{\"task\":\"c\"},{\"task\":\"b\"}],\"chord\":{\"task\":\"sum\","#
                    + #"\"options\":{\"task_id\":\"body\"}}}]","content-type":"application/json","#
                    + #""content-encoding":"utf-8","headers":{"task":"a","id":"\#(id)","retries":0,"root_id":"root","#
                    + #""parent_id":"parent","group":"\#(group)","group_index":1},"properties":{}}"#
            }
            let chord = "celery-taskset-meta-open"
            let children = #"[[["child",null],null],[["gid",null],[[["x",null],null],[["y",null],null]]]]"#
            try await server.fill([
                RedisCommand("LPUSH", "minutes", member("one", "open"), member("two", "plain")),
                RedisCommand("ZADD", "{minutes}:workers", 99_999_999_999_999, "w1"),
                RedisCommand("SET", chord + ".s", 3), RedisCommand("SADD", chord + ".d", "x:0", "y:2"),
                RedisCommand("ZADD", chord + ".j", 0, "x", 2, "y"),
                RedisCommand("SET", "celery-taskset-meta-over.c", "done"),
                RedisCommand("RPUSH", "celery-taskset-meta-bad.j", "x"),
                RedisCommand(
                    "SET",
                    "celery-task-meta-done",
                    #"{"status":"SUCCESS","result":5,"group_id":"over","children":\#(children)}"#
                ),
                RedisCommand("SET", "celery-task-meta-bad", #"{"status":"REVOKED","result":5,"group_id":"bad"}"#),
            ])
            #expect(
                try await server.tool("job", "explain", "one").output == """
                    it is the next
                    it follows from task parent
                    all of it began with task root
                    it is member 2 of group open
                    its chord waits: 2 of 3 parts have ended, then sum (body) is called
                    after it come b, c

                    """
            )
            let one = try await server.tool("job", "show", "one", "-o", "json").json()
            #expect(one["parent"] == "parent" && one["root"] == "root" && one["group"] == "open")
            #expect(one["group_index"] == 1 && one["next"] == ["b", "c"] && one["chord"] == "open")
            #expect(one["chord_ended"] == 2 && one["chord_parts"] == 3)
            #expect(one["chord_body"] == "sum" && one["chord_body_id"] == "body")
            let two = try await server.tool("job", "show", "two", "-o", "json").json()
            #expect(two["group"] == "plain" && two["chord"] == .null)
            let done = try await server.tool("job", "show", "done", "-o", "json").json()
            #expect(done["children"] == ["child", "group gid of 2"] && done["chord"] == "called")
            let bad = try await server.tool("job", "explain", "bad").output
            #expect(bad.contains("its chord has failed, 1 of an unknown number of parts have ended"))
        }
    }

    @Test("show tells where a task is, whatever the place")
    func show() async throws {
        try await RedisServer.with { server in
            try await server.fill([
                RedisCommand("LPUSH", "interactive", "garbage", Sample.message("first"), Sample.message("second")),
                RedisCommand("ZADD", "{minutes}:workers", 99_999_999_999_999, "w1"),
                RedisCommand("HSET", "{minutes}:inflight:w1", "1", Sample.message("running")),
                RedisCommand("ZADD", "{background}:scheduled", 4_000_000_000_000, Sample.message("later")),
                RedisCommand("LPUSH", "{background}:dead", Sample.letter("gone")),
                RedisCommand("SET", "celery-task-meta-later", #"{"status": "RETRY", "result": {"exc_type": "E"}}"#),
                RedisCommand(
                    "SET",
                    "celery-task-meta-done",
                    #"{"status": "SUCCESS", "result": 5, "date_done": "2026"}"#
                ),
                RedisCommand("SET", "celery-task-meta-lost", #"{"status": "RETRY", "result": null}"#),
            ])
            func show(_ id: String) async throws -> JSONValue {
                try await server.tool("job", "show", id, "-o", "json").json()
            }
            let second = try await show("second")
            #expect(second["place"] == "ready")
            #expect(second["queue"] == "interactive")
            #expect(second["position"] == 3)
            #expect(second["task"] == "minutes.generate")
            let running = try await show("running")
            #expect(running["place"] == "in flight")
            #expect(running["worker"] == "w1")
            let later = try await show("later")
            #expect(later["place"] == "scheduled")
            #expect(later["due"] == "2096-10-02T07:06:40.000+00:00")
            #expect(later["state"] == "RETRY")
            let gone = try await show("gone")
            #expect(gone["place"] == "dead")
            #expect(gone["error"] == "Broken")
            let done = try await show("done")
            #expect(done["place"] == "finished")
            #expect(done["id"] == "done")
            #expect(done["state"] == "SUCCESS")
            #expect(done["result"] == 5)
            #expect(try await show("lost")["place"] == "not found")

            let text = try await server.tool("job", "show", "running")
            #expect(text.output.hasPrefix("PLACE          in flight\nQUEUE          minutes\nWORKER         w1\n"))
            let nowhere = try await server.tool("job", "show", "nobody")
            #expect(nowhere.status == 1)
            #expect(nowhere.complaints.contains("nowhere"))
            let elsewhere = try await server.tool("job", "show", "second", "--queue", "minutes")
            #expect(elsewhere.status == 1)
            let bounded = try await server.tool("job", "show", "second", "--scan", "2")
            #expect(bounded.status == 1)
            #expect(bounded.complaints.contains("gave up after 2"))
        }
    }

    @Test("cancel marks the task in its queue and tells who listens")
    func cancel() async throws {
        try await RedisServer.with { server in
            let run = try await server.tool("job", "cancel", "running", "--queue", "minutes", "-o", "json")
            #expect(run.status == 0)
            #expect(try run.json() == [["queue": "minutes", "id": "running", "workers_told": 0]])
            let configuration = try RedisConfiguration(url: server.url)
            let redis = try RedisClient(configuration: configuration, logger: RedisAccess.silentLogger)
            defer { redis.close() }
            let marks = try await redis.send(RedisCommand("ZRANGE", "{minutes}:cancelled", 0, -1))
            #expect(marks.array?.map(\.string) == ["running"])
            #expect(try await server.tool("job", "cancel", "running").status == 2)
        }
    }

    @Test("retry takes a task from whichever dead list it is in")
    func retry() async throws {
        try await RedisServer.with { server in
            try await server.fill([RedisCommand("LPUSH", "{background}:dead", Sample.letter("gone"))])
            let run = try await server.tool("job", "retry", "gone")
            #expect(run.status == 0)
            #expect(run.output == "QUEUE        RETRIED\nbackground         1\n")
            #expect(try await server.ask("LLEN", "background").integer == 1)
            let again = try await server.tool("job", "retry", "gone")
            #expect(again.status == 1)
            #expect(again.output.isEmpty)
        }
    }

    @Test("worker list tells the living from the dead, one line per queue")
    func workers() async throws {
        try await RedisServer.with { server in
            try await server.fill([
                RedisCommand("ZADD", "{interactive}:workers", 99_999_999_999_999, "w1", 1, "w2"),
                RedisCommand("ZADD", "{minutes}:workers", 99_999_999_999_999, "w1", 0, "w3"),
                RedisCommand("HSET", "{minutes}:inflight:w1", "1", "x", "2", "y"),
            ])
            let rows = try #require(try await server.tool("worker", "list", "-o", "json").json().array)
            #expect(rows.map { $0["worker"]?.string } == ["w2", "w1", "w1", "w3"])
            #expect(rows.map { $0["queue"]?.string } == ["interactive", "interactive", "minutes", "minutes"])
            #expect(rows.map { $0["state"]?.string } == ["expired", "alive", "alive", "condemned"])
            #expect(rows.map { $0["in_flight"]?.integer } == [0, 0, 2, 0])
            #expect(rows.map { $0["lease_seconds"]?.integer ?? 0 > 0 } == [false, true, true, false])
            let one = try await server.tool("worker", "list", "interactive")
            #expect(one.output.split(separator: "\n").count == 3)
        }
    }

    @Test("schedule waiting shows the next due first")
    func schedule() async throws {
        try await RedisServer.with { server in
            try await server.fill([
                RedisCommand(
                    "ZADD",
                    "{minutes}:scheduled",
                    4_000_000_000_000,
                    Sample.message("last"),
                    1000,
                    Sample.message("late"),
                    "+inf",
                    "never"
                )
            ])
            let rows = try #require(try await server.tool("schedule", "waiting", "minutes", "-o", "json").json().array)
            #expect(rows.map { $0["id"]?.string } == ["late", "last", nil])
            #expect(rows[0]["due"] == "1970-01-01T00:00:01.000+00:00")
            #expect(rows[0]["in_seconds"]?.integer ?? 0 < 0)
            #expect(rows[2]["task"] == "(not JSON)")
            let one = try await server.tool("schedule", "waiting", "minutes", "-n", "1")
            #expect(one.output.split(separator: "\n").count == 2)
            #expect(!one.output.contains("hush"))
        }
    }
}
