import Redis

@testable import JobQueue

extension QueueScripts {
    /// Those that workers run, so that faults can be at them; each is in ``FaultPoint`` or said to be too rare there.
    static let ofWorkers: [RedisScript] = [
        register, cycle, beat, look, reclaim, survey, giveBack, leave, enqueue, recordStep, appendOutput, cutOutput,
        endOutput, abandonOutput, storeResult, absorb, freeUnique, leaveLane, expireDead, sweepBodies, restoreUnacked,
        unlock, storeState, checkHeld, storeDistantState,
    ]

    static let namesByDigest = Dictionary(uniqueKeysWithValues: ofWorkers.map { ($0.sha1, $0.name) })
}
