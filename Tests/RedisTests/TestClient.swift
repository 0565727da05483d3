import Logging
import Redis
import TestSupport

/// A client of `server` that logs nothing, with settings changed by `adjust`.
func makeClient(
    _ server: RedisServer,
    url: String? = nil,
    _ adjust: (inout RedisConfiguration) -> Void = { _ in }
) throws -> RedisClient {
    var configuration = try RedisConfiguration(url: url ?? server.url)
    // Generous, so that a busy machine fails no test; tests about deadlines name their own.
    configuration.commandTimeout = .seconds(30)
    configuration.connectTimeout = .seconds(30)
    adjust(&configuration)
    return try RedisClient(
        configuration: configuration,
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    )
}

/// How many connections wait in a blocking command on the server of `client`.
func blockedClients(_ client: RedisClient) async throws -> Int? {
    let info = try await client.send(RedisCommand("INFO", "clients")).string ?? ""
    return info.split(whereSeparator: \.isNewline).first { $0.hasPrefix("blocked_clients:") }
        .flatMap { Int($0.dropFirst("blocked_clients:".count)) }
}
