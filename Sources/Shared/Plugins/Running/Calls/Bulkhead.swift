import NIOConcurrencyHelpers

/// How many calls of one plugin are under way at once: so many, and four times as many wait, in their order.
final class Bulkhead: Sendable {
    private typealias Waiter = CheckedContinuation<Bool, Never>

    private struct State {
        var running = 0
        var waiting: [(id: Int, waiter: Waiter)] = []
        /// Of those that were cancelled before they waited.
        var gone: Set<Int> = []
        var next = 0
    }

    private let width: Int
    private let clock: any Clock<Duration>
    private let state = NIOLockedValueBox(State())

    /// - Parameters:
    ///   - width: Calls at once.
    ///   - clock: What waiting is measured by.
    init(width: Int, clock: any Clock<Duration>) {
        self.width = width
        self.clock = clock
    }

    /// Takes a place, which `leave` gives back.
    ///
    /// - Parameter patience: How long to wait for one at most.
    /// - Returns: Whether there was one. False too where the task was cancelled.
    func enter(within patience: Duration) async -> Bool {
        let ticket: Int? = state.withLockedValue { state in
            if state.running < width {
                state.running += 1
                return nil
            }
            state.next += 1
            return state.next
        }
        guard let ticket else { return true }
        defer { _ = state.withLockedValue { $0.gone.remove(ticket) } }
        return await withTaskGroup(of: Bool?.self) { group in
            group.addTask { await self.turn(of: ticket) }
            group.addTask {
                // Ends early only by cancellation, when nobody asks any more.
                try? await self.clock.sleep(for: patience)
                return nil
            }
            // Where time is up first, the waiter still says which came first to it: its place or the cancellation.
            var hasPlace = false
            for await answer in group {
                group.cancelAll()
                hasPlace = hasPlace || answer == true
            }
            return hasPlace
        }
    }

    /// Gives a place to the next who waits.
    func leave() {
        let waiter: Waiter? = state.withLockedValue { state in
            guard !state.waiting.isEmpty else {
                state.running -= 1
                return nil
            }
            return state.waiting.removeFirst().waiter
        }
        waiter?.resume(returning: true)
    }

    private func turn(of ticket: Int) async -> Bool {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLockedValue { state in
                    if state.gone.remove(ticket) != nil { return false }
                    if state.running < width {
                        state.running += 1
                        return true
                    }
                    guard state.waiting.count < 4 * width else { return false }
                    state.waiting.append((ticket, continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter: Waiter? = state.withLockedValue { state in
                guard let index = state.waiting.firstIndex(where: { $0.id == ticket }) else {
                    state.gone.insert(ticket)
                    return nil
                }
                return state.waiting.remove(at: index).waiter
            }
            waiter?.resume(returning: false)
        }
    }
}
