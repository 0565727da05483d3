extension AuditVerification {
    /// Proves files of records to be one chain, which may begin anywhere and end anywhere.
    ///
    /// - Parameter paths: The files, the oldest first.
    /// - Returns: What was found.
    /// - Throws: `AuditError`, `.file`.
    package static func verify(files paths: [String]) throws(AuditError) -> AuditReport {
        var chain = AuditChainCheck(after: nil)
        var breach: AuditBreach?
        for path in paths where breach == nil {
            try AuditLines.each(of: path) { line in
                breach = chain.take(line)
                return breach == nil
            }
        }
        return AuditReport(chain, breach ?? chain.end())
    }

    /// Holds files against the log in Redis: of each number that both have, both must have the same record, and Redis
    /// must go at least as far.
    ///
    /// - Parameter paths: Files that were found whole.
    /// - Returns: The first difference; nil where there is none.
    /// - Throws: `AuditError`, `.file` or `.unavailable`.
    package func compare(files paths: [String]) async throws(AuditError) -> AuditBreach? {
        var own: [Int64: String] = [:]
        var id: String?
        while true {
            let entries = try await stream.entries(after: id, limit: Self.batch)
            guard let last = entries.last else { break }
            for entry in entries {
                guard let line = entry.line, let record = try? AuditRecord(line: line) else { continue }
                own[record.seq] = record.hash
            }
            id = last.id
        }
        let head = try await stream.head() ?? .origin
        let anchor = try await stream.anchor() ?? .origin
        var breach: AuditBreach?
        for path in paths where breach == nil {
            try AuditLines.each(of: path) { line in
                guard let record = try? AuditRecord(line: line) else { return true }
                breach = Self.difference(record, own[record.seq], head: head, anchor: anchor)
                return breach == nil
            }
        }
        return breach
    }

    private static func difference(
        _ record: AuditRecord,
        _ hash: String?,
        head: AuditLink,
        anchor: AuditLink
    ) -> AuditBreach? {
        if record.seq == anchor.seq, record.hash != anchor.hash {
            return AuditBreach(.differs, record.seq, "the file has another record \(record.seq) than the anchor says")
        }
        guard record.seq > anchor.seq else { return nil }
        if record.seq > head.seq {
            return AuditBreach(.missing, record.seq, "record \(record.seq) is in the file and not in Redis any more")
        }
        guard let hash else {
            return AuditBreach(.missing, record.seq, "record \(record.seq) is in the file and not in Redis")
        }
        guard hash != record.hash else { return nil }
        return AuditBreach(.differs, record.seq, "the file and Redis have different records \(record.seq)")
    }
}
