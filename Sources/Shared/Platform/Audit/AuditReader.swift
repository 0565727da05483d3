package import Redis

/// Some records, and where to go on.
package struct AuditPage: Sendable, Equatable {
    package var records: [AuditRecord] = []
    /// Where the next page begins: `before` or `after` of the next call; nil where there is no more.
    package var next: Int64?
    /// Entries of the log that are no whole records, and were passed over.
    package var unreadable = 0

    package init() {}
}

/// Reads the log in Redis. It proves each record's text and not the chain: `AuditVerification` does.
package struct AuditReader: Sendable {
    /// Entries of one round trip.
    static let batch = 200
    /// Entries that one call looks at, however few of them are wanted.
    static let maximumScan = 10_000

    private let stream: AuditStream

    package init(redis: RedisClient) { stream = AuditStream(redis: redis) }

    /// The newest records, newest first.
    ///
    /// - Parameters:
    ///   - before: Only records with smaller numbers.
    ///   - after: Only records with greater numbers.
    ///   - limit: How many at most.
    ///   - filter: Which.
    /// - Returns: The records. A page may have fewer than `limit`, even none, and yet a next one.
    /// - Throws: `AuditError`, `.unavailable`.
    package func page(
        before: Int64? = nil,
        after: Int64? = nil,
        limit: Int,
        filter: AuditFilter = AuditFilter()
    ) async throws(AuditError) -> AuditPage {
        var page = AuditPage()
        var id = before.map { "\(max($0, 0))-0" }
        var scanned = 0
        while scanned < Self.maximumScan {
            let entries = try await stream.entries(before: id, limit: Self.batch)
            var hasOnlyOlder = true
            for entry in entries {
                if let after, let place = entry.place, place <= after { return page }
                guard let record = page.read(entry) else { continue }
                if let since = filter.since, record.at >= since { hasOnlyOlder = false }
                guard filter.takes(record) else { continue }
                page.records.append(record)
                guard page.records.count < limit else {
                    page.next = record.seq
                    return page
                }
            }
            // Clocks of several machines differ: one older record says nothing, as many as these do.
            guard entries.count == Self.batch, filter.since == nil || !hasOnlyOlder else { return page }
            id = entries.last?.id
            scanned += entries.count
        }
        page.next = id.flatMap { AuditStream.Entry(id: $0).place }
        return page
    }

    /// The records behind `after`, oldest first; for following the log, and for taking it elsewhere.
    ///
    /// - Parameters:
    ///   - after: Only records with greater numbers.
    ///   - limit: How many entries to look at, at most.
    ///   - filter: Which.
    /// - Returns: The records; `next` is the last entry looked at, and nil where there was none.
    /// - Throws: `AuditError`, `.unavailable`.
    package func records(
        after: Int64,
        limit: Int = 500,
        filter: AuditFilter = AuditFilter()
    ) async throws(AuditError) -> AuditPage {
        var page = AuditPage()
        for entry in try await stream.entries(after: "\(max(after, 0))-0", limit: limit) {
            page.next = entry.place ?? page.next
            guard let record = page.read(entry), filter.takes(record) else { continue }
            page.records.append(record)
        }
        return page
    }

    /// The number of the last record as remembered; 0 where there is none.
    ///
    /// - Throws: `AuditError`, `.unavailable`.
    package func lastNumber() async throws(AuditError) -> Int64 { try await stream.head()?.seq ?? 0 }
}

extension AuditPage {
    /// The record of an entry, or nil and one more that is none.
    fileprivate mutating func read(_ entry: AuditStream.Entry) -> AuditRecord? {
        if let line = entry.line, let record = try? AuditRecord(line: line) { return record }
        unreadable += 1
        return nil
    }
}
