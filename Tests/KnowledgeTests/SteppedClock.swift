import NIOConcurrencyHelpers

/// A clock whose sleepers wake when the test says so.
final class SteppedClock: Clock {
    typealias Instant = ContinuousClock.Instant

    private struct State {
        var next = 0
        var waiting: [Int: CheckedContinuation<Void, any Error>] = [:]
    }

    private let state = NIOLockedValueBox(State())

    var now: Instant { .now }
    var minimumResolution: Duration { .nanoseconds(1) }
    var sleepers: Int { state.withLockedValue { $0.waiting.count } }

    func step() {
        let woken = state.withLockedValue { state in
            defer { state.waiting.removeAll() }
            return state.waiting.values
        }
        for continuation in woken { continuation.resume() }
    }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let number = state.withLockedValue { state in
            state.next += 1
            return state.next
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                state.withLockedValue { state in
                    if Task.isCancelled {
                        continuation.resume(throwing: CancellationError())
                    } else {
                        state.waiting[number] = continuation
                    }
                }
            }
        } onCancel: {
            state.withLockedValue { $0.waiting.removeValue(forKey: number) }?.resume(throwing: CancellationError())
        }
    }
}
