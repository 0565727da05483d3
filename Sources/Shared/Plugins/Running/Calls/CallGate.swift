import NIOConcurrencyHelpers
import Resilience

/// What all calls of one plugin go through in this process, also when its own process is started again: how many at once,
/// and whether it is called at all.
final class CallGate: Sendable {
    private struct State {
        var breaker: CircuitBreaker
        var answers = 0
        var running = 0
    }

    let bulkhead: Bulkhead
    private let state: NIOLockedValueBox<State>
    private let elapsed: @Sendable () -> Duration

    /// - Parameters:
    ///   - concurrency: Calls at once.
    ///   - clock: What waiting is measured by.
    init(concurrency: Int, clock: any Clock<Duration>) {
        bulkhead = Bulkhead(width: concurrency, clock: clock)
        // Five failures in a row: a share would let one bad kind of message close a plugin that serves the others.
        let policy = CircuitBreaker.Policy(
            consecutiveFailures: 5,
            failureShare: 2,
            pause: .seconds(10),
            longestPause: .seconds(120)
        )
        state = NIOLockedValueBox(State(breaker: CircuitBreaker(policy: policy)))
        elapsed = clock.stopwatch()
    }

    /// How often it has answered; tells whether it did since one looked last.
    var answers: Int { state.withLockedValue { $0.answers } }

    /// Whether no call is under way.
    var isQuiet: Bool { state.withLockedValue { $0.running == 0 } }

    /// Admits a call, whose end is to be told.
    ///
    /// - Throws: `.open`.
    func admit() throws(PluginFailure) -> CircuitBreaker.Admission {
        let now = elapsed()
        let admission = state.withLockedValue { state in
            let admission = state.breaker.admit(at: now)
            if case .refused = admission { return admission }
            state.running += 1
            return admission
        }
        if case .refused(let wait) = admission { throw .open(retryAfter: wait) }
        return admission
    }

    /// A call has ended; nil: with an answer.
    func ended(_ admission: CircuitBreaker.Admission, with failure: PluginFailure?) {
        let now = elapsed()
        state.withLockedValue { state in
            state.running -= 1
            switch failure {
            case nil, .refused:
                state.answers += 1
                state.breaker.succeeded(admission, at: now)
            case let failure? where failure.isFault: state.breaker.failed(admission, at: now)
            case _?: state.breaker.abandoned(admission)
            }
        }
    }
}

extension Clock where Duration == Swift.Duration {
    /// How long ago this was asked for.
    func stopwatch() -> @Sendable () -> Swift.Duration {
        let start = now
        return { start.duration(to: now) }
    }
}
