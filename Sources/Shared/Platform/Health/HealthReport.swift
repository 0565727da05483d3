import JSON

/// The answer of `GET /healthz`: this process serves.
package struct HealthReport: Sendable, Equatable {
    /// Whole seconds since the start.
    package let uptime: Int

    /// `{"status":"healthy","uptime":120}`
    package var json: String { "{\"status\":\"healthy\",\"uptime\":\(uptime)}" }
}

/// Knows when the process began to serve.
package struct Uptime: Sendable {
    private let start: ContinuousClock.Instant

    package init(start: ContinuousClock.Instant = .now) { self.start = start }

    package func report(at now: ContinuousClock.Instant = .now) -> HealthReport {
        HealthReport(uptime: Int(start.duration(to: now).components.seconds))
    }
}
