import TestSupport
import Testing

@testable import JobQueue

@Suite("What becomes of a time that has come")
struct PeriodicTickTests {
    private func tick(
        _ catchUp: CatchUp,
        every seconds: Int = 10,
        due: Int64,
        now: Int64,
        end: Int64? = nil,
        within: Int? = nil
    ) throws -> PeriodicTick {
        var job = try PeriodicJob("a", TestJob.self, .init(value: ""), on: .interval(.seconds(seconds)))
        job.catchUp = catchUp
        job.catchUpWithin = within.map { .seconds($0) }
        job.end = end.map { WireTime(milliseconds: $0 * 1_000) }
        var state = PeriodicState()
        state.count = 5
        return PeriodicTick(
            job,
            state,
            due: WireTime(milliseconds: due * 1_000),
            now: WireTime(milliseconds: now * 1_000)
        )
    }

    private func seconds(_ times: [WireTime]) -> [Int64] { times.map { $0.milliseconds / 1_000 } }

    @Test("on time it happens once by every rule", arguments: [CatchUp.skip, .once, .all(atMost: 60)])
    func onTime(_ rule: CatchUp) throws {
        let tick = try tick(rule, due: 100, now: 101)
        #expect(seconds(tick.times) == [100])
        #expect(tick.next?.milliseconds == 110_000)
        #expect(tick.state.count == 6 && tick.state.last == tick.times.last && tick.state.lastTask == "a@100000")
    }

    @Test(
        "after an outage it happens as its rule says",
        arguments: [
            (CatchUp.once, [Int64(7_200)]), (.all(atMost: 3), [7_180, 7_190, 7_200]), (.all(atMost: 1), [7_200]),
            // The last was five seconds ago: on time.
            (.skip, [7_200]),
        ]
    )
    func outage(rule: CatchUp, times: [Int64]) throws {
        let tick = try tick(rule, due: 100, now: 7_205)
        #expect(seconds(tick.times) == times)
        #expect(tick.next?.milliseconds == 7_210_000)
    }

    @Test("skip passes over what is more than a minute late, and notes it")
    func skip() throws {
        let tick = try tick(.skip, every: 3_600, due: 3_600, now: 3_661)
        #expect(tick.times.isEmpty)
        #expect(tick.next?.milliseconds == 7_200_000)
        #expect(tick.state.skipped?.milliseconds == 3_600_000 && tick.state.count == 5)
        #expect(try self.tick(.skip, every: 3_600, due: 3_600, now: 3_660).times.count == 1)
    }

    @Test(
        "what passed longer ago than it makes up for is passed over by every rule",
        arguments: [
            (CatchUp.once, Int64(1_805), [Int64]()), (.once, 1_800, [3_600]), (.all(atMost: 60), 1_800, [3_600]),
            (.skip, 1_800, []),
        ]
    )
    func within(rule: CatchUp, late: Int64, times: [Int64]) throws {
        let tick = try tick(rule, every: 3_600, due: 3_600, now: 3_600 + late, within: 1_800)
        #expect(seconds(tick.times) == times)
        #expect(tick.next?.milliseconds == 7_200_000)
        #expect(tick.state.skipped?.milliseconds == (times.isEmpty ? 3_600_000 : nil))
    }

    @Test("all makes up for each that there was, where there were fewer than it may")
    func few() throws {
        #expect(seconds(try tick(.all(atMost: 60), due: 7_170, now: 7_205).times) == [7_170, 7_180, 7_190, 7_200])
    }

    @Test("fifty years of a second each are looked through at once")
    func long() throws {
        let began = processorTime()
        let tick = try tick(.all(atMost: 60), every: 1, due: 1, now: 1_577_836_800)
        #expect(seconds(tick.times) == Array(1_577_836_741...1_577_836_800))
        #expect(processorTime() - began < .seconds(1))
    }

    @Test("after its end there is no next time")
    func end() throws {
        let tick = try tick(.once, due: 100, now: 205, end: 150)
        #expect(seconds(tick.times) == [150])
        #expect(tick.next == nil)
    }
}
