import Cryptography
import JSON
import TestSupport
import Testing

@testable import Plugins

@Suite("Decisions about plugins that run")
struct RunningStateTests {
    private func desired(_ version: String, revision: Int64) throws -> DesiredPlugin {
        DesiredPlugin(manifest: try .sample(version: version), place: .directory("/p/\(version)"), revision: revision)
    }

    private func standing(
        _ version: String,
        _ revision: Int64,
        _ state: PluginRunStanding.State
    ) throws -> SupervisionState.Action {
        .report(
            PluginRunStanding(
                name: .sample,
                version: try #require(SemanticVersion(version)),
                revision: revision,
                state: state
            )
        )
    }

    @Test("what serves stays until its successor is healthy")
    func succession() throws {
        var state = SupervisionState()
        let (one, two) = (try desired("1.0.0", revision: 1), try desired("2.0.0", revision: 2))
        #expect(try state.apply([one]) == [.start(1, one), standing("1.0.0", 1, .starting)])
        #expect(state.serving(.sample) == nil)
        #expect(try state.becameHealthy(1, of: .sample) == [standing("1.0.0", 1, .healthy)])
        #expect(state.apply([one]).isEmpty)

        #expect(try state.apply([two]) == [.start(2, two), standing("2.0.0", 2, .starting)])
        #expect(state.serving(.sample) == 1)
        // The old one's ups and downs say nothing about the new one.
        #expect(state.faltered(1, of: .sample, "ended", after: 0).isEmpty)
        #expect(state.becameHealthy(1, of: .sample).isEmpty)
        #expect(try state.becameHealthy(2, of: .sample) == [.retire(1), standing("2.0.0", 2, .healthy)])
        #expect(state.serving(.sample) == 2)
        #expect(state.becameHealthy(1, of: .sample).isEmpty)
    }

    @Test("one that fails is rolled back without a start")
    func rollback() throws {
        var state = SupervisionState()
        _ = state.apply([try desired("1.0.0", revision: 1)])
        _ = state.becameHealthy(1, of: .sample)
        _ = state.apply([try desired("2.0.0", revision: 2)])
        #expect(
            try state.faltered(2, of: .sample, "ended", after: 2) == [standing("2.0.0", 2, .starting)]
        )
        #expect(
            try state.faltered(2, of: .sample, "ended", after: 3) == [standing("2.0.0", 2, .failed(reason: "ended"))]
        )
        #expect(
            try state.apply([desired("1.0.0", revision: 3)]) == [.retire(2), standing("1.0.0", 3, .healthy)]
        )
        #expect(state.serving(.sample) == 1)
    }

    @Test("a successor of one that never served takes its place at once")
    func neverServed() throws {
        var state = SupervisionState()
        let two = try desired("2.0.0", revision: 2)
        _ = state.apply([try desired("1.0.0", revision: 1)])
        #expect(try state.apply([two]) == [.retire(1), .start(2, two), standing("2.0.0", 2, .starting)])
    }

    @Test("what is wanted no more is retired, with its successor")
    func removal() throws {
        var state = SupervisionState()
        _ = state.apply([try desired("1.0.0", revision: 1)])
        _ = state.becameHealthy(1, of: .sample)
        _ = state.apply([try desired("2.0.0", revision: 2)])
        #expect(state.apply([]) == [.retire(1), .retire(2)])
        #expect(state.serving(.sample) == nil)
        #expect(state.standings.isEmpty)
    }

    @Test("restarts come later and later, and soon again after long health")
    func pacing() {
        var pacing = RestartPacing()
        let waits = (0..<8).map { _ in pacing.ended(afterHealthOf: nil, fraction: 1) }
        #expect(
            waits == [
                .milliseconds(500), .seconds(1), .seconds(2), .seconds(4), .seconds(8), .seconds(16), .seconds(30),
                .seconds(30),
            ]
        )
        #expect(pacing.vainStarts == 8)
        // Health that does not last is no proof.
        #expect(pacing.ended(afterHealthOf: .seconds(59), fraction: 0) == .seconds(15))
        #expect(pacing.vainStarts == 0)
        #expect(pacing.ended(afterHealthOf: .seconds(60), fraction: 0) == .milliseconds(250))
    }

    @Test("lines of the log are cut, cleaned, and not too many")
    func log() {
        var log = PluginLog(hiding: Secret("s3cret-of-the-process"))
        #expect(log.take(Array("a\nb".utf8)[...], at: .zero) == ["a"])
        let long = String(repeating: "x", count: 2_500)
        #expect(
            log.take(Array("c\n\(long)\n\u{1B}[2J\td\nPLUGIN_SECRET=s3cret-of-the-process;\n".utf8)[...], at: .zero)
                == [
                    "bc", String(long.prefix(2_000)), "\u{FFFD}[2J\td", "PLUGIN_SECRET=***;",
                ]
        )
        let flood = Array(String(repeating: "y\n", count: 200).utf8)
        #expect(log.take(flood[...], at: .milliseconds(500)).count == 95)
        #expect(log.take(Array("z\n".utf8)[...], at: .seconds(1)) == ["… 105 lines dropped", "z"])
    }

    @Test("a place that is waited for in vain is nobody's")
    func patience() async {
        let clock = ManualClock()
        let bulkhead = Bulkhead(width: 1, clock: clock)
        #expect(await bulkhead.enter(within: .seconds(1)))
        async let second = bulkhead.enter(within: .seconds(2))
        await clock.finishSleep(of: .seconds(2))
        #expect(await !second)
        bulkhead.leave()
        #expect(await bulkhead.enter(within: .seconds(1)))
    }

    @Test("a place that becomes free is the next one's")
    func handover() async {
        let clock = ManualClock()
        let bulkhead = Bulkhead(width: 1, clock: clock)
        #expect(await bulkhead.enter(within: .seconds(1)))
        async let second = bulkhead.enter(within: .seconds(2))
        for await sleep in clock.sleeps where sleep == .seconds(2) { break }
        bulkhead.leave()
        #expect(await second)
    }
}
