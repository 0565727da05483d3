package import JobQueue
package import Logging
import ServiceLifecycle

/// Proposes the runs of rules whose time has come.
///
/// Every worker does so, and Redis takes the first proposal: all carry the deduplication key of rule and time. So it happens
/// once across the fleet, and no worker is special. A time that passed while no worker ran is proposed by the first that
/// starts within `catchUp`.
package actor RuleSchedule: Service {
    /// How old a time may be that is still made up for.
    package static let catchUp: Duration = .seconds(1_800)
    /// How long it waits at most: then rules may have changed, or the machine's clock.
    private static let longestWait: Duration = .seconds(30)

    private let book: RuleBook
    private let producer: JobProducer
    private let clock: any Clock<Duration>
    private let now: @Sendable () -> Int64
    private let logger: Logger
    /// Up to which time everything was proposed.
    private var done: Int64?

    /// - Parameters:
    ///   - book: the rules in force.
    ///   - producer: takes the proposals.
    ///   - clock: by which it waits.
    ///   - now: milliseconds since 1970.
    ///   - logger: hears of proposals that failed.
    package init(
        book: RuleBook,
        producer: JobProducer,
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> Int64 = { WallClock.milliseconds },
        logger: Logger
    ) {
        self.book = book
        self.producer = producer
        self.clock = clock
        self.now = now
        self.logger = logger
    }

    /// Proposes what is due, now and at each time, until graceful shutdown or cancellation.
    package func run() async { await cancelWhenGracefulShutdown { await self.proposeForEver() } }

    private func proposeForEver() async {
        while !Task.isCancelled {
            let wait = await propose()
            guard (try? await clock.sleep(for: wait)) != nil else { return }
        }
    }

    /// Proposes what is due, and returns how long to wait.
    @discardableResult
    package func propose() async -> Duration {
        let now = now()
        let oldest = now - Int64(Self.catchUp / .milliseconds(1))
        // Where the clock was set back nothing is proposed again before it has caught up; Redis would refuse it anyway.
        let since = max(done ?? oldest, oldest)
        var next = now + Int64(Self.longestWait / .milliseconds(1))
        for rule in book.rules.rules {
            guard case .schedule(let schedule) = rule.trigger, let appID = rule.appID else { continue }
            var time = schedule.recurrence.next(after: since, in: schedule.zone)
            // Of several that were missed the last is enough.
            var due: Int64?
            while time <= now {
                due = time
                time = schedule.recurrence.next(after: time, in: schedule.zone)
            }
            next = min(next, time)
            guard let due else { continue }
            let arguments = AutomationArguments(
                rule: rule.name,
                appID: appID,
                event: nil,
                occasion: "\(due)",
                at: due
            )
            do {
                try await producer.enqueue(AutomationJob.self, arguments, options: arguments.options)
            } catch {
                logger.warning(
                    "could not propose a scheduled rule, trying again",
                    metadata: ["rule": "\(rule.name)", "error": "\(error)"]
                )
                // All again, soon: what was taken already is refused.
                return .seconds(5)
            }
        }
        done = now
        // A little late rather than a little early.
        return .milliseconds(max(0, next - now) + 20)
    }
}
