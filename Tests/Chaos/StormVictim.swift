import Foundation
import NIOConcurrencyHelpers
import TestSupport

/// One worker of a storm, behind a proxy of its own, and what is in store for it.
final class StormVictim: Sendable {
    /// Harm that is done at the next moment that fits.
    struct Trap: Sendable {
        /// Nil for whatever comes next.
        var name: String?
        var side: FaultProxy.Side
        /// Nil to kill the worker.
        var fault: FaultProxy.Fault?
    }

    /// Harm that was done.
    struct Blow: Sendable {
        var isDeath: Bool
        /// Milliseconds since 1970.
        var time: Int64
        /// The life that was harmed.
        var incarnation: String?
    }

    /// What was done to it so far.
    struct Tally: Sendable {
        var kills = 0
        var drops = 0
        var duplicates = 0
        var delays = 0
        /// Words of its that were refused because its lease was gone.
        var fenced = 0
    }

    private struct State {
        var process: ProgramProcess?
        var trap: Trap?
        var isFrozen = false
        var blows: [Blow] = []
        var tally = Tally()
    }

    let proxy: FaultProxy
    private let start: @Sendable () throws -> ProgramProcess
    private let state = NIOLockedValueBox(State())

    init(proxy: FaultProxy, start: @escaping @Sendable () throws -> ProgramProcess) throws {
        self.proxy = proxy
        self.start = start
        proxy.follow { [weak self] in self?.judge($0) }
        try revive()
    }

    var process: ProgramProcess? { state.withLockedValue { $0.process } }
    var isFrozen: Bool { state.withLockedValue { $0.isFrozen } }
    var tally: Tally { state.withLockedValue { $0.tally } }

    /// Harm done since this was last asked.
    func takeBlows() -> [Blow] {
        state.withLockedValue { state in
            defer { state.blows = [] }
            return state.blows
        }
    }

    /// Starts it where it does not run.
    func revive() throws {
        guard process?.isRunning != true else { return }
        let process = try start()
        state.withLockedValue { $0.process = process }
    }

    func set(_ trap: Trap?) { state.withLockedValue { $0.trap = trap } }

    func kill() {
        guard let process, process.isRunning else { return }
        process.kill()
        state.withLockedValue { $0.tally.kills += 1 }
        note(isDeath: true)
    }

    func freeze() {
        state.withLockedValue { $0.isFrozen = true }
        process?.signal(SIGSTOP)
        note(isDeath: true)
    }

    func thaw() {
        process?.signal(SIGCONT)
        state.withLockedValue { $0.isFrozen = false }
    }

    private func note(isDeath: Bool) {
        let incarnation = process?.incarnations.last
        let blow = Blow(isDeath: isDeath, time: Crowd.now, incarnation: incarnation)
        state.withLockedValue { $0.blows.append(blow) }
    }

    private func judge(_ moment: FaultProxy.Moment) -> FaultProxy.Fault? {
        let trap: Trap? = state.withLockedValue { state in
            if moment.refusal == "FENCED" { state.tally.fenced += 1 }
            guard let trap = state.trap, trap.side == moment.side, trap.name == nil || trap.name == moment.name,
                // Only where nothing else waits can a duplicate be told from an answer.
                trap.fault != .duplicate || moment.name == "beat" || moment.name == "BLMOVE"
            else { return nil }
            state.trap = nil
            switch trap.fault {
            case .duplicate: state.tally.duplicates += 1
            case .hold: state.tally.delays += 1
            case .some: state.tally.drops += 1
            case nil: break
            }
            return trap
        }
        guard let trap else { return nil }
        guard let fault = trap.fault else {
            kill()
            return .close
        }
        if fault != .hold, fault != .duplicate { note(isDeath: false) }
        return fault
    }
}
