import NIOConcurrencyHelpers

/// Where acts of administration are written down.
package protocol AuditLog: Sendable {
    /// Writes an entry down; it is there for good when this returns.
    ///
    /// - Returns: The record that was made of it.
    /// - Throws: `AuditError`; the entry may have been written nevertheless where the cause's outcome is unknown.
    @discardableResult
    func append(_ entry: AuditEntry) async throws(AuditError) -> AuditRecord

    /// Brings the copy that is kept elsewhere, if any, up to the log.
    ///
    /// - Throws: `AuditError`.
    func catchUp() async throws(AuditError)
}

extension AuditLog {
    /// There is no copy.
    package func catchUp() async throws(AuditError) {}
}

/// A log in memory, with a real chain; for tests.
package final class MemoryAuditLog: AuditLog {
    private let state = NIOLockedValueBox<[AuditRecord]>([])

    package init() {}

    /// All that was written, oldest first.
    package var records: [AuditRecord] { state.withLockedValue { $0 } }

    @discardableResult
    package func append(_ entry: AuditEntry) async throws(AuditError) -> AuditRecord {
        state.withLockedValue { records in
            let record = AuditRecord(entry, at: .now(), after: records.last?.link ?? .origin)
            records.append(record)
            return record
        }
    }
}
