import NIOConcurrencyHelpers

/// Gathers commands from any thread for one event loop, so that a burst costs one wake-up and one write.
///
/// Also counts what is outstanding, from being offered until its reply came or its connection ended, and refuses
/// what is over the bound.
final class Outbox: Sendable {
    /// What the owner has to do after an offer.
    enum Offer {
        /// A drain is already on its way.
        case gathered
        /// The owner must schedule a drain on its event loop.
        case drainNeeded
        case refused(RedisError)
    }

    private struct State {
        var commands: [WaitingCommand] = []
        var isDrainScheduled = false
        var outstandingCommands = 0
        var outstandingBytes = 0
        var closedBy: RedisError.Code?
    }

    private let state = NIOLockedValueBox(State())
    private let maximumCommands: Int
    private let maximumBytes: Int

    init(maximumCommands: Int, maximumBytes: Int) {
        self.maximumCommands = maximumCommands
        self.maximumBytes = maximumBytes
    }

    /// Whether nothing is outstanding and more would be taken.
    var isIdle: Bool { state.withLockedValue { $0.outstandingCommands == 0 && $0.closedBy == nil } }

    func offer(_ command: WaitingCommand) -> Offer {
        state.withLockedValue { state in
            if let code = state.closedBy {
                return .refused(RedisError(code, command: command.name, detail: "closed before it was sent"))
            }
            guard
                state.outstandingCommands < maximumCommands,
                state.outstandingBytes + command.bytes.count <= maximumBytes || state.outstandingCommands == 0
            else {
                let detail = "\(state.outstandingCommands) commands of \(state.outstandingBytes) bytes are waiting"
                return .refused(RedisError(.overloaded, command: command.name, detail: detail))
            }
            state.outstandingCommands += command.replyCount
            state.outstandingBytes += command.bytes.count
            state.commands.append(command)
            if state.isDrainScheduled { return .gathered }
            state.isDrainScheduled = true
            return .drainNeeded
        }
    }

    /// Moves what was gathered into `batch`, which must be empty; its storage is used for the next round.
    func take(into batch: inout [WaitingCommand]) {
        state.withLockedValue { state in
            state.isDrainScheduled = false
            swap(&state.commands, &batch)
        }
    }

    /// Commands that were taken are no longer outstanding.
    func release(_ finished: (commands: Int, bytes: Int)) {
        guard finished.commands > 0 else { return }
        state.withLockedValue { state in
            state.outstandingCommands -= finished.commands
            state.outstandingBytes -= finished.bytes
        }
    }

    /// Refuses everything from now on with `code`; the first call decides.
    ///
    /// - Returns: What was gathered and not taken, for the owner to fail.
    func close(_ code: RedisError.Code) -> [WaitingCommand] {
        state.withLockedValue { state in
            if state.closedBy == nil { state.closedBy = code }
            defer { state.commands = [] }
            return state.commands
        }
    }
}
