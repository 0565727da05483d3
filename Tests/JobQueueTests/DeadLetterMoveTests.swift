import JSON
import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("Dead letters in operators' hands")
struct DeadLetterMoveTests {
    @Test("a retried task has its attempts again, keeps what else it says, and stands behind what waits")
    func retried() async throws {
        try await QueueFixture.with { fixture in
            _ = try await fixture.command("LPUSH", fixture.keys.ready, try fixture.message("waiting"))
            for id in ["old", "new"] { try await fixture.bury(id) }
            _ = try await fixture.command("HSET", fixture.keys.deliveries, "old", 3, "other", 1)

            let moves = try await fixture.control.retryDeadLetters(of: fixture.queue, matching: DeadLetterFilter())
            #expect(moves == QueueControl.DeadLetterMoves(moved: 2, kept: 0))
            #expect(try await fixture.ready() == ["waiting", "old", "new"])
            #expect(try await fixture.census() == ["ready": 3])
            #expect(try await fixture.command("HKEYS", fixture.keys.deliveries).array?.map(\.string) == ["other"])

            let raw = try #require(try await fixture.command("LINDEX", fixture.keys.ready, 1).bytes)
            let message = try TaskMessage(decoding: raw)
            #expect(message.retries == 0)
            #expect(message.eta == nil)
            let before = try TaskMessage(decoding: try fixture.message("old"))
            #expect(message.body == before.body)
            #expect(try JSONValue(parsing: raw)["properties"]?["delivery_tag"]?.string?.count == 36)
        }
    }

    @Test("filters choose by task, error, time and id, and what is not chosen stays in its order")
    func filters() async throws {
        try await QueueFixture.with { fixture in
            let anHourAgo = WireTime.now.advanced(by: .seconds(-3600))
            try await fixture.bury("a", at: anHourAgo)
            try await fixture.bury("b", error: "Other", at: anHourAgo)
            try await fixture.bury("c", task: "test.other")
            try await fixture.bury("d")
            func found(_ filter: DeadLetterFilter) async throws -> [String?] {
                try await fixture.inspector.deadLetters(of: fixture.queue, matching: filter, limit: 9).map(\.message.id)
            }
            #expect(try await found(DeadLetterFilter()) == ["d", "c", "b", "a"])
            #expect(try await found(DeadLetterFilter(task: "test.job")) == ["d", "b", "a"])
            #expect(try await found(DeadLetterFilter(errorType: "Broken")) == ["d", "c", "a"])
            #expect(try await found(DeadLetterFilter(task: "test.job", errorType: "Broken")) == ["d", "a"])
            #expect(try await found(DeadLetterFilter(since: WireTime.now.advanced(by: .seconds(-60)))) == ["d", "c"])
            #expect(try await found(DeadLetterFilter(ids: ["a", "x"])) == ["a"])

            let dropped = try await fixture.control.dropDeadLetters(
                of: fixture.queue,
                matching: DeadLetterFilter(ids: ["c", "a"])
            )
            #expect(dropped.moved == 2)
            #expect(try await fixture.dead() == ["d", "b"])
            #expect(try await fixture.ready() == [])
        }
    }

    @Test("many letters move in small steps, those chosen from among others too")
    func manySteps() async throws {
        try await QueueFixture.with { fixture in
            for number in 0..<230 {
                try await fixture.bury("\(number)", error: number.isMultiple(of: 3) ? "Third" : "Broken")
            }
            let moves = try await fixture.control.retryDeadLetters(
                of: fixture.queue,
                matching: DeadLetterFilter(errorType: "Third")
            )
            #expect(moves == QueueControl.DeadLetterMoves(moved: 77, kept: 0))
            #expect(try await fixture.ready() == stride(from: 0, to: 230, by: 3).map { "\($0)" })
            #expect(try await fixture.dead().count == 153)
        }
    }

    @Test("two operators who retry and drop the same letters at once lose none and move none twice")
    func twoOperators() async throws {
        try await QueueFixture.with { fixture in
            let other = try QueueFixture.client(fixture.server)
            defer { other.close() }
            for number in 0..<300 { try await fixture.bury("\(number)") }
            let all = DeadLetterFilter()
            async let first = fixture.control.retryDeadLetters(of: fixture.queue, matching: all)
            async let second = QueueControl(redis: other).retryDeadLetters(of: fixture.queue, matching: all)
            var moved = try await first.moved + second.moved
            #expect(moved > 0)
            let ready = try await fixture.ready()
            #expect(ready.count == moved)
            #expect(Set(ready).count == ready.count)
            #expect(try await fixture.dead().count == 300 - moved)
            // Where both acted at once, each may have passed over some: they are still there.
            moved += try await fixture.control.retryDeadLetters(of: fixture.queue, matching: all).moved
            #expect(moved == 300)
            #expect(try await fixture.census() == ["ready": 300])
        }
    }

    @Test("a letter that somebody else took is not moved again")
    func takenByOthers() async throws {
        try await QueueFixture.with { fixture in
            try await fixture.bury("one")
            let letter = try #require(try await fixture.command("LINDEX", fixture.keys.dead, 0).bytes)
            for expected in [1, 0] {
                let reply = try await fixture.redis.evaluate(
                    QueueScripts.retryDead,
                    keys: [fixture.keys.dead, fixture.keys.ready, fixture.keys.deliveries],
                    arguments: [letter, "message", "one"]
                )
                #expect(reply.integer == Int64(expected))
            }
            #expect(try await fixture.census() == ["ready": 1])
        }
    }

    @Test("what no worker could read is retried where it is a message after all, else it stays and can be dropped")
    func unreadable() async throws {
        try await QueueFixture.with { fixture in
            let chain = try #require(try CeleryFixture.envelopes("task-chain").first)
            let failure = TaskFailure(type: "DecodeError", message: "no")
            for raw in [chain, Array("no json".utf8)] {
                let letter = DeadLetter.unreadable(raw, failure, at: .now)
                _ = try await fixture.command("LPUSH", fixture.keys.dead, letter)
            }
            _ = try await fixture.command("LPUSH", fixture.keys.dead, "not even a letter")
            let all = DeadLetterFilter()
            let moves = try await fixture.control.retryDeadLetters(of: fixture.queue, matching: all)
            #expect(moves == QueueControl.DeadLetterMoves(moved: 1, kept: 2))
            let raw = try #require(try await fixture.command("LINDEX", fixture.keys.ready, 0).bytes)
            #expect(try JSONValue(parsing: raw)["body"] == JSONValue(parsing: chain)["body"])
            #expect(try await fixture.control.dropDeadLetters(of: fixture.queue, matching: all).moved == 2)
            #expect(try await fixture.census() == ["ready": 1])
        }
    }

    @Test("letters that are too old go, the others and what tells no time stay")
    func expired() async throws {
        try await QueueFixture.with { fixture in
            func letter(_ days: Int) -> String {
                #"{"at":"\#(WireTime.now.advanced(by: .seconds(-86_400 * days)).text)","error":{}}"#
            }
            for text in [letter(92), letter(91), "odd", letter(95), letter(1)] {
                _ = try await fixture.command("LPUSH", fixture.keys.dead, text)
            }
            let reaper = Reaper(
                queues: [fixture.keys],
                configuration: fixture.configuration,
                redis: fixture.redis,
                logger: QueueFixture.logger
            )
            try await reaper.expireDeadLetters(of: fixture.keys)
            #expect(try await fixture.census() == ["dead": 3])
            #expect(try await fixture.command("LINDEX", fixture.keys.dead, -1).string == "odd")
        }
    }
}
