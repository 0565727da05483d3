import NIOConcurrencyHelpers
package import Resilience

/// How a model of a pool is doing.
package struct ModelHealth: Sendable, Equatable {
    package let name: String
    package let circuit: CircuitBreaker.State
}

/// The circuits of a pool's models, for all that ask through it.
final class HealthBoard: Sendable {
    private let breakers: NIOLockedValueBox<[String: CircuitBreaker]>
    /// Since the board was made.
    private let elapsed: @Sendable () -> Duration

    init(names: [String], policy: CircuitBreaker.Policy, clock: any Clock<Duration>) {
        var breakers: [String: CircuitBreaker] = [:]
        for name in names { breakers[name] = CircuitBreaker(policy: policy) }
        self.breakers = NIOLockedValueBox(breakers)
        elapsed = clock.stopwatch()
    }

    func admit(_ name: String) -> CircuitBreaker.Admission {
        let now = elapsed()
        return breakers.withLockedValue { $0[name]?.admit(at: now) ?? .allowed }
    }

    func succeeded(_ name: String, _ admission: CircuitBreaker.Admission) {
        let now = elapsed()
        breakers.withLockedValue { $0[name]?.succeeded(admission, at: now) }
    }

    /// Tells the circuit of an error, as far as it says something about the model.
    func failed(_ name: String, _ admission: CircuitBreaker.Admission, with error: LanguageModelError) {
        let now = elapsed()
        breakers.withLockedValue { breakers in
            switch error.code {
            case .connectFailed, .timedOut, .serverFailed, .badResponse, .truncated, .rateLimited:
                breakers[name]?.failed(admission, at: now, retryAfter: error.retryAfter)
            case .quotaExhausted, .unauthorised, .notFound:
                breakers[name]?.failed(admission, at: now, isLasting: true)
            case .contextTooLong, .refused, .invalidRequest, .tooLarge, .cancelled, .unavailable:
                breakers[name]?.abandoned(admission)
            }
        }
    }

    func abandoned(_ name: String, _ admission: CircuitBreaker.Admission) {
        breakers.withLockedValue { $0[name]?.abandoned(admission) }
    }

    func state(of name: String) -> CircuitBreaker.State {
        let now = elapsed()
        return breakers.withLockedValue { $0[name]?.state(at: now) ?? .closed }
    }
}
