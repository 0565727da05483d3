import NIOConcurrencyHelpers
package import Redis

/// The log in Redis: one chain, however many processes write.
///
/// A record is sealed here, upon what this process knows to be the last one, and one script appends it if it is; else
/// it tells the last one, and the record is sealed anew.
package final class RedisAuditLog: AuditLog {
    /// How often a record is sealed anew because another process was faster.
    private static let maximumAttempts = 1_000
    /// How many attempts are made without a pause.
    private static let attemptsInARow = 16
    /// How many errors of the connection in one call are waited out.
    private static let maximumErrors = 2

    private let stream: AuditStream
    private let now: @Sendable () -> AuditTime
    private let clock: any Clock<Duration>
    private let backoff = Backoff(base: .milliseconds(2), cap: .milliseconds(50))
    private let turn = AppendTurn()
    /// The last record as far as this process knows.
    private let known = NIOLockedValueBox(AuditLink.origin)

    /// - Parameters:
    ///   - redis: The client.
    ///   - now: The time of records.
    ///   - clock: For waiting between attempts.
    package init(
        redis: RedisClient,
        now: @escaping @Sendable () -> AuditTime = AuditTime.now,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        stream = AuditStream(redis: redis)
        self.now = now
        self.clock = clock
    }

    /// Appends a record: one round trip where no other process wrote since, else two or more.
    ///
    /// - Returns: The record.
    /// - Throws: `AuditError`: `.unavailable` with what Redis said, `.broken` where somebody meddled with the log,
    ///   `.contended` after a thousand attempts.
    @discardableResult
    package func append(_ entry: AuditEntry) async throws(AuditError) -> AuditRecord {
        await turn.begin()
        defer { turn.end() }
        let record = try await appendInTurn(entry)
        known.withLockedValue { $0 = record.link }
        return record
    }

    private func appendInTurn(_ entry: AuditEntry) async throws(AuditError) -> AuditRecord {
        var record = AuditRecord(entry, at: now(), after: known.withLockedValue { $0 })
        var again = false
        var errors = 0
        for attempt in 0..<Self.maximumAttempts {
            let appended: AuditStream.Appended
            do throws(RedisError) {
                appended = try await stream.append(record, again: again)
            } catch {
                errors += 1
                guard error.isTransient || error.outcomeUnknown, errors <= Self.maximumErrors else {
                    throw AuditError(error)
                }
                again = again || error.outcomeUnknown
                await pause(errors)
                continue
            }
            switch appended {
            case .done: return record
            case .broken: throw AuditError.broken("the last record is not the one remembered, or none is")
            case .head(let link):
                record = AuditRecord(entry, at: now(), after: link)
                again = false
                // At once: who waits comes back with a record behind one that is not the last any more. Now and then
                // it lets others go first.
                if attempt % Self.attemptsInARow == Self.attemptsInARow - 1 { await pause(attempt) }
            }
        }
        throw AuditError(.contended, "\(Self.maximumAttempts) attempts found another record appended meanwhile")
    }

    /// Waits a little; not at all where the task is cancelled, as what was done is still to be written down.
    private func pause(_ failures: Int) async {
        let delay = backoff.delay(afterFailures: failures, fraction: .random(in: 0..<1))
        try? await clock.sleep(for: delay)
    }
}
