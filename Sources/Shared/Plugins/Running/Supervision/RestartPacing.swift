import Redis

/// When a plugin that ended is started again. No clock.
struct RestartPacing {
    /// So long in health is proof that an end was no fault of the start.
    private static let proof: Duration = .seconds(60)

    private let backoff = Backoff(base: .milliseconds(500), cap: .seconds(30))
    private var ends = 0
    /// Starts in a row that never became healthy.
    private(set) var vainStarts = 0

    /// It has ended.
    ///
    /// - Parameters:
    ///   - health: How long it was healthy; nil: never.
    ///   - fraction: A random number from 0 up to 1.
    /// - Returns: How long to wait.
    mutating func ended(afterHealthOf health: Duration?, fraction: Double) -> Duration {
        vainStarts = health == nil ? vainStarts + 1 : 0
        ends = (health ?? .zero) >= Self.proof ? 1 : ends + 1
        // At least half of the bound: starting costs more than a connection.
        return backoff.delay(afterFailures: ends, fraction: 0.5 + fraction / 2)
    }
}
