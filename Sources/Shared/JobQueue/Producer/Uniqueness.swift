/// That of several tasks with one key only one is taken in.
public struct Uniqueness: Sendable, Hashable {
    /// What frees the key before its time is over.
    public enum Until: String, Sendable, Hashable {
        /// A worker begins the task.
        case started = "start"
        /// The task is done, dead or cancelled.
        case ended = "end"
        /// Nothing does.
        case window
    }

    public var key: String
    public var until: Until
    /// How long the key is kept at most.
    public var lifetime: Duration

    /// - Parameters:
    ///   - key: What makes tasks the same, within one queue.
    ///   - until: What frees the key.
    ///   - lifetime: How long it is kept at most: longer than a task waits and runs.
    public init(key: String, until: Until, lifetime: Duration = .seconds(86_400)) {
        self.key = key
        self.until = until
        self.lifetime = lifetime
    }
}

/// That a burst of tasks with one key becomes one task, the last, once the burst is over.
public struct Debounce: Sendable, Hashable {
    public var key: String
    /// How long after the last of them it is run.
    public var wait: Duration
    /// How long after the first of them it is run at the latest.
    public var longestWait: Duration

    public init(key: String, wait: Duration, longestWait: Duration) {
        self.key = key
        self.wait = wait
        self.longestWait = longestWait
    }
}
