package import Logging
package import Redis
import ServiceLifecycle

/// Keeps the log in order while a program runs: brings the file up every minute, removes what is too old every hour.
///
/// Several programs may do so at once.
package struct AuditUpkeep: Service {
    private static let minutesBetweenRemovals = 60

    private let trail: AuditTrail
    private let retention: AuditRetention
    private let days: Int
    private let clock: any Clock<Duration>
    private let logger: Logger

    /// - Parameters:
    ///   - redis: Where the chain is.
    ///   - trail: The log.
    ///   - days: How many days records are kept.
    ///   - now: What the age of records is told by.
    ///   - clock: For waiting.
    ///   - logger: Told what fails, which the next time may do.
    package init(
        redis: RedisClient,
        trail: AuditTrail,
        days: Int,
        now: @escaping @Sendable () -> AuditTime = AuditTime.now,
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) {
        self.trail = trail
        self.retention = AuditRetention(redis: redis, log: trail, now: now)
        self.days = days
        self.clock = clock
        self.logger = logger
    }

    /// Runs until graceful shutdown or cancellation.
    package func run() async { await cancelWhenGracefulShutdown { await self.look() } }

    private func look() async {
        var minute = 0
        while !Task.isCancelled {
            // The file first: what is removed is in it then.
            do throws(AuditError) {
                try await trail.catchUp()
                if minute % Self.minutesBetweenRemovals == 0 {
                    _ = try await retention.prune(olderThan: days, by: .upkeep)
                }
            } catch {
                logger.error("the audit log could not be kept in order", metadata: ["error": "\(error)"])
            }
            minute += 1
            do {
                try await clock.sleep(for: .seconds(60))
            } catch {
                return
            }
        }
    }
}
