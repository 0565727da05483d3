package import Redis

/// The Redis keys of periodic jobs. All share one hash slot, which is no queue's.
package struct PeriodicKeys: Sendable {
    /// What the names of all keys begin with.
    let prefix: String

    init(in names: BrokerNames) { prefix = names.prefix + "{jobqueue.periodic}:" }

    /// Hash: name to the job, as JSON.
    package var jobs: String { prefix + "jobs" }
    /// Sorted set: name by the next time (ms), of jobs that are not paused and have one.
    package var due: String { prefix + "due" }
    /// Hash: name to what became of it so far, as JSON.
    package var states: String { prefix + "states" }
    /// Hash: name to who paused it, when and why, as JSON.
    package var paused: String { prefix + "paused" }
    /// Set: the owners that brought their jobs here. One that is not in it was forgotten with all that it brought.
    package var owners: String { prefix + "owners" }
    /// String with a TTL: the token of the scheduler that leads.
    package var leader: String { prefix + "leader" }
    /// Channel: rung when jobs change.
    package var news: String { prefix + "news" }
}

extension RedisClient {
    /// The keys of periodic jobs on this client's server.
    package var periodicKeys: PeriodicKeys { PeriodicKeys(in: names) }
}
