import Logging
import Redis

/// The turns of who leads: each a look at what is due, and a step for each job whose time has come.
struct PeriodicTurns {
    /// What came of one job's step.
    private enum Fate {
        /// It happened, or was passed over.
        case done(next: WireTime?)
        /// Somebody changed it meanwhile, of which the news tells.
        case changed
        case putOff(Duration)
        case fenced
    }

    /// Steps that go to Redis at once.
    private static let stepsAtOnce = 16
    /// When a job is tried again whose queue was full or of which Redis said no.
    private static let pause: Duration = .seconds(5)
    /// When one is looked at again that cannot be read.
    private static let longPause: Duration = .seconds(60)

    private let leader: PeriodicLeader
    private let metrics: PeriodicMetrics
    private let logger: Logger
    /// Names that are left alone, and until when.
    private var putOff: [String: WireTime] = [:]

    init(leader: PeriodicLeader, metrics: PeriodicMetrics, logger: Logger) {
        self.leader = leader
        self.metrics = metrics
        self.logger = logger
    }

    /// Takes one.
    ///
    /// - Returns: How long to wait for the next, a third of the lease at most; nil where the lease was lost, to another or
    ///   with all that Redis knew.
    /// - Throws: `RedisError` where Redis did not answer.
    mutating func take() async throws(RedisError) -> Duration? {
        let looked = ContinuousClock.now
        guard case .leads(let now, let next, let due, isNew: false) = try await leader.look() else { return nil }
        putOff = putOff.filter { $0.value > now }
        // A job that happens in this turn is not among those that the look found ahead: its next time counts, too.
        var times = [next].compactMap { $0 }
        let ripe = due.filter { putOff[$0.name] == nil }
        for start in stride(from: 0, to: ripe.count, by: Self.stepsAtOnce) {
            let some = Array(ripe[start..<min(start + Self.stepsAtOnce, ripe.count)])
            for (name, fate) in try await steps(some, now, looked) {
                switch fate {
                case .done(let next): if let next { times.append(next) }
                case .changed: break
                case .putOff(let pause): putOff[name] = now.advanced(by: pause)
                case .fenced: return nil
                }
            }
        }
        if due.count == PeriodicScripts.mostNames, !ripe.isEmpty { return .zero }
        let soonest = (times + putOff.values).min()
        let wait = soonest.map { Duration.milliseconds(max(0, $0.milliseconds - now.milliseconds)) } ?? leader.lease
        // What the steps took is part of the wait; a little late rather than a little early.
        let rest = max(.zero, wait - (ContinuousClock.now - looked)) + .milliseconds(1)
        return min(rest, leader.lease / 3)
    }

    private func steps(
        _ due: [PeriodicLeader.DueName],
        _ now: WireTime,
        _ looked: ContinuousClock.Instant
    ) async throws(RedisError) -> [(name: String, fate: Fate)] {
        let jobs = try await leader.read(due)
        return await withTaskGroup(of: (name: String, fate: Fate).self) { group in
            var fates: [(name: String, fate: Fate)] = []
            for (due, result) in jobs {
                switch result {
                case .success(let job):
                    group.addTask { (due.name, await step(job, now, looked)) }
                case .failure(let problem):
                    logger.error(
                        "a periodic job cannot be read",
                        metadata: ["job": "\(due.name)", "problem": "\(problem)"]
                    )
                    fates.append((due.name, .putOff(Self.longPause)))
                }
            }
            for await fate in group { fates.append(fate) }
            return fates
        }
    }

    private func step(
        _ due: PeriodicLeader.DueJob,
        _ now: WireTime,
        _ looked: ContinuousClock.Instant
    ) async -> Fate {
        do throws(RedisError) {
            switch try await leader.tick(due, now: now, looked: looked) {
            case .done(let tick):
                metrics.done(tick, now: now)
                if tick.times.isEmpty {
                    logger.warning(
                        "a periodic job was missed and is passed over",
                        metadata: ["job": "\(due.job.name)", "time": "\(due.due.time.text)"]
                    )
                } else {
                    logger.debug(
                        "a periodic job happens",
                        metadata: ["job": "\(due.job.name)", "times": "\(tick.times.count)"]
                    )
                }
                return .done(next: tick.next)
            case .changed:
                return .changed
            case .full:
                logger.warning("a periodic job waits, its queue is full", metadata: ["job": "\(due.job.name)"])
            }
        } catch {
            if error.prefix == QueueScripts.fenced { return .fenced }
            logger.warning(
                "a periodic job waits, redis did not take it",
                metadata: ["job": "\(due.job.name)", "error": "\(error)"]
            )
        }
        metrics.failed()
        return .putOff(Self.pause)
    }
}
