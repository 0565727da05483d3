import NIOConcurrencyHelpers

/// A place where a known number of tasks meet: each waits until all have come. A cancelled one breaks the meeting up,
/// so that a failing test ends.
final class Meeting: Sendable {
    private struct State {
        var missing: Int
        var waiting: [CheckedContinuation<Void, Never>] = []

        mutating func released() -> [CheckedContinuation<Void, Never>] {
            guard missing <= 0 else { return [] }
            defer { waiting = [] }
            return waiting
        }
    }

    private let state: NIOLockedValueBox<State>

    init(of count: Int) { state = NIOLockedValueBox(State(missing: count)) }

    func arrive() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let released = state.withLockedValue { state in
                    state.missing -= 1
                    state.waiting.append(continuation)
                    return state.released()
                }
                for continuation in released { continuation.resume() }
            }
        } onCancel: {
            let released = state.withLockedValue { state in
                state.missing = 0
                return state.released()
            }
            for continuation in released { continuation.resume() }
        }
    }
}
