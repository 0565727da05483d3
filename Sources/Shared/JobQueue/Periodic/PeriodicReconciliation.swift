import JSON
import Redis

/// Brings what Redis knows of a program's own periodic jobs in line with what the program says.
///
/// It touches what came from this owner's code and configuration, and nothing else. What an operator paused stays paused,
/// and a job whose times did not change keeps its next time, so that what it missed is still made up for.
struct PeriodicReconciliation: Sendable {
    /// What was done, and what could not be.
    struct Report: Sendable, Equatable {
        var added = 0
        var changed = 0
        var removed = 0
        /// Names that somebody else has.
        var taken: [String] = []
    }

    let redis: RedisClient
    let jobs: PeriodicJobs
    let owner: String
    /// Whether new jobs may have been missed before, by whoever did not know of them; see `PeriodicJob.seenAs`.
    var isStart = false

    /// - Throws: `RedisError` where Redis did not answer; what was done before stays, and all may be repeated.
    func run() async throws(RedisError) -> Report {
        var report = Report()
        let now = try await redis.time()
        let known = try await redis.periodicJobs()
        var names: Set<String> = []
        for var job in jobs.all {
            job.owner = owner
            names.insert(job.name)
            let before = known[job.name]
            let old = before.flatMap { try? PeriodicJob($0) }
            if let old, !isOurs(old) {
                report.taken.append(job.name)
                continue
            }
            let text = job.json.bytes
            if before == text {
                try await mend(job, text, now)
            } else if try await put(job, text, before, old, now) {
                if before == nil { report.added += 1 } else { report.changed += 1 }
            }
        }
        for (name, text) in known where !names.contains(name) {
            guard let job = try? PeriodicJob(text), isOurs(job) else { continue }
            let reply = try await redis.evaluate(
                PeriodicScripts.remove,
                keys: [
                    redis.periodicKeys.jobs, redis.periodicKeys.due, redis.periodicKeys.paused,
                    redis.periodicKeys.states,
                ],
                arguments: [name, text, redis.periodicKeys.news]
            )
            report.removed += reply.integer == 1 ? 1 : 0
        }
        _ = try await redis.send(RedisCommand("SADD", redis.periodicKeys.owners, owner))
        return report
    }

    private func isOurs(_ job: PeriodicJob) -> Bool { job.source != .runTime && job.owner == owner }

    private func mend(_ job: PeriodicJob, _ text: [UInt8], _ now: WireTime) async throws(RedisError) {
        guard let next = job.next(after: now) else { return }
        _ = try await redis.evaluate(
            PeriodicScripts.mend,
            keys: [redis.periodicKeys.jobs, redis.periodicKeys.due, redis.periodicKeys.paused],
            arguments: [job.name, text, next.milliseconds]
        )
    }

    /// Returns whether it did; where not, another program just did the same, or something else.
    private func put(
        _ job: PeriodicJob,
        _ text: [UInt8],
        _ before: [UInt8]?,
        _ old: PeriodicJob?,
        _ now: WireTime
    ) async throws(RedisError) -> Bool {
        let keepsTimes = old.map { $0.schedule == job.schedule && $0.start == job.start && $0.end == job.end } ?? false
        let from = isStart && before == nil ? job.earliest(at: now) : now
        let next = keepsTimes ? "keep" : job.next(after: from).map { String($0.milliseconds) } ?? ""
        return try await redis.put(job, text, seen: before, next: next) == 1
    }
}

extension RedisClient {
    /// Redis' time.
    ///
    /// - Throws: `RedisError` where Redis did not answer.
    func time() async throws(RedisError) -> WireTime {
        let reply = try await evaluate(
            PeriodicScripts.time,
            keys: [periodicKeys.jobs]
        )
        guard let seconds = reply[0]?.string.flatMap({ Int64($0) }),
            let microseconds = reply[1]?.string.flatMap({ Int64($0) })
        else { throw RedisError(.unexpectedReply, command: "TIME") }
        return WireTime(milliseconds: seconds * 1_000 + microseconds / 1_000)
    }

    /// All periodic jobs as they stand there, by name.
    ///
    /// - Throws: `RedisError` where Redis did not answer.
    func periodicJobs() async throws(RedisError) -> [String: [UInt8]] {
        let words = try await send(RedisCommand("HGETALL", periodicKeys.jobs)).array ?? []
        let pairs = stride(from: 0, to: words.count - 1, by: 2).map {
            (words[$0].string ?? "", words[$0 + 1].bytes ?? [])
        }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    /// Sets a job; replies as `PeriodicScripts.put`.
    ///
    /// - Throws: `RedisError` where Redis did not answer.
    func put(
        _ job: PeriodicJob,
        _ text: [UInt8],
        seen: [UInt8]?,
        next: String
    ) async throws(RedisError) -> Int64 {
        let reply = try await evaluate(
            PeriodicScripts.put,
            keys: [periodicKeys.jobs, periodicKeys.due, periodicKeys.paused],
            arguments: [job.name, seen ?? [], text, next, periodicKeys.news, PeriodicScripts.mostJobs]
        )
        return reply.integer ?? 0
    }
}
