package import JSON
package import Redis

/// What a check of the log came to.
package struct AuditReport: Sendable, Equatable {
    /// How many records were found good.
    package var count = 0
    /// The number of the first of them.
    package var first: Int64?
    /// The last of them.
    package var last: AuditLink?
    /// The first place where something is wrong; nil where all is whole.
    package var breach: AuditBreach?

    init(_ chain: AuditChainCheck, _ breach: AuditBreach?) {
        count = chain.count
        first = chain.first
        last = chain.count > 0 ? chain.last : nil
        self.breach = breach
    }

    /// The same for programs.
    package var json: JSONValue {
        [
            "is_whole": .bool(breach == nil), "records": .integer(Int64(count)),
            "first": first.map { .integer($0) } ?? .null, "last": last.map { .integer($0.seq) } ?? .null,
            "head": last.map { .string($0.hash) } ?? .null,
            "breach": breach.map { breach in
                [
                    "seq": .integer(breach.seq), "kind": .string(breach.kind.rawValue),
                    "detail": .string(breach.description),
                ]
            } ?? .null,
        ]
    }
}

/// Proves that the log in Redis is as it was written: every record, their order, both ends.
///
/// It cannot see that somebody wrote the whole chain anew. A copy elsewhere does: see `AuditFile` and `compare`.
package struct AuditVerification: Sendable {
    static let batch = 500
    /// How often the check begins anew because retention removed records meanwhile.
    private static let maximumStarts = 5

    let stream: AuditStream

    package init(redis: RedisClient) { stream = AuditStream(redis: redis) }

    /// Reads all of the log, page by page, and stops at the first breach. Others may append meanwhile.
    ///
    /// - Returns: What was found.
    /// - Throws: `AuditError`, `.unavailable`.
    package func verify() async throws(AuditError) -> AuditReport {
        var report = AuditReport(AuditChainCheck(after: nil), nil)
        for _ in 0..<Self.maximumStarts {
            let anchor = try await stream.anchor()
            report = try await verify(from: anchor)
            guard report.breach != nil, try await stream.anchor() != anchor else { break }
        }
        return report
    }

    private func verify(from anchor: AuditLink?) async throws(AuditError) -> AuditReport {
        var chain = AuditChainCheck(after: anchor ?? .origin)
        var id: String?
        while true {
            let entries = try await stream.entries(after: id, limit: Self.batch)
            for entry in entries {
                if let breach = chain.take(entry.line ?? [], at: entry.place) ?? Self.misnamed(entry) {
                    return AuditReport(chain, Self.atBeginning(breach, chain, anchor))
                }
                id = entry.id
            }
            guard entries.isEmpty else { continue }
            if let breach = chain.end() { return AuditReport(chain, Self.atBeginning(breach, chain, anchor)) }
            // The head is read behind the stream: it is at the last record, or records came meanwhile.
            let head = try await stream.head() ?? .origin
            if head.seq > (chain.last?.seq ?? 0) {
                guard try await stream.entries(after: id, limit: 1).isEmpty else { continue }
            }
            return AuditReport(chain, Self.headBreach(head, chain))
        }
    }

    /// What is wrong with an entry whose id is not its number.
    private static func misnamed(_ entry: AuditStream.Entry) -> AuditBreach? {
        guard entry.place != entry.seq else { return nil }
        let seq = entry.place ?? entry.seq ?? 0
        return AuditBreach(.reordered, seq, "the entry in the place of record \(seq) is another's")
    }

    /// Says of the first record what else it is about: the beginning was removed, or the anchor is not the true one.
    private static func atBeginning(
        _ breach: AuditBreach,
        _ chain: AuditChainCheck,
        _ anchor: AuditLink?
    ) -> AuditBreach {
        guard chain.count == 0 else { return breach }
        switch breach.kind {
        case .unchained where anchor != nil:
            return AuditBreach(.anchor, breach.seq, "the anchor is not the record that record \(breach.seq) follows")
        case .missing:
            return AuditBreach(.missing, breach.seq, "\(breach.description), from the beginning of the log")
        case .reordered where anchor != nil:
            return AuditBreach(.anchor, breach.seq, "the anchor says that record \(breach.seq) was removed")
        default: return breach
        }
    }

    private static func headBreach(_ head: AuditLink, _ chain: AuditChainCheck) -> AuditBreach? {
        let last = chain.last ?? .origin
        if head.seq > last.seq {
            return .missing(last.seq + 1, through: head.seq, ", from the end of the log")
        }
        if head.seq < last.seq {
            return AuditBreach(.head, head.seq + 1, "record \(head.seq + 1) stands behind what the head says is last")
        }
        guard head.hash != last.hash else { return nil }
        return AuditBreach(.head, last.seq, "the head has another hash than record \(last.seq)")
    }
}
