import NIOConcurrencyHelpers

/// The wish that a worker stops, which comes once and is seen by everybody who waits for it.
final class StopRequest: Sendable {
    private struct State {
        var isAsked = false
        var nextWaiter = 0
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = NIOLockedValueBox(State())

    var isAsked: Bool { state.withLockedValue { $0.isAsked } }

    func ask() {
        let waiters = state.withLockedValue { state in
            state.isAsked = true
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns once a stop is asked for, or when the task is cancelled.
    func asked() async {
        let id = state.withLockedValue { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLockedValue { state in
                    if state.isAsked || Task.isCancelled { return true }
                    state.waiters[id] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLockedValue { $0.waiters.removeValue(forKey: id) }?.resume()
        }
    }
}
