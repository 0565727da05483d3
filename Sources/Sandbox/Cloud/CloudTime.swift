import FoundationEssentials

/// The sandbox's clock and its way to wait, both replaceable by a test.
package struct CloudTime: Sendable {
    /// Milliseconds since 1970.
    package let now: @Sendable () -> Int64
    /// Waits; throws `CancellationError` when the task is cancelled.
    package let sleep: @Sendable (Duration) async throws -> Void

    package init(
        now: @escaping @Sendable () -> Int64,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.now = now
        self.sleep = sleep
    }

    /// The machine's clock, but so much ahead of it.
    package static func ahead(by offset: Duration) -> CloudTime {
        let milliseconds = offset.milliseconds
        return CloudTime(now: { system.now() + milliseconds }, sleep: system.sleep)
    }

    /// The machine's own clock.
    package static let system = CloudTime(
        now: { Int64(Date().timeIntervalSince1970 * 1000) },
        sleep: { try await Task.sleep(for: $0) }
    )
}

extension Duration {
    /// Whole milliseconds, rounded down.
    var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
