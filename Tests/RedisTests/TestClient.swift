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
    adjust(&configuration)
    return try RedisClient(
        configuration: configuration,
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    )
}
