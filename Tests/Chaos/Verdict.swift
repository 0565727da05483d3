import ChaosJobs
import Redis
import TestSupport
import Testing

@testable import JobQueue

/// What must hold of a queue once all harm is over, as Redis and the ledger tell it.
struct Verdict {
    /// Runs that had their effect, and those of them beyond the first of a number.
    private(set) var runs = 0
    private(set) var repeats = 0
    /// Numbers without any effect.
    private(set) var lost: Set<String> = []
    /// What is wrong, in words.
    private(set) var faults: [String] = []

    /// Looks at everything, once nothing waits or runs any more.
    ///
    /// - Parameters:
    ///   - queue: The queue.
    ///   - redis: Its Redis.
    ///   - ledger: Where its jobs noted their effects.
    ///   - accepted: The number of each task that was acknowledged; each has a task of its own.
    ///   - extra: Numbers of tasks that may have been stored although no producer was told so.
    /// - Throws: `RedisError` where one of the two does not answer.
    init(
        on queue: QueueKeys,
        _ redis: RedisClient,
        _ ledger: Ledger,
        accepted: Set<String>,
        extra: Set<String> = []
    ) async throws {
        let survey = try await QueueSurvey(of: queue, hasPriorities: true, beginsCount: false, redis: redis)
        if survey.ready + survey.scheduled + survey.inFlight + survey.parked + survey.limited > 0 {
            faults.append("not idle: \(survey)")
        }
        if survey.dead > 0 { faults.append("\(survey.dead) dead letters") }
        if survey.unaccounted != 0 { faults.append("\(survey.unaccounted) unaccounted") }
        try await findStrays(queue, redis)

        let runs = try await ledger.runs()
        let numbers = Set(runs.map(\.number))
        self.runs = runs.count
        repeats = runs.count - numbers.count
        lost = accepted.subtracting(numbers)
        let unknown = numbers.subtracting(accepted).subtracting(extra)
        if !unknown.isEmpty { faults.append("effects of nobody: \(unknown.sorted().prefix(5))") }
        for (number, count) in try await ledger.keyed() where count != 1 {
            faults.append("\(count) keyed effects of \(number)")
        }
    }

    /// Records an issue for all that is wrong, and for what is lost.
    func expectFlawless(_ what: String = "") {
        if !lost.isEmpty { Issue.record("\(what): \(lost.count) lost, such as \(lost.sorted().prefix(5))") }
        expectSound(what)
    }

    /// Records an issue for all that is wrong but what is lost.
    func expectSound(_ what: String = "") {
        for fault in faults { Issue.record("\(what): \(fault)") }
    }

    /// Keys that nobody needs any more, and that no age takes away.
    private mutating func findStrays(_ queue: QueueKeys, _ redis: RedisClient) async throws {
        let kept = [queue.counts, queue.reaped]
        let aging = ["seen:", "output:", "output-state:", "unique:", "journal:", "running:"].map { queue.prefix + $0 }
        var cursor = "0"
        repeat {
            let scan = RedisCommand("SCAN", cursor, "MATCH", queue.prefix + "*", "COUNT", 1_000)
            let page = try await redis.send(scan)
            cursor = page[0]?.string ?? "0"
            let keys = (page[1]?.array ?? []).compactMap(\.string).filter { !kept.contains($0) }
            let lives = try await redis.send(pipeline: keys.map { RedisCommand("PTTL", $0) })
            for (key, life) in zip(keys, lives) {
                let life = try life.get().integer ?? -1
                // Gone meanwhile, or soon to go.
                if life == -2 || life > 0 && aging.contains(where: key.hasPrefix) { continue }
                let bytes = try await redis.send(RedisCommand("DUMP", key)).bytes?.count ?? 0
                faults.append("a stray key \(key), \(bytes) bytes, life \(life) ms")
            }
        } while cursor != "0"
    }
}

extension QueueKeys {
    /// Waits until nothing of this queue waits or runs, and nobody is registered but the present lives of `living`.
    func areIdle(
        _ redis: RedisClient,
        _ living: [ProgramProcess] = [],
        within timeout: Duration = .seconds(20)
    ) async throws {
        var last: QueueSurvey?
        do {
            try await eventually("an idle queue", within: timeout) {
                do throws(RedisError) {
                    let survey = try await QueueSurvey(of: self, hasPriorities: true, beginsCount: false, redis: redis)
                    last = survey
                    let here = survey.ready + survey.scheduled + survey.inFlight + survey.parked + survey.limited
                    guard here == 0 else { return false }
                    let registered = try await redis.send(RedisCommand("ZRANGE", workers, 0, -1)).array ?? []
                    let lives = living.compactMap(\.incarnations.last)
                    return lives.count == living.count && Set(lives) == Set(registered.compactMap(\.string))
                } catch {
                    guard error.isTransient else { throw error }
                    return false
                }
            }
        } catch is NeverHappened {
            throw NeverHappened(description: "the queue did not become idle: \(last.map { "\($0)" } ?? "no answer")")
        }
    }
}
