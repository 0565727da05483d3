/// A condition that did not come true in time.
package struct NeverHappened: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) { self.description = description }
}

/// Waits until `condition` holds, looking again every few milliseconds; for state that gives no event of its own.
///
/// - Throws: ``NeverHappened`` after `timeout`; whatever `condition` throws.
package func eventually(
    _ what: String = "the condition",
    within timeout: Duration = .seconds(30),
    _ condition: () async throws -> Bool
) async throws {
    let clock = ContinuousClock()
    let deadline = clock.now + timeout
    while try await !condition() {
        guard clock.now < deadline else { throw NeverHappened(description: "\(what) did not happen in \(timeout)") }
        try await clock.sleep(for: .milliseconds(3))
    }
}
