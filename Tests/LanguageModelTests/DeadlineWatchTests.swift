import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import LanguageModel

@Suite("Deadlines of many waits")
struct DeadlineWatchTests {
    /// What has expired, in order.
    private let expired = NIOLockedValueBox<[String]>([])

    private func note(_ name: String) -> @Sendable () -> Void {
        { [expired] in expired.withLockedValue { $0.append(name) } }
    }

    private func eventually(_ names: [String]) async throws {
        try await TestSupport.eventually("\(names)") { expired.withLockedValue { $0 } == names }
    }

    @Test("a wait expires at its deadline, once, and one that ended does not")
    func expires() async throws {
        let clock = ManualClock()
        let watch = DeadlineWatch(clock: clock)
        _ = watch.begin(.seconds(10), expire: note("long"))
        let ended = watch.begin(.seconds(10), expire: note("ended"))
        watch.end(ended)
        await clock.finishSleep(of: .seconds(10))
        try await eventually(["long"])
        clock.advance(by: .seconds(100))
        _ = watch.begin(.seconds(1), expire: note("next"))
        await clock.finishSleep(of: .seconds(1))
        try await eventually(["long", "next"])
    }

    @Test("a shorter wait that begins later is not kept waiting by a longer one")
    func shorter() async throws {
        let clock = ManualClock()
        let watch = DeadlineWatch(clock: clock)
        _ = watch.begin(.seconds(60), expire: note("long"))
        _ = watch.begin(.seconds(5), expire: note("short"))
        await clock.finishSleep(of: .seconds(5))
        try await eventually(["short"])
        // Whoever wakes for the short one goes on to the long one.
        await clock.finishSleep(of: .seconds(55))
        try await eventually(["short", "long"])
    }
}
