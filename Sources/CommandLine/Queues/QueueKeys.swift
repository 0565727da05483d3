/// The keys of one queue, as other programs see them. All but the list share the list's hash slot.
struct QueueKeys {
    let queue: String

    /// List of ready messages; the right end is next.
    var ready: String { queue }
    /// Sorted set of worker incarnations by the end of their lease (ms).
    var workers: String { "{\(queue)}:workers" }
    /// Sorted set of messages by due time (ms).
    var scheduled: String { "{\(queue)}:scheduled" }
    /// List of dead letters.
    var dead: String { "{\(queue)}:dead" }
    /// Hash of what one incarnation holds.
    func inFlight(_ incarnation: String) -> String { "{\(queue)}:inflight:\(incarnation)" }
    /// Begins the keys of all such hashes.
    var inFlightPrefix: String { "{\(queue)}:inflight:" }
    /// Begins the keys of the lists that wait for an ordering key.
    var parkedPrefix: String { "{\(queue)}:parked:" }
}
