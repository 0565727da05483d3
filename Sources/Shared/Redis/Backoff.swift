/// How long to wait before a connection is tried again: exponential with full jitter.
package struct Backoff: Equatable, Sendable {
    /// Upper bound of the first wait.
    package var base: Duration
    /// Upper bound of every wait.
    package var cap: Duration

    package init(base: Duration = .milliseconds(50), cap: Duration = .seconds(2)) {
        self.base = base
        self.cap = cap
    }

    /// The wait before the next attempt after so many failed ones in a row; with none there is no wait.
    ///
    /// `fraction` is a random number from 0 up to 1; the wait is that part of the bound.
    package func delay(afterFailures failures: Int, fraction: Double) -> Duration {
        guard failures > 0 else { return .zero }
        let doublings = min(failures - 1, 20)
        return min(base * (1 << doublings), cap) * min(max(fraction, 0), 1)
    }
}

/// What a connection that is kept alive knows of its failures. No clock and no I/O.
struct ReconnectHistory: Equatable, Sendable {
    let backoff: Backoff
    /// Attempts and short-lived connections in a row that came to nothing.
    private(set) var failures = 0

    init(backoff: Backoff) { self.backoff = backoff }

    mutating func attemptFailed(fraction: Double) -> Duration {
        failures += 1
        return backoff.delay(afterFailures: failures, fraction: fraction)
    }

    /// A connection ended after `lifetime`.
    ///
    /// One that lasted longer than the backoff's cap is proof of a healthy server: it is replaced at once. One that
    /// ended sooner counts as a failure, so that a server that accepts and drops is not hammered.
    mutating func connectionLost(after lifetime: Duration, fraction: Double) -> Duration {
        failures = lifetime > backoff.cap ? 0 : failures + 1
        return backoff.delay(afterFailures: failures, fraction: fraction)
    }
}
