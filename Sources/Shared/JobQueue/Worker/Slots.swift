import NIOConcurrencyHelpers

/// The places for running jobs that all queues of a process share.
final class Slots: Sendable {
    private struct State {
        var free: Int
        /// Consumers that found no place; rung when one becomes free.
        var starving: [Signal] = []
    }

    private let state: NIOLockedValueBox<State>

    init(_ count: Int) { state = NIOLockedValueBox(State(free: count)) }

    /// Takes up to `limit` places. Where there is none, `signal` rings once there is.
    func take(upTo limit: Int, else signal: Signal) -> Int {
        state.withLockedValue { state in
            let taken = min(limit, state.free)
            state.free -= taken
            if taken == 0, limit > 0, !state.starving.contains(where: { $0 === signal }) {
                state.starving.append(signal)
            }
            return taken
        }
    }

    func give(_ count: Int) {
        guard count > 0 else { return }
        let starving = state.withLockedValue { state in
            state.free += count
            defer { state.starving = [] }
            return state.starving
        }
        for signal in starving { signal.ring() }
    }
}
