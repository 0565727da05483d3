import NIOConcurrencyHelpers

/// A clock that moves when the test says so, and tells the test who waits.
package final class ManualClock: Clock, Sendable {
    package struct Instant: InstantProtocol {
        package var offset: Duration = .zero

        package func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        package func duration(to other: Instant) -> Duration { other.offset - offset }
        package static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private struct Sleeper {
        let deadline: Instant
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now = Instant()
        var sleepers: [Int: Sleeper] = [:]
        var cancelled: Set<Int> = []
        var next = 0
    }

    private let state = NIOLockedValueBox(State())
    /// How long each sleep that begins will last.
    package let sleeps: AsyncStream<Duration>
    private let announce: AsyncStream<Duration>.Continuation

    package init() {
        (sleeps, announce) = AsyncStream.makeStream()
    }

    package var now: Instant { state.withLockedValue { $0.now } }
    package var minimumResolution: Duration { .nanoseconds(1) }

    package func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let id: Int? = state.withLockedValue { state in
            state.next += 1
            return deadline <= state.now ? nil : state.next
        }
        guard let id else { return }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let wait: Duration? = state.withLockedValue { state in
                    guard state.cancelled.remove(id) == nil else { return nil }
                    state.sleepers[id] = Sleeper(deadline: deadline, continuation: continuation)
                    return state.now.duration(to: deadline)
                }
                if let wait { announce.yield(wait) } else { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            let sleeper = state.withLockedValue { state in
                let sleeper = state.sleepers.removeValue(forKey: id)
                if sleeper == nil { state.cancelled.insert(id) }
                return sleeper
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Returns once a sleep of exactly this length has begun, then ends it by moving the clock.
    package func finishSleep(of duration: Duration) async {
        for await sleep in sleeps where sleep == duration { break }
        advance(by: duration)
    }

    package func advance(by duration: Duration) {
        let due = state.withLockedValue { state in
            state.now = state.now.advanced(by: duration)
            let due = state.sleepers.filter { $0.value.deadline <= state.now }
            for id in due.keys { state.sleepers[id] = nil }
            return due.values.map(\.continuation)
        }
        for continuation in due { continuation.resume() }
    }
}
