import JSON
import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("What Python workers left unacknowledged", .timeLimit(.minutes(1)))
struct UnackedSweepTests {
    private func sweep(_ fixture: QueueFixture, timeout: Duration = .seconds(60)) -> UnackedSweep {
        UnackedSweep(queues: [fixture.keys], timeout: timeout, redis: fixture.redis, logger: QueueFixture.logger)
    }

    /// Leaves a message as kombu does, taken so many seconds ago.
    private func leave(
        _ fixture: QueueFixture,
        _ tag: String,
        _ message: String,
        exchange: String = "",
        routingKey: String = "work",
        ago: Int64
    ) async throws {
        let entry = #"[\#(message), "\#(exchange)", "\#(routingKey)"]"#
        let time = try await fixture.command("TIME")[0]?.integer ?? 0
        _ = try await fixture.command("HSET", "unacked", tag, entry)
        _ = try await fixture.command("ZADD", "unacked_index", time - ago, tag)
    }

    /// As a list holds it, front first.
    private func ready(_ fixture: QueueFixture, _ key: String? = nil) async throws -> [JSONValue] {
        let reply = try await fixture.command("LRANGE", key ?? fixture.keys.ready, 0, -1)
        return try (reply.array ?? []).reversed().map { try JSONValue(parsing: $0.bytes ?? []) }
    }

    private func message(_ id: String, priority: Int = 0) -> String {
        #"{"headers": {"id": "\#(id)"}, "properties": {"priority": \#(priority), "delivery_info": {"routing_key": "work"}}}"#
    }

    @Test("a captured entry goes back as kombu puts it back, and nothing of it stays")
    func captured() async throws {
        try await QueueFixture.with { fixture in
            let capture = try CeleryFixture.load("unacked-entry")
            let tag = try #require(capture["field"]?.string)
            let raw = try #require(capture["raw_value"]?.string)
            _ = try await fixture.command("HSET", "unacked", tag, raw)
            _ = try await fixture.command("ZADD", "unacked_index", 1, tag)
            let queue = QueueKeys("celery", in: .plain)
            let sweep = UnackedSweep(
                queues: [queue],
                timeout: .seconds(3600),
                redis: fixture.redis,
                logger: QueueFixture.logger
            )
            #expect(try await sweep.look() == 1)

            var expected = try #require(capture["decoded_value"]?.array?.first?.object)
            var headers = try #require(expected["headers"]?.object)
            headers["redelivered"] = true
            expected["headers"] = .object(headers)
            var properties = try #require(expected["properties"]?.object)
            var info = try #require(properties["delivery_info"]?.object)
            info["redelivered"] = true
            properties["delivery_info"] = .object(info)
            expected["properties"] = .object(properties)
            #expect(try await ready(fixture, "celery") == [.object(expected)])
            #expect(try await fixture.command("EXISTS", "unacked", "unacked_index", "unacked_mutex").integer == 0)
        }
    }

    @Test("the oldest goes first, what is young, another queue's or nobody's stays, each to the list of its priority")
    func order() async throws {
        try await QueueFixture.with { fixture in
            _ = try await fixture.command("LPUSH", fixture.keys.ready, message("waiting"))
            try await leave(fixture, "1", message("old"), ago: 300)
            try await leave(fixture, "2", message("older"), ago: 400)
            try await leave(fixture, "3", message("young"), ago: 30)
            try await leave(fixture, "4", message("other"), routingKey: "other", ago: 500)
            try await leave(fixture, "5", message("low", priority: 7), ago: 600)
            try await leave(fixture, "6", "no JSON", ago: 700)
            _ = try await fixture.command("ZADD", "unacked_index", 1, "7")
            #expect(try await sweep(fixture).look() == 3)
            #expect(try await ready(fixture).map { $0["headers"]?["id"] } == ["older", "old", "waiting"])
            #expect(try await ready(fixture, fixture.keys.byPriority[1]).map { $0["headers"]?["id"] } == ["low"])
            #expect(
                try await fixture.command("HKEYS", "unacked").array?.compactMap(\.string).sorted() == ["3", "4", "6"]
            )
            #expect(try await sweep(fixture).look() == 0)
        }
    }

    @Test("more than one step takes them all")
    func many() async throws {
        try await QueueFixture.with { fixture in
            for number in 1...120 {
                let isOurs = !number.isMultiple(of: 3)
                let key = isOurs ? "work" : "other"
                try await leave(fixture, "\(number)", message("\(number)"), routingKey: key, ago: 100)
            }
            #expect(try await sweep(fixture).look() == 80)
            #expect(try await fixture.command("HLEN", "unacked").integer == 40)
        }
    }

    @Test("of a named exchange, to all queues that it feeds by the routing key, where one of them is ours")
    func exchange() async throws {
        try await QueueFixture.with { fixture in
            let separator = "\u{6}\u{16}"
            _ = try await fixture.command(
                "SADD",
                "_kombu.binding.jobs",
                "fast\(separator)\(separator)work",
                "both\(separator)\(separator)work",
                "both\(separator)\(separator)other",
                "others\(separator)\(separator)other"
            )
            // As kombu 5.7 writes the patterns of a topic exchange.
            _ = try await fixture.command(
                "SADD",
                "_kombu.binding.events",
                #"media.#\#(separator)^media\..*?$\#(separator)work"#,
                #"*.video\#(separator)^[^\.]+\.video$\#(separator)other"#
            )
            for (tag, exchange, key) in [
                ("1", "jobs", "fast"), ("2", "jobs", "both"), ("3", "jobs", "none"), ("4", "jobs", "others"),
                ("5", "events", "media.video"), ("6", "events", "media.audio.deep"), ("7", "events", "film.video"),
            ] {
                try await leave(fixture, tag, message("m" + tag), exchange: exchange, routingKey: key, ago: 100)
            }
            #expect(try await sweep(fixture).look() == 4)
            let ours = try await ready(fixture).compactMap { $0["headers"]?["id"]?.string }
            #expect(ours.sorted() == ["m1", "m2", "m5", "m6"])
            let others = try await ready(fixture, "other").compactMap { $0["headers"]?["id"]?.string }
            #expect(others.sorted() == ["m2", "m5"])
            #expect(
                try await fixture.command("HKEYS", "unacked").array?.compactMap(\.string).sorted() == ["3", "4", "7"]
            )
        }
    }

    @Test("while another sweeps nothing is done, and its lock stays")
    func locked() async throws {
        try await QueueFixture.with { fixture in
            try await leave(fixture, "1", message("1"), ago: 100)
            _ = try await fixture.command("SET", "unacked_mutex", "another's")
            #expect(try await sweep(fixture).look() == 0)
            #expect(try await fixture.command("GET", "unacked_mutex").string == "another's")
            #expect(try await fixture.command("LLEN", fixture.keys.ready).integer == 0)
        }
    }

    @Test("what was acknowledged while it was read does not go back")
    func acknowledged() async throws {
        try await QueueFixture.with { fixture in
            _ = try await fixture.command("HSET", "unacked", "1", "changed")
            let reply = try await fixture.redis.evaluate(
                QueueScripts.restoreUnacked,
                keys: ["unacked", "unacked_index", fixture.keys.ready],
                arguments: ["1", "as it was", "{}", 1]
            )
            #expect(reply.integer == 0)
            #expect(try await fixture.command("LLEN", fixture.keys.ready).integer == 0)
        }
    }

    @Test("a worker does it by itself")
    func worker() async throws {
        try await QueueFixture.with { fixture in
            let task = """
                {"body": "[[], {\\"value\\": \\"\\"}, null]", "content-encoding": "utf-8", "content-type": "application/json", \
                "headers": {"task": "test.job", "id": "left"}, "properties": {}}
                """
            try await leave(fixture, "1", task, ago: 3601)
            try await fixture.withWorker(TestJob.registry { _, _ in "" }) {
                try await eventually("it is run") { try await fixture.result("left")?["status"] == "SUCCESS" }
            }
        }
    }
}
