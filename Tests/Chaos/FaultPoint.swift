import Testing

/// A request of a worker, by its name, at which faults can be: every one that a drill's worker makes.
///
/// What a worker does only now and then (``rare``) is left to the storms.
enum FaultPoint: String, CaseIterable, CustomTestStringConvertible {
    // Greeting, and the look at the server.
    case clientName = "CLIENT SETNAME"
    case ping = "PING"
    case info = "INFO"
    case configGet = "CONFIG GET"
    case scriptLoad = "SCRIPT LOAD"
    // The life of a worker.
    case register
    case bind = "SADD"
    case beat
    case subscribe = "SUBSCRIBE"
    case leave
    // Events of the worker.
    case event = "PUBLISH"
    // Fetching and settling.
    case cycle
    case peek = "BLMOVE"
    case crashMarks = "HMGET"
    case cancelMarks = "ZMSCORE"
    case forgetSteps = "UNLINK"
    case giveBack = "giveback"
    // For others.
    case look
    case reclaim
    case survey
    // What jobs ask for.
    case enqueue
    case freeUnique = "freeunique"
    case absorb
    case readStep = "HGET"
    case recordStep = "recordstep"
    case outputLength = "STRLEN"
    case appendOutput = "appendoutput"
    case cutOutput = "cutoutput"
    case endOutput = "endoutput"

    /// What an audit, sweeps and dead letters cost, twice a minute or less: perhaps in a long drill, never in a
    /// short one.
    static let rare: Set<String> = [
        "expiredead", "leavelane", "sweepbodies", "abandonoutput", "storeresult", "restoreunacked", "unlock", "HKEYS",
        "HVALS", "ZRANGE", "ZREM", "ZCARD", "MGET", "LLEN", "LRANGE",
    ]

    var testDescription: String { rawValue }
}
