import JSON
import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("Purging and searching")
struct QueueControlTests {
    @Test("purging goes in steps of a thousand, tells how many, and leaves no delivery counts behind")
    func purgeReady() async throws {
        try await QueueFixture.with { fixture in
            let message = try fixture.message("counted")
            for _ in 0..<25 {
                var arguments = RedisArguments()
                for _ in 0..<100 { arguments.append("x") }
                _ = try await fixture.redis.evaluate(
                    RedisScript(name: "fill", source: "return redis.call('LPUSH', KEYS[1], unpack(ARGV))"),
                    keys: [fixture.keys.ready],
                    arguments: arguments
                )
            }
            _ = try await fixture.command("LPUSH", fixture.keys.ready, message)
            _ = try await fixture.command("HSET", fixture.keys.deliveries, "counted", 1, "elsewhere", 1)
            _ = try await fixture.command("CONFIG", "RESETSTAT")
            #expect(try await fixture.control.purge(.ready, of: fixture.queue) == 2_501)
            #expect(try await fixture.calls("rpop") == 3)
            #expect(try await fixture.census() == [:])
            let counted = try await fixture.command("HKEYS", fixture.keys.deliveries).array?.map(\.string)
            #expect(counted == ["elsewhere"])
            #expect(try await fixture.control.purge(.ready, of: fixture.queue) == 0)
        }
    }

    @Test("a purge empties the place named and no other", arguments: QueueControl.Place.allCases)
    func purgePlace(_ place: QueueControl.Place) async throws {
        try await QueueFixture.with { fixture in
            _ = try await fixture.command("LPUSH", fixture.keys.ready, "a")
            _ = try await fixture.command("ZADD", fixture.keys.scheduled, 5, "b", 6, "c")
            _ = try await fixture.command("LPUSH", fixture.keys.dead, "d", "e", "f")
            let before = try await fixture.census()
            #expect(try await fixture.control.purge(place, of: fixture.queue) == before[place.rawValue])
            #expect(try await fixture.census() == before.filter { $0.key != place.rawValue })
        }
    }

    @Test("one step of a purge removes no more than it is told, those first that would run first")
    func purgeStep() async throws {
        try await QueueFixture.with { fixture in
            _ = try await fixture.command("LPUSH", fixture.keys.ready, "first", "second", "third")
            let reply = try await fixture.redis.evaluate(
                QueueScripts.purge,
                keys: [fixture.keys.ready, fixture.keys.deliveries, fixture.keys.ready],
                arguments: [2, fixture.keys.prefix]
            )
            #expect(reply.integer == 2)
            #expect(try await fixture.command("LRANGE", fixture.keys.ready, 0, -1).array?.map(\.string) == ["third"])
        }
    }

    @Test("a task is found wherever it is")
    func find() async throws {
        try await QueueFixture.with { fixture in
            let keys = fixture.keys
            let worker = ScriptedWorker(fixture: fixture)
            try await worker.register()
            for number in 1...150 {
                _ = try await fixture.command("LPUSH", keys.ready, try fixture.message("r\(number)"))
            }
            _ = try await worker.cycle(fetching: 1)
            let due = WireTime.now.advanced(by: .seconds(100))
            _ = try await fixture.command("ZADD", keys.scheduled, due.milliseconds, try fixture.message("s"))
            try await fixture.bury("d", error: "Broken")
            _ = try await fixture.command("SET", "celery-task-meta-f", #"{"status": "SUCCESS", "result": 7}"#)

            func find(_ id: TaskID, bound: Int = 10_000) async throws -> TaskFinding {
                try await fixture.inspector.find(id, in: ["empty", fixture.queue], bound: bound)
            }
            guard case .ready(fixture.queue, position: 149, let message) = try await find("r150").place else {
                Issue.record("r150 is ready")
                return
            }
            #expect(message.task == "test.job")
            let key = try #require(OrderingKey(wire: "k"))
            _ = try await fixture.command("HSET", keys.lanes, "k", 2)
            _ = try await fixture.command(
                "LPUSH",
                keys.parked(key),
                try fixture.message("p1"),
                try fixture.message("p2")
            )
            guard case .parked(fixture.queue, key, position: 2, _) = try await find("p2").place else {
                Issue.record("p2 is parked")
                return
            }
            #expect(try await fixture.inspector.depths(of: [fixture.queue])[0].survey.parked == 2)
            guard case .inFlight(fixture.queue, worker.incarnation.rawValue, _) = try await find("r1").place else {
                Issue.record("r1 is in flight")
                return
            }
            guard case .scheduled(fixture.queue, let task) = try await find("s").place else {
                Issue.record("s is scheduled")
                return
            }
            #expect(task.due == due)
            #expect(task.wait > .seconds(80) && task.wait <= .seconds(100))
            guard case .dead(fixture.queue, let letter) = try await find("d").place else {
                Issue.record("d is dead")
                return
            }
            #expect(letter.position == 1)
            #expect(letter.errorType == "Broken")
            #expect(letter.errorMessage == "no d")
            let finished = try await find("f")
            #expect(finished.place == nil)
            #expect(finished.state?.result == 7)
            let absent = try await find("nobody")
            #expect(absent.isComplete)
            #expect(absent.state == nil)
            let bounded = try await find("r150", bound: 120)
            #expect(bounded.place == nil)
            #expect(!bounded.isComplete)
        }
    }

    @Test("workers are listed with what is left of their leases, and the oldest wait where a message tells a time")
    func inspect() async throws {
        try await QueueFixture.with { fixture in
            let now = WireTime.now
            _ = try await fixture.command(
                "ZADD",
                fixture.keys.workers,
                0,
                "condemned",
                1000,
                "expired",
                now.milliseconds + 60_000,
                "alive"
            )
            _ = try await fixture.command("HSET", fixture.keys.inflight("condemned"), "1", "x", "2", "y")
            let workers = try await fixture.inspector.workers(of: fixture.queue)
            #expect(workers.map(\.incarnation) == ["condemned", "expired", "alive"])
            #expect(workers.map(\.inFlight) == [2, 0, 0])
            #expect(workers[0].leaseLeft == nil)
            #expect(workers[1].leaseLeft.map { $0 < .zero } == true)
            #expect(workers[2].leaseLeft.map { $0 > .seconds(40) && $0 <= .seconds(60) } == true)

            _ = try await fixture.command("LPUSH", fixture.keys.ready, "no message")
            #expect(try await fixture.inspector.depths(of: [fixture.queue])[0].survey.oldestWait == nil)
            let late = try TaskMessage(decoding: try fixture.message("late"))
                .retried(at: now.advanced(by: .seconds(-300)), spending: 1)
            _ = try await fixture.command("RPUSH", fixture.keys.ready, late)
            let depths = try await fixture.inspector.depths(of: [fixture.queue])[0]
            #expect(depths.survey.oldestWait.map { $0 >= .seconds(299) && $0 < .seconds(330) } == true)
            #expect(depths.workers == 1)
            #expect(depths.survey.inFlight == 2)
        }
    }

    @Test("scores that are no times do not bring a reader down")
    func wildScores() async throws {
        try await QueueFixture.with { fixture in
            _ = try await fixture.command("ZADD", fixture.keys.scheduled, "+inf", "a", "1e300", "b", "-inf", "c")
            #expect(try await fixture.inspector.scheduled(10, of: fixture.queue).count == 3)
        }
    }
}
