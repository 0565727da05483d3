import JobQueue
import Platform
import Processes

/// What the supervisor knows of its worker processes and decides about them. No I/O and no clock.
struct SupervisorState {
    /// Something that happened. Processes go by their number, from 1.
    enum Event: Sendable, Equatable {
        case told(Int, ChildNotice)
        /// Its end is certain: it was waited for. Also where it could not be started at all.
        case ended(Int, ProcessEnding)
        /// The wait before its next start is over.
        case due(Int)
        /// SIGTERM or SIGINT came.
        case signalled
        /// SIGUSR1 came: no more tasks are to be taken.
        case quietAsked
        /// The program is to end for another reason.
        case stopAsked
        /// The time that a graceful stop may take is over.
        case patienceOver
        /// One `release` has been done or given up.
        case released
        /// The time that releases may take at the end is over.
        case releasesOverdue
    }

    /// Something to do.
    enum Action: Equatable {
        case start(Int)
        case startLater(Int, after: Duration)
        case signal(Int, Signal)
        /// Give away what these held, in these queues besides the configured ones; all of a process that has ended.
        case release([Incarnation], joined: [QueueName] = [])
        /// Say that no process is started any more: so many in this place ended soon, one after the other.
        case giveUp(Int, starts: Int)
        /// `patienceOver` is to come after the time of a graceful stop.
        case limitStop
        /// `releasesOverdue` is to come soon.
        case limitReleases
    }

    enum Signal: Equatable { case quieten, stop, kill }

    /// One process, as it is told to operators.
    struct Report: Sendable, Equatable {
        enum State: String, Sendable, CaseIterable {
            /// Runs, but is not registered with its queues.
            case starting
            case working
            /// Ended, to be started again.
            case waiting
        }

        let number: Int
        let state: State
        let healthPort: Int?
    }

    private struct Place {
        var isRunning = false
        var isRegistered = false
        var began: ContinuousClock.Instant
        var history = RestartHistory()
        /// The latest that the process told.
        var lives: [Incarnation] = []
        /// The queues that it joined while it ran.
        var joined: [QueueName] = []
        /// It said that it goes for good.
        var isLeaving = false
        var healthPort: Int?
    }

    /// A process begins another life only after losing the one before, which then is over: older ones than these are
    /// long reaped.
    private static let livesRemembered = 8
    /// What a worker joins is bounded, too; of more the end of the lease tells.
    private static let queuesRemembered = 1_000

    private let policy: RestartPolicy
    private var places: [Place]
    private var pendingReleases = 0
    private var isStopping = false
    private var isQuiet = false
    private var isOverdue = false
    private var signals = 0
    /// How the program is to end.
    private(set) var status = ExitStatus.done

    init(processes: Int, policy: RestartPolicy, now: ContinuousClock.Instant) {
        self.policy = policy
        places = Array(repeating: Place(began: now), count: processes)
    }

    /// The actions that come first.
    mutating func begin(at now: ContinuousClock.Instant) -> [Action] {
        places.indices.map { start($0, at: now) }
    }

    /// Takes note of an event. `chance` is a random number from 0 to 1.
    mutating func handle(_ event: Event, at now: ContinuousClock.Instant, chance: Double) -> [Action] {
        switch event {
        case .told(let number, let notice):
            take(notice, from: number - 1)
            return []
        case .ended(let number, let ending):
            return ended(number - 1, ending, at: now, chance: chance)
        case .due(let number):
            let isDue = !isStopping && !isQuiet && !places[number - 1].isRunning
            return isDue ? [start(number - 1, at: now)] : []
        case .signalled:
            signals += 1
            return signals == 1 ? stop() : kill()
        case .quietAsked:
            isQuiet = true
            return signal(.quieten)
        case .stopAsked: return stop()
        case .patienceOver: return kill()
        case .released:
            pendingReleases -= 1
            return []
        case .releasesOverdue:
            isOverdue = true
            return []
        }
    }

    /// Whether nothing is left to be waited for.
    var isOver: Bool { isStopping && !isAnyRunning && (pendingReleases == 0 || isOverdue) }

    var reports: [Report] {
        places.enumerated().map { index, place in
            let state: Report.State = !place.isRunning ? .waiting : place.isRegistered ? .working : .starting
            return Report(number: index + 1, state: state, healthPort: place.healthPort)
        }
    }

    private var isAnyRunning: Bool { places.contains { $0.isRunning } }

    private mutating func start(_ index: Int, at now: ContinuousClock.Instant) -> Action {
        places[index].isRunning = true
        places[index].began = now
        places[index].isLeaving = false
        return .start(index + 1)
    }

    private mutating func take(_ notice: ChildNotice, from index: Int) {
        switch notice {
        case .life(let incarnation):
            places[index].isRegistered = false
            places[index].lives.append(incarnation)
            if places[index].lives.count > Self.livesRemembered { places[index].lives.removeFirst() }
        case .registered: places[index].isRegistered = true
        case .queue(let queue):
            guard !places[index].joined.contains(queue), places[index].joined.count < Self.queuesRemembered else {
                return
            }
            places[index].joined.append(queue)
        case .leaving: places[index].isLeaving = true
        case .health(let port): places[index].healthPort = port
        }
    }

    private mutating func ended(
        _ index: Int,
        _ ending: ProcessEnding,
        at now: ContinuousClock.Instant,
        chance: Double
    ) -> [Action] {
        var actions: [Action] = []
        let lives = places[index].lives
        if !lives.isEmpty {
            pendingReleases += 1
            actions.append(.release(lives.reversed(), joined: places[index].joined))
        }
        let life = places[index].began.duration(to: now)
        let wasRegistered = places[index].isRegistered
        places[index].lives = []
        places[index].joined = []
        places[index].healthPort = nil
        places[index].isRunning = false
        places[index].isRegistered = false
        guard !isStopping else { return isAnyRunning ? actions : actions + [.limitReleases] }
        // A new one would take tasks.
        guard !isQuiet else { return actions }
        if places[index].isLeaving {
            return places.allSatisfy { $0.isLeaving && !$0.isRunning } ? actions + stop() : actions
        }
        let wait = places[index].history.wait(
            after: ending,
            of: life,
            wasRegistered: wasRegistered,
            policy,
            chance: chance
        )
        // Where another works, the configuration was right once: it may become so again without stopping that one.
        guard let verdict = places[index].history.verdict(policy), !places.contains(where: { $0.isRegistered }) else {
            return actions + [.startLater(index + 1, after: wait)]
        }
        status = verdict
        return actions + [.giveUp(index + 1, starts: places[index].history.failures)] + stop()
    }

    private mutating func stop() -> [Action] {
        guard !isStopping else { return [] }
        isStopping = true
        guard isAnyRunning else { return [.limitReleases] }
        return signal(.stop) + [.limitStop]
    }

    private mutating func kill() -> [Action] {
        let actions = signal(.kill)
        if !actions.isEmpty, status == .done { status = .failed }
        return actions
    }

    private func signal(_ signal: Signal) -> [Action] {
        places.indices.filter { places[$0].isRunning }.map { .signal($0 + 1, signal) }
    }
}
