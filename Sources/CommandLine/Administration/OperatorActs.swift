import FoundationEssentials
import Identity
import JobQueue
import Platform
import Redis

/// What a command changes in Redis itself, and the record of it in the audit log.
extension RedisAccess {
    /// Changes something, and writes down that it was done.
    ///
    /// - Parameters:
    ///   - settings: All of them.
    ///   - action: As the admin API calls it, such as `queues.pause`.
    ///   - target: What it is done to, such as `queues/interactive`.
    ///   - body: Does it.
    /// - Returns: What `body` does.
    /// - Throws: As `with` does; `.failed` where it was done and could not be written down.
    static func act<Value>(
        _ settings: Configuration,
        _ action: String,
        on target: String,
        _ body: (RedisClient) async throws(RedisError) -> Value
    ) async throws(CommandFailure) -> Value {
        let value = try await with(settings.redis, body)
        try await note(settings, action, on: target)
        return value
    }

    /// The same for what asks the library of the queue.
    static func act<Value>(
        _ settings: Configuration,
        _ action: String,
        on target: String,
        library body: (RedisClient) async throws(JobQueueError) -> Value
    ) async throws(CommandFailure) -> Value {
        let value = try await with(settings.redis, library: body)
        try await note(settings, action, on: target)
        return value
    }

    /// Who acts, as records name them.
    static var localSubject: String { Principal.localPrefix + ProcessInfo.processInfo.userName }

    private static func note(
        _ settings: Configuration,
        _ action: String,
        on target: String
    ) async throws(CommandFailure) {
        let entry = AuditEntry(
            actor: localSubject,
            role: Role.admin.rawValue,
            address: "local",
            action: action,
            target: target,
            outcome: .ok
        )
        let failure = try await with(settings.redis) { redis async throws(RedisError) -> AuditError? in
            let trail = AuditTrail(redis: redis, file: settings.administration.auditFile, logger: silentLogger)
            do throws(AuditError) {
                try await trail.append(entry)
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw CommandFailure(.failed, "it was done, and is not in the audit log: \(failure)") }
    }
}
