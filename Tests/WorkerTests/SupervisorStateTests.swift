import JobQueue
import Platform
import Processes
import Testing

@testable import Worker

@Suite("Decisions of the supervisor")
struct SupervisorStateTests {
    private typealias Action = SupervisorState.Action
    private static let usage = ProcessEnding.status(ExitStatus.usage.rawValue)

    /// A state whose clock the test moves; chance is always 1.
    private struct Scene {
        var state: SupervisorState
        var now = ContinuousClock.now

        init(processes: Int) {
            state = SupervisorState(processes: processes, policy: RestartPolicy(), now: now)
            _ = state.begin(at: now)
        }

        mutating func handle(_ event: SupervisorState.Event, after wait: Duration = .zero) -> [Action] {
            now += wait
            return state.handle(event, at: now, chance: 1)
        }

        /// Process `number` registers and lives for long.
        mutating func proves(_ number: Int, _ life: Incarnation) {
            _ = handle(.told(number, .life(life)))
            _ = handle(.told(number, .registered))
            now += .seconds(60)
        }
    }

    private static func life(_ digit: Int) throws -> Incarnation {
        try #require(Incarnation(parsing: "00000000-0000-4000-8000-00000000000\(digit)"))
    }

    @Test("all processes start at once")
    func begin() {
        var state = SupervisorState(processes: 3, policy: RestartPolicy(), now: .now)
        #expect(state.begin(at: .now) == [.start(1), .start(2), .start(3)])
        #expect(state.reports.map(\.state) == [.starting, .starting, .starting])
    }

    @Test("what a dead process told is released at once, the latest first, and a new process follows")
    func death() throws {
        let (one, two) = (try Self.life(1), try Self.life(2))
        var scene = Scene(processes: 2)
        scene.proves(1, one)
        scene.proves(1, two)
        let actions = scene.handle(.ended(1, .signal(9)))
        #expect(actions == [.release([two, one]), .startLater(1, after: .milliseconds(100))])
        #expect(scene.state.reports.map(\.state) == [.waiting, .starting])
        #expect(scene.handle(.due(1)) == [.start(1)])
        // Its successor has told nothing yet: nothing of the dead one is released again.
        #expect(scene.handle(.ended(1, .signal(9))) == [.startLater(1, after: .milliseconds(200))])
    }

    @Test("what it joined while it ran is released, too, and forgotten then")
    func joined() throws {
        var scene = Scene(processes: 1)
        scene.proves(1, try Self.life(1))
        for queue: QueueName in ["a", "b", "a"] { _ = scene.handle(.told(1, .queue(queue))) }
        let release = Action.release([try Self.life(1)], joined: ["a", "b"])
        #expect(scene.handle(.ended(1, .signal(9))) == [release, .startLater(1, after: .milliseconds(100))])
        _ = scene.handle(.due(1))
        _ = scene.handle(.told(1, .life(try Self.life(2))))
        #expect(scene.handle(.ended(1, .signal(9))).first == .release([try Self.life(2)]))
    }

    @Test("a process that was told to shut down is not started anew, and after the last of them it ends itself")
    func leaving() throws {
        var scene = Scene(processes: 2)
        scene.proves(1, try Self.life(1))
        scene.proves(2, try Self.life(2))
        _ = scene.handle(.told(1, .leaving))
        #expect(scene.handle(.ended(1, .status(0))) == [.release([try Self.life(1)])])
        #expect(!scene.state.isOver)
        // Another that dies is not one that leaves.
        #expect(scene.handle(.ended(2, .signal(9))).contains(.startLater(2, after: .milliseconds(100))))
        #expect(scene.handle(.due(2)) == [.start(2)])
        _ = scene.handle(.told(2, .leaving))
        #expect(scene.handle(.ended(2, .status(0))) == [.limitReleases])
        for _ in 0..<2 { _ = scene.handle(.released) }
        _ = scene.handle(.releasesOverdue)
        #expect(scene.state.isOver)
        #expect(scene.state.status == .done)
    }

    @Test("asked to take no more, it passes that on, and starts no process anew until its own end")
    func quiet() throws {
        var scene = Scene(processes: 2)
        scene.proves(1, try Self.life(1))
        #expect(scene.handle(.ended(2, .signal(9))) == [.startLater(2, after: .milliseconds(100))])
        #expect(scene.handle(.quietAsked) == [.signal(1, .quieten)])
        #expect(scene.handle(.due(2)) == [])
        #expect(scene.handle(.ended(1, .status(0))) == [.release([try Self.life(1)])])
        #expect(!scene.state.isOver)
        #expect(scene.handle(.signalled) == [.limitReleases])
        _ = scene.handle(.released)
        #expect(scene.state.isOver)
    }

    @Test("a process works between its registration and its next life or end")
    func reports() throws {
        var scene = Scene(processes: 1)
        _ = scene.handle(.told(1, .health(port: 4_000)))
        _ = scene.handle(.told(1, .life(try Self.life(1))))
        #expect(scene.state.reports == [.init(number: 1, state: .starting, healthPort: 4_000)])
        _ = scene.handle(.told(1, .registered))
        #expect(scene.state.reports == [.init(number: 1, state: .working, healthPort: 4_000)])
        _ = scene.handle(.told(1, .life(try Self.life(2))))
        #expect(scene.state.reports.first?.state == .starting)
        _ = scene.handle(.ended(1, .status(0)))
        #expect(scene.state.reports == [.init(number: 1, state: .waiting, healthPort: nil)])
    }

    @Test("lives without number do not fill the memory: the latest are kept")
    func manyLives() throws {
        var scene = Scene(processes: 1)
        for digit in 0...9 { _ = scene.handle(.told(1, .life(try Self.life(digit)))) }
        let actions = scene.handle(.ended(1, .signal(9)))
        #expect(actions.first == .release(try (2...9).reversed().map { try Self.life($0) }))
    }

    @Test("a configuration that is wrong from the start ends the supervisor with that status")
    func wrongConfiguration() {
        var scene = Scene(processes: 2)
        for _ in 0..<2 {
            #expect(scene.handle(.ended(1, Self.usage)).count == 1)
            #expect(scene.handle(.due(1)) == [.start(1)])
        }
        #expect(scene.handle(.ended(1, Self.usage)) == [.giveUp(1, starts: 3), .signal(2, .stop), .limitStop])
        #expect(!scene.state.isOver)
        #expect(scene.handle(.ended(2, Self.usage)) == [.limitReleases])
        #expect(scene.state.isOver)
        #expect(scene.state.status == .usage)
    }

    @Test("processes that end with an error before they work are given up, unless another one works")
    func failingStarts() throws {
        let failed = ProcessEnding.status(ExitStatus.failed.rawValue)
        var scene = Scene(processes: 2)
        scene.proves(2, try Self.life(1))
        for _ in 0..<20 {
            #expect(scene.handle(.ended(1, failed), after: .milliseconds(100)).count == 1)
            _ = scene.handle(.due(1))
        }
        _ = scene.handle(.ended(2, .signal(9)))
        let actions = scene.handle(.ended(1, failed), after: .milliseconds(100))
        #expect(actions == [.giveUp(1, starts: 21), .limitReleases])
        #expect(scene.state.status == .failed)
    }

    @Test("a configuration that becomes wrong later does not stop the processes that work")
    func laterWrongConfiguration() throws {
        var scene = Scene(processes: 2)
        scene.proves(2, try Self.life(1))
        for _ in 0..<10 {
            let actions = scene.handle(.ended(1, Self.usage), after: .milliseconds(100))
            guard case .startLater(1, _) = actions.last, actions.count == 1 else {
                Issue.record("\(actions)")
                return
            }
            _ = scene.handle(.due(1))
        }
    }

    @Test("a signal is passed on, nothing is started any more, and the end comes with the last process and release")
    func graceful() throws {
        var scene = Scene(processes: 3)
        scene.proves(1, try Self.life(1))
        _ = scene.handle(.ended(3, .signal(9)))
        #expect(scene.handle(.signalled) == [.signal(1, .stop), .signal(2, .stop), .limitStop])
        #expect(scene.handle(.due(3)) == [])
        #expect(scene.handle(.ended(2, .status(0))) == [])
        #expect(!scene.state.isOver)
        #expect(scene.handle(.ended(1, .status(0))) == [.release([try Self.life(1)]), .limitReleases])
        #expect(!scene.state.isOver)
        #expect(scene.handle(.released) == [])
        #expect(scene.state.isOver)
        #expect(scene.state.status == .done)
    }

    @Test("a second signal kills; so does the end of patience")
    func killed() {
        for event in [SupervisorState.Event.signalled, .patienceOver] {
            var scene = Scene(processes: 2)
            _ = scene.handle(.signalled)
            _ = scene.handle(.ended(1, .status(0)))
            #expect(scene.handle(event) == [.signal(2, .kill)])
            _ = scene.handle(.ended(2, .signal(9)))
            #expect(scene.state.isOver)
            #expect(scene.state.status == .failed)
        }
    }

    @Test("the program's own end is a graceful stop, and a signal during it no second one")
    func stopAsked() {
        var scene = Scene(processes: 1)
        #expect(scene.handle(.stopAsked) == [.signal(1, .stop), .limitStop])
        #expect(scene.handle(.stopAsked) == [])
        #expect(scene.handle(.signalled) == [])
        #expect(scene.handle(.signalled) == [.signal(1, .kill)])
    }

    @Test("a release that does not come to an end does not hold the supervisor up for ever")
    func overdueRelease() throws {
        var scene = Scene(processes: 1)
        scene.proves(1, try Self.life(1))
        _ = scene.handle(.signalled)
        _ = scene.handle(.ended(1, .signal(9)))
        #expect(!scene.state.isOver)
        _ = scene.handle(.releasesOverdue)
        #expect(scene.state.isOver)
    }

    @Test("stopped while every process waits for its next start, it is over at once")
    func stoppedWhileWaiting() {
        var scene = Scene(processes: 1)
        _ = scene.handle(.ended(1, .signal(9)))
        #expect(scene.handle(.signalled) == [.limitReleases])
        #expect(scene.state.isOver)
    }
}
