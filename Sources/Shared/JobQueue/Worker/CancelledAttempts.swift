/// The tasks whose attempts were cancelled here a moment ago, for who is asked to end them and comes too late.
///
/// A worker that is told to end a task marks it for the whole fleet. Where another one runs it, that mark may arrive
/// there before the command itself, and the answer must not be that nobody knows the task.
struct CancelledAttempts {
    typealias Instant = ContinuousClock.Instant

    /// How long a command may take from one worker to another.
    static let patience: Duration = .seconds(10)
    static let maximumCount = 1000

    private var entries: [(id: TaskID, at: Instant)] = []

    mutating func note(_ id: TaskID, at now: Instant) {
        if entries.count == Self.maximumCount { entries.removeFirst() }
        entries.append((id, now))
    }

    /// Those of these tasks that are known here; each is told of once.
    mutating func take(among ids: Set<String>, at now: Instant) -> Set<String> {
        guard !entries.isEmpty else { return [] }
        entries.removeAll { now - $0.at > Self.patience }
        let found = Set(entries.map(\.id.rawValue).filter(ids.contains))
        entries.removeAll { found.contains($0.id.rawValue) }
        return found
    }
}
