import NIOConcurrencyHelpers

/// Lets the writers of one process append one after the other, in the order in which they came.
///
/// Without it, many at once would build on the same last record, and all but one would have to build anew.
final class AppendTurn: Sendable {
    private struct State {
        var isTaken = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = NIOLockedValueBox(State())

    /// Waits for the turn, also where the task is cancelled: a turn is short, and what was done is still written down.
    func begin() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLockedValue { state in
                if state.isTaken {
                    state.waiting.append(continuation)
                    return false
                }
                state.isTaken = true
                return true
            }
            if isFree { continuation.resume() }
        }
    }

    /// Gives the turn to the next.
    func end() {
        let next = state.withLockedValue { state in
            guard state.waiting.isEmpty else { return Optional(state.waiting.removeFirst()) }
            state.isTaken = false
            return nil
        }
        next?.resume()
    }
}
