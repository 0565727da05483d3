/// Places for calls: as many as the manifest's concurrency. No lock and no clock: its owner has both.
struct CallPlaces {
    /// How long after its time a call may run before it counts as stuck.
    private static let overdue: Duration = .seconds(10)

    private let most: Int
    private let timeout: Duration
    private var started: [Int: ContinuousClock.Instant] = [:]
    private var next = 0

    init(most: Int, timeout: Duration) {
        self.most = most
        self.timeout = timeout
    }

    /// A place; nil while all are taken.
    mutating func take(at now: ContinuousClock.Instant) -> Int? {
        guard started.count < most else { return nil }
        next += 1
        started[next] = now
        return next
    }

    mutating func giveBack(_ place: Int) { started[place] = nil }

    /// Whether every place is taken by a call that nobody waits for any more and that heeds no cancellation.
    func areStuck(at now: ContinuousClock.Instant) -> Bool {
        started.count >= most && started.values.allSatisfy { now - $0 > timeout + Self.overdue }
    }
}
