import Cryptography
import Logging
import Platform
import Redis

/// Redis as the command line uses it: one connection, short deadlines, no waiting for a server that is away.
enum RedisAccess {
    /// Runs what reads the audit log, with a client that is closed afterwards.
    ///
    /// - Throws: `CommandFailure`: `.unreachable` where Redis does not answer, `.failed` where it refuses or something
    ///   else is wrong with the log, `.usage` for a URL that means nothing to us.
    static func with<Value>(
        _ settings: Configuration.Redis,
        audit body: (RedisClient) async throws(AuditError) -> Value
    ) async throws(CommandFailure) -> Value {
        let redis: RedisClient
        do throws(RedisError) {
            redis = try client(settings)
        } catch {
            throw failure(error, settings)
        }
        defer { redis.close() }
        do throws(AuditError) {
            return try await body(redis)
        } catch {
            if let cause = error.cause { throw failure(cause, settings) }
            throw CommandFailure(.failed, "\(error)")
        }
    }

    /// What happens to connections is told by the errors; a log would only stand in the way of the output.
    static let silentLogger = Logger(label: "redis") { _ in SwiftLogNoOpLogHandler() }

    static func client(_ settings: Configuration.Redis) throws(RedisError) -> RedisClient {
        var configuration = try RedisConfiguration(url: settings.url.value)
        configuration.clientName = "ai-assistant"
        configuration.keyPrefix = settings.keyPrefix
        configuration.connectTimeout = .seconds(3)
        configuration.commandTimeout = .seconds(3)
        configuration.whileDisconnected = .failFast
        return try RedisClient(configuration: configuration, logger: silentLogger)
    }

    /// What to say about `error`. Its detail may quote arguments, which here are keys the operator gave.
    static func failure(_ error: RedisError, _ settings: Configuration.Redis) -> CommandFailure {
        let detail = error.detail.isEmpty ? "" : ": \(TerminalText.line(error.detail))"
        let message = "\(error)\(detail)"
        switch error.code {
        case .connectFailed, .notConnected, .connectionLost, .timedOut, .poolExhausted, .unconfirmed:
            return CommandFailure(.unreachable, "redis is unreachable, \(message)")
        case .invalidConfiguration, .unsupported:
            return CommandFailure(.usage, "redis.url: \(message)")
        case .overloaded, .server, .protocolViolation, .unexpectedReply, .cancelled, .closed:
            return CommandFailure(.failed, message)
        }
    }
}
