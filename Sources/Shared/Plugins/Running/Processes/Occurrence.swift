import NIOConcurrencyHelpers

/// Something that happens once, and that any number of tasks may wait for.
final class Occurrence<Value: Sendable>: Sendable {
    private struct State {
        var value: Value?
        var waiters: [Int: CheckedContinuation<Value?, Never>] = [:]
        /// Of those that were cancelled before they waited.
        var gone: Set<Int> = []
        var next = 0
    }

    private let state = NIOLockedValueBox(State())

    /// What happened; nil as long as it has not.
    var value: Value? { state.withLockedValue { $0.value } }

    /// It has happened. Only the first time counts.
    func happen(_ value: Value) {
        let waiters = state.withLockedValue { state in
            guard state.value == nil else { return [CheckedContinuation<Value?, Never>]() }
            state.value = value
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume(returning: value) }
    }

    /// Waits for it.
    ///
    /// - Returns: What happened; nil where the task was cancelled first.
    func wait() async -> Value? {
        let ticket = state.withLockedValue { state in
            state.next += 1
            return state.next
        }
        defer { _ = state.withLockedValue { $0.gone.remove(ticket) } }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (isOver, value): (Bool, Value?) = state.withLockedValue { state in
                    if state.value == nil, state.gone.remove(ticket) == nil {
                        state.waiters[ticket] = continuation
                        return (false, nil)
                    }
                    return (true, state.value)
                }
                if isOver { continuation.resume(returning: value) }
            }
        } onCancel: {
            let waiter: CheckedContinuation<Value?, Never>? = state.withLockedValue { state in
                if let waiter = state.waiters.removeValue(forKey: ticket) { return waiter }
                state.gone.insert(ticket)
                return nil
            }
            waiter?.resume(returning: nil)
        }
    }
}
