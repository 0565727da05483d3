package import Logging
import NIOConcurrencyHelpers
import NIOPosix
package import Redis

/// The log of the product: the chain in Redis, and a copy in a file where one is set.
///
/// The file is brought up to each record before the call returns. It has the records of all machines, in order: what
/// others wrote since is taken from Redis. Where the file cannot be written the record stands in Redis nevertheless, the
/// log tells, and a later record or `catchUp` brings the file up.
package struct AuditTrail: AuditLog {
    private let log: RedisAuditLog
    private let reader: AuditReader
    private let file: AuditFile?
    private let logger: Logger
    /// The last record that this process saw in the file, for when that is rotated away.
    private let written = NIOLockedValueBox<AuditLink?>(nil)

    /// - Parameters:
    ///   - redis: Where the chain is.
    ///   - file: Path of the copy; nil: none.
    ///   - logger: Told where the copy cannot be written.
    ///   - now: The time of records.
    package init(
        redis: RedisClient,
        file: String? = nil,
        logger: Logger,
        now: @escaping @Sendable () -> AuditTime = AuditTime.now
    ) {
        log = RedisAuditLog(redis: redis, now: now)
        reader = AuditReader(redis: redis)
        self.file = file.map { AuditFile(path: $0) }
        self.logger = logger
    }

    /// - Returns: The record, which is in Redis.
    /// - Throws: As `RedisAuditLog` does; never because of the file.
    @discardableResult
    package func append(_ entry: AuditEntry) async throws(AuditError) -> AuditRecord {
        let record = try await log.append(entry)
        guard let file else { return record }
        do throws(AuditError) {
            if case .behind(let seq) = try await add([record], to: file, isComplete: false) {
                try await bring(file, from: seq)
            }
        } catch {
            logger.error("an audit record is not in the file", metadata: ["error": "\(error)", "seq": "\(record.seq)"])
        }
        return record
    }

    /// Brings the file up to what is in Redis; nothing where there is no file.
    ///
    /// A file without records begins with those to come, unless this process knows where the one before it ended.
    ///
    /// - Throws: `AuditError`.
    package func catchUp() async throws(AuditError) {
        guard let file else { return }
        let last = try await onThread { () throws(AuditError) in try file.lastNumber() }
        guard let last = last ?? written.withLockedValue({ $0?.seq }) else { return }
        try await bring(file, from: last)
    }

    private func bring(_ file: AuditFile, from seq: Int64) async throws(AuditError) {
        var seq = seq
        while true {
            let page = try await reader.records(after: seq)
            guard let next = page.next else { return }
            _ = try await add(page.records, to: file, isComplete: true)
            seq = next
        }
    }

    private func add(
        _ records: [AuditRecord],
        to file: AuditFile,
        isComplete: Bool
    ) async throws(AuditError) -> AuditFile.Added {
        let remembered = written.withLockedValue { $0 }
        let added = try await onThread { () throws(AuditError) in
            try file.add(records, remembered: remembered, isComplete: isComplete)
        }
        if case .behind = added { return added }
        if added == .forked {
            logger.error(
                "the audit file ends with other records than redis has",
                metadata: ["seq": "\(records.first?.seq ?? 0)"]
            )
        }
        if let last = records.last?.link { written.withLockedValue { $0 = last } }
        return added
    }

    /// Runs what blocks on a thread that may.
    private func onThread<Value: Sendable>(
        _ body: @escaping @Sendable () throws(AuditError) -> Value
    ) async throws(AuditError) -> Value {
        do {
            return try await NIOThreadPool.singleton.runIfActive { try body() }
        } catch {
            throw error as? AuditError ?? AuditError(.file, "the program is ending")
        }
    }
}
