import FoundationEssentials
import NIOConcurrencyHelpers
import NIOCore

/// Runs the code of jobs on Swift's pool, whose threads it wakes once for many of them rather than once for each.
///
/// What becomes runnable is gathered in its order. As many *pumps* as the pool has threads, each a task of it, take it
/// from there one after the other: no more code runs at once than on the pool itself, and code that blocks keeps
/// nobody else from running who would run there.
final class JobExecutor: TaskExecutor {
    private struct State {
        var runnable = CircularBuffer<UnownedJob>()
        var pumps = 0
        /// How many callers are within ``gathering(_:)``.
        var gatherers = 0
    }

    private let state = NIOLockedValueBox(State())
    /// The threads of the pool: the processors that this process may use, whatever share of their time it is given.
    private let mostPumps = ProcessInfo.processInfo.activeProcessorCount
    /// After so many a pump goes to the end of the pool's queue, where others wait, too.
    private static let turn = 256

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        start(
            state.withLockedValue { state in
                state.runnable.append(job)
                return pumpsToStart(&state)
            }
        )
    }

    /// Wakes nobody for what `body` makes runnable until it has returned.
    func gathering<Value>(_ body: () -> Value) -> Value {
        state.withLockedValue { $0.gatherers += 1 }
        defer {
            start(
                state.withLockedValue { state in
                    state.gatherers -= 1
                    return pumpsToStart(&state)
                }
            )
        }
        return body()
    }

    private func pumpsToStart(_ state: inout State) -> Int {
        guard state.gatherers == 0 else { return 0 }
        let missing = max(0, min(mostPumps - state.pumps, state.runnable.count))
        state.pumps += missing
        return missing
    }

    private func start(_ pumps: Int) {
        for _ in 0..<pumps { Task.detached { self.pump() } }
    }

    private func pump() {
        for _ in 0..<Self.turn {
            let job = state.withLockedValue { state in
                let job = state.runnable.popFirst()
                if job == nil { state.pumps -= 1 }
                return job
            }
            guard let job else { return }
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
        start(1)
    }
}
