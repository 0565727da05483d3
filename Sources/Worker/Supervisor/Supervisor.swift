import JobQueue
import Logging
import NIOConcurrencyHelpers
import Platform
import Processes
import UnixSignals

/// Keeps worker processes running: starts them, starts anew what ended, gives away at once what the dead held, and
/// stops them in order.
struct Supervisor: LeadingService {
    /// Starts the process of a number; tells of its notices and then, once, of its end.
    typealias Start =
        @Sendable (
            _ number: Int,
            _ onNotice: @escaping @Sendable (ChildNotice) -> Void,
            _ onEnd: @escaping @Sendable (ProcessEnding) -> Void
        ) throws -> ChildWorker

    let processes: Int
    var policy = RestartPolicy()
    /// How long a graceful stop may take; then the processes are killed.
    let patience: Duration
    /// How long a release is repeated while Redis does not answer; reapers do it after the end of the lease.
    var releasePatience: Duration = .seconds(60)
    /// How long the supervisor stays for releases after its last process has ended.
    var farewell: Duration = .seconds(3)
    let release: WorkerRelease
    let board: SupervisorBoard
    let logger: Logger
    let start: Start

    /// Supervises until SIGTERM, SIGINT or cancellation, and then until every process has ended.
    ///
    /// A second signal kills at once.
    ///
    /// - Throws: `CommandFailure`: `.usage` where the processes find their configuration wrong, `.failed` where they
    ///   end again and again before they work, or some had to be killed.
    func run() async throws {
        let (events, happened) = AsyncStream.makeStream(of: SupervisorState.Event.self)
        let status = await withTaskCancellationHandler {
            // Processes must be seen to their end and released, whatever ends us: a cancellation only asks for it.
            await Task { await supervise(events, happened) }.value
        } onCancel: {
            happened.yield(.stopAsked)
        }
        guard status == .done else { throw CommandFailure(status) }
    }

    private func supervise(
        _ events: AsyncStream<SupervisorState.Event>,
        _ happened: AsyncStream<SupervisorState.Event>.Continuation
    ) async -> ExitStatus {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sigusr1)
        return await withDiscardingTaskGroup { group in
            group.addTask {
                for await signal in signals { happened.yield(signal == .sigusr1 ? .quietAsked : .signalled) }
            }
            var children: [Int: ChildWorker] = [:]
            var state = SupervisorState(processes: processes, policy: policy, now: .now)
            var actions = state.begin(at: .now)
            var coming = events.makeAsyncIterator()
            while true {
                for action in actions { perform(action, on: &children, in: &group, happened) }
                board.show(state.reports)
                guard !state.isOver, let event = await coming.next() else { break }
                if case .ended(let number, let ending) = event { note(ending, of: children[number], number) }
                actions = state.handle(event, at: .now, chance: .random(in: 0...1))
            }
            group.cancelAll()
            return state.status
        }
    }

    private func perform(
        _ action: SupervisorState.Action,
        on children: inout [Int: ChildWorker],
        in group: inout DiscardingTaskGroup,
        _ happened: AsyncStream<SupervisorState.Event>.Continuation
    ) {
        switch action {
        case .start(let number):
            do {
                let child = try start(number) { notice in
                    happened.yield(.told(number, notice))
                } _: { ending in
                    happened.yield(.ended(number, ending))
                }
                children[number] = child
                board.started()
                logger.info("worker process started", metadata: metadata(of: child, number))
            } catch {
                children[number] = nil
                logger.error("cannot start a worker process", metadata: ["process": "\(number)", "error": "\(error)"])
                happened.yield(.ended(number, .status(ExitStatus.failed.rawValue)))
            }
        case .startLater(let number, let wait):
            let milliseconds = Int(wait / .milliseconds(1))
            logger.info(
                "worker process will be started",
                metadata: ["process": "\(number)", "wait_ms": "\(milliseconds)"]
            )
            after(wait, .due(number), in: &group, happened)
        case .signal(let number, .quieten): children[number]?.quieten()
        case .signal(let number, .stop): children[number]?.stop()
        case .signal(let number, .kill):
            logger.warning("killing a worker process", metadata: ["process": "\(number)"])
            children[number]?.kill()
        case .release(let lives, let joined):
            group.addTask {
                await giveAway(lives, joined)
                happened.yield(.released)
            }
        case .giveUp(let number, let starts):
            logger.error(
                "gives up: its worker processes end before they work, each says why above",
                metadata: ["process": "\(number)", "starts": "\(starts)"]
            )
        case .limitStop: after(patience, .patienceOver, in: &group, happened)
        case .limitReleases: after(farewell, .releasesOverdue, in: &group, happened)
        }
    }

    private func after(
        _ wait: Duration,
        _ event: SupervisorState.Event,
        in group: inout DiscardingTaskGroup,
        _ happened: AsyncStream<SupervisorState.Event>.Continuation
    ) {
        group.addTask {
            // Ends early only by cancellation: then nobody waits for the event.
            try? await Task.sleep(for: wait)
            happened.yield(event)
        }
    }

    /// Releases the lives of a process that is dead, the latest first, as long as it may take.
    private func giveAway(_ lives: [Incarnation], _ joined: [QueueName]) async {
        let deadline = ContinuousClock.now + releasePatience
        var failures = 0
        var rest = lives[...]
        while let life = rest.first {
            do {
                try await release.release(life, joined: joined)
                rest.removeFirst()
                failures = 0
            } catch {
                let metadata: Logger.Metadata = ["worker": "\(life)", "error": "\(error)"]
                guard !Task.isCancelled, ContinuousClock.now < deadline else {
                    logger.warning("a dead worker's tasks are left to the end of its lease", metadata: metadata)
                    return
                }
                if failures == 0 {
                    logger.warning("cannot release a dead worker, will be repeated", metadata: metadata)
                }
                failures += 1
                let bound = Int64(min(1000, 25 << min(failures, 6)))
                // Ends early only by cancellation, which the next failure sees.
                try? await Task.sleep(for: .milliseconds(Int64.random(in: bound / 2...bound)))
            }
        }
    }

    private func note(_ ending: ProcessEnding, of child: ChildWorker?, _ number: Int) {
        guard let child else { return }
        let metadata = metadata(of: child, number).merging(["ending": "\(ending)"]) { old, _ in old }
        logger.log(level: ending == .status(0) ? .info : .warning, "worker process ended", metadata: metadata)
    }

    private func metadata(of child: ChildWorker, _ number: Int) -> Logger.Metadata {
        ["process": "\(number)", "pid": "\(child.processID)"]
    }
}
