import NIOConcurrencyHelpers

/// Ends waits that last too long, for thousands of them, with about one timer for all.
///
/// A task with a timer beside each wait would be most of what a slow stream costs. Here a wait is an entry, and one task
/// sleeps until the earliest of them is due, as long as there are any; a wait that ends before leaves it asleep.
final class DeadlineWatch: Sendable {
    private struct Wait {
        let deadline: Duration
        let expire: @Sendable () -> Void
    }

    private struct State {
        var waits: [Int: Wait] = [:]
        var lastID = 0
        /// When somebody looks next; nil while nobody will.
        var wakesAt: Duration?
    }

    private let clock: any Clock<Duration>
    /// Since the watch was made.
    private let elapsed: @Sendable () -> Duration
    private let state = NIOLockedValueBox(State())

    init(clock: any Clock<Duration>) {
        self.clock = clock
        elapsed = clock.stopwatch()
    }

    /// Begins a wait; `expire` is called once, unless it ends within `limit`. Returns what ends it.
    func begin(_ limit: Duration, expire: @escaping @Sendable () -> Void) -> Int {
        let deadline = elapsed() + limit
        let (id, isFirst) = state.withLockedValue { state in
            state.lastID += 1
            state.waits[state.lastID] = Wait(deadline: deadline, expire: expire)
            let isFirst = state.wakesAt.map { deadline < $0 } ?? true
            if isFirst { state.wakesAt = deadline }
            return (state.lastID, isFirst)
        }
        // Belongs to no caller: it serves all waits and ends with the last.
        if isFirst { Task { await self.look(at: deadline) } }
        return id
    }

    func end(_ id: Int) {
        state.withLockedValue { state in
            state.waits[id] = nil
        }
    }

    private func look(at deadline: Duration) async {
        var deadline = deadline
        while true {
            do {
                try await clock.sleep(for: deadline - elapsed())
            } catch {
                return  // Nobody can cancel it.
            }
            let now = elapsed()
            let (due, next) = state.withLockedValue { state in
                let due = state.waits.filter { $0.value.deadline <= now }
                for id in due.keys { state.waits[id] = nil }
                // Another looks earlier, and goes on from there.
                guard state.wakesAt == deadline else { return (due, Duration?.none) }
                state.wakesAt = state.waits.values.map(\.deadline).min()
                return (due, state.wakesAt)
            }
            for wait in due.values { wait.expire() }
            guard let next else { return }
            deadline = next
        }
    }
}
