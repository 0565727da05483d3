import NIOConcurrencyHelpers
import Processes

/// Keeps plugins to their share of the processor: what takes more is paused (SIGSTOP) until it may take more again
/// (SIGCONT).
///
/// A control group would do it better, but few workers may make one; limits of the process (`RLIMIT_CPU`) count for its
/// life, and would end those that serve for long.
final class ProcessorGovernor: Sendable {
    private struct State {
        var ledger: ProcessorLedger
        var children: [Int32: ChildProcess] = [:]
    }

    private let state: NIOLockedValueBox<State>
    private let clock: any Clock<Duration>
    private let tell: @Sendable (PluginName) -> Void
    /// Reading /proc is done there.
    private let lane = BlockingLane(width: 1)

    /// - Parameters:
    ///   - limit: What each plugin may take.
    ///   - clock: What time is measured by.
    ///   - tell: Told of a plugin that is held back, once as long as it goes on so.
    init(
        _ limit: ProcessorBudget.Limit,
        clock: any Clock<Duration>,
        tell: @escaping @Sendable (PluginName) -> Void
    ) {
        state = NIOLockedValueBox(State(ledger: ProcessorLedger(limit)))
        self.clock = clock
        self.tell = tell
    }

    /// Plugins that had to stand still within a minute.
    var heldBack: Set<PluginName> { state.withLockedValue { $0.ledger.heldBack } }

    func began(_ child: ChildProcess, of plugin: PluginName) {
        state.withLockedValue { state in
            state.ledger.began(child.processID, of: plugin)
            state.children[child.processID] = child
        }
    }

    func ended(_ child: ChildProcess, of plugin: PluginName) {
        state.withLockedValue { state in
            // Its number may be that of another of ours by now.
            guard state.children[child.processID] === child else { return }
            state.ledger.ended(child.processID, of: plugin)
            state.children[child.processID] = nil
        }
    }

    /// Looks after them until the task is cancelled. Reads nothing while none runs.
    func run() async {
        var elapsed = clock.stopwatch()
        while true {
            let (groups, pause) = state.withLockedValue { ($0.ledger.groups, $0.ledger.nextLook) }
            do {
                try await clock.sleep(for: pause)
            } catch {
                return
            }
            let processes = await processes(of: groups)
            let passed = elapsed()
            elapsed = clock.stopwatch()
            act(on: processes, after: passed)
        }
    }

    private func processes(of groups: Set<Int32>) async -> [ProcessTimes] {
        guard !groups.isEmpty else { return [] }
        return await withCheckedContinuation { continuation in
            lane.perform { continuation.resume(returning: ProcessTable.processes(ofGroups: groups)) }
        }
    }

    private func act(on processes: [ProcessTimes], after elapsed: Duration) {
        let (actions, children) = state.withLockedValue { state in
            (state.ledger.look(at: processes, after: elapsed), state.children)
        }
        for action in actions {
            switch action {
            case .pause(let group): children[group]?.pause()
            case .resume(let group): children[group]?.resume()
            case .tell(let plugin): tell(plugin)
            }
        }
    }
}
