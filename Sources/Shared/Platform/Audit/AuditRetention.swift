package import Redis

/// Removes old records from Redis, from the beginning, and remembers where the chain goes on.
package struct AuditRetention: Sendable {
    /// Who removed records.
    package struct Remover: Sendable {
        let actor: String
        let role: String?

        package init(actor: String, role: String? = nil) {
            self.actor = actor
            self.role = role
        }

        /// The product, by itself.
        package static let upkeep = Remover(actor: "system:audit")
    }

    private let stream: AuditStream
    private let log: any AuditLog
    private let now: @Sendable () -> AuditTime

    /// - Parameters:
    ///   - redis: Where the chain is.
    ///   - log: Where it is written down that records were removed.
    ///   - now: The time.
    package init(
        redis: RedisClient,
        log: any AuditLog,
        now: @escaping @Sendable () -> AuditTime = AuditTime.now
    ) {
        stream = AuditStream(redis: redis)
        self.log = log
        self.now = now
    }

    /// Removes the records at the beginning that are older than so many days, up to the first that is not.
    ///
    /// Each is proven before it goes: from a chain that is not whole nothing is removed, lest the traces go with it. Where
    /// any went, that is a record, too.
    ///
    /// - Parameters:
    ///   - days: How many days are kept.
    ///   - remover: Who does so.
    /// - Returns: How many records went.
    /// - Throws: `AuditError`: `.unavailable`, `.broken`.
    package func prune(olderThan days: Int, by remover: Remover) async throws(AuditError) -> Int {
        let limit = now().before(.seconds(86_400 * Int64(days)))
        var anchor = try await stream.anchor() ?? .origin
        let first = anchor.seq + 1
        var count = 0
        while true {
            var chain = AuditChainCheck(after: anchor)
            let entries = try await stream.entries(after: nil, limit: AuditVerification.batch)
            for entry in entries {
                let record = entry.line.flatMap { try? AuditRecord(line: $0) }
                if let record, record.at >= limit { break }
                if let breach = chain.take(entry.line ?? [], at: entry.place) ?? chain.end() {
                    // Another may have removed these meanwhile.
                    guard try await stream.anchor() ?? .origin == anchor else { return count }
                    throw AuditError.broken("nothing is removed, since \(breach)")
                }
            }
            guard let last = chain.last, last != anchor else { break }
            guard let removed = try await stream.remove(through: last, since: anchor) else { break }
            count += removed
            anchor = last
        }
        if count > 0 { try await note(count, from: first, through: anchor.seq, days, remover) }
        return count
    }

    private func note(
        _ count: Int,
        from first: Int64,
        through last: Int64,
        _ days: Int,
        _ remover: Remover
    ) async throws(AuditError) {
        try await log.append(
            AuditEntry(
                actor: remover.actor,
                role: remover.role,
                action: "audit.prune",
                target: "\(first)-\(last)",
                outcome: .ok,
                detail: "removed \(count) records older than \(days) days"
            )
        )
    }
}
