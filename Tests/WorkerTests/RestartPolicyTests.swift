import Platform
import Processes
import Testing

@testable import Worker

@Suite("Restart of worker processes")
struct RestartPolicyTests {
    private let policy = RestartPolicy()

    @Test(
        "the wait doubles with each process that ends soon, up to the longest, and chance takes off up to a half",
        arguments: [
            (ends: 1, chance: 1.0, wait: Duration.milliseconds(100)), (ends: 2, chance: 1, wait: .milliseconds(200)),
            (ends: 2, chance: 0, wait: .milliseconds(100)), (ends: 5, chance: 1, wait: .milliseconds(1_600)),
            (ends: 9, chance: 1, wait: .milliseconds(25_600)), (ends: 10, chance: 1, wait: .seconds(30)),
            (ends: 10, chance: 0.5, wait: .milliseconds(22_500)), (ends: 5_000, chance: 1, wait: .seconds(30)),
        ]
    )
    func backoff(ends: Int, chance: Double, wait: Duration) {
        var history = RestartHistory()
        var last = Duration.zero
        for _ in 0..<ends {
            last = history.wait(after: .signal(9), of: .milliseconds(300), wasRegistered: true, policy, chance: chance)
        }
        #expect(last == wait)
    }

    @Test("a process that proved itself makes the waits begin anew, however it ended")
    func proven() {
        var history = RestartHistory()
        for _ in 0..<8 { _ = history.wait(after: .status(1), of: .zero, wasRegistered: true, policy, chance: 1) }
        #expect(
            history.wait(after: .signal(11), of: policy.proven, wasRegistered: true, policy, chance: 1)
                == policy.shortest
        )
    }

    @Test("even one that ends well at once does not spin")
    func endsWell() {
        var history = RestartHistory()
        let waits = (0..<4).map { _ in
            history.wait(after: .status(0), of: .zero, wasRegistered: true, policy, chance: 1)
        }
        #expect(waits == [.milliseconds(100), .milliseconds(200), .milliseconds(400), .milliseconds(800)])
    }

    @Test("hopeless are only as many ends in a row as the policy says, soon and for a wrong configuration")
    func hopeless() {
        let usage = ProcessEnding.status(ExitStatus.usage.rawValue)
        var history = RestartHistory()
        func isHopeless(after ending: ProcessEnding, of life: Duration = .zero) -> Bool {
            _ = history.wait(after: ending, of: life, wasRegistered: false, policy, chance: 1)
            return history.verdict(policy) == .usage
        }
        #expect(!isHopeless(after: usage))
        #expect(!isHopeless(after: usage))
        #expect(!isHopeless(after: .signal(9)))
        #expect(!isHopeless(after: usage))
        #expect(!isHopeless(after: usage))
        #expect(!isHopeless(after: usage, of: policy.proven))
        #expect(!isHopeless(after: usage))
        #expect(!isHopeless(after: usage))
        #expect(isHopeless(after: usage))
    }

    @Test("ten ends in a row with an error, soon and before anything worked, are enough")
    func failedStarts() {
        let failed = ProcessEnding.status(ExitStatus.failed.rawValue)
        var history = RestartHistory()
        func verdict(after ending: ProcessEnding, wasRegistered: Bool = false) -> Platform.ExitStatus? {
            _ = history.wait(after: ending, of: .zero, wasRegistered: wasRegistered, policy, chance: 1)
            return history.verdict(policy)
        }
        for _ in 0..<9 { #expect(verdict(after: failed) == nil) }
        // A job may have done that: one that is run again is given up after a number of deaths.
        #expect(verdict(after: failed, wasRegistered: true) == nil)
        for _ in 0..<9 { #expect(verdict(after: failed) == nil) }
        #expect(verdict(after: ProcessEnding.signal(9)) == nil)
        for _ in 0..<9 { #expect(verdict(after: failed) == nil) }
        #expect(verdict(after: failed) == .failed)
    }
}
