/// What a worker that scales itself knows, and what it decides. No clock, no lock, no I/O.
///
/// It has as many places as are needed: more at once where tasks wait, doubling; fewer slowly, half of what was not
/// needed in each `keepAlive`. Where the process itself is what is short, more places would only make every job slower:
/// then it takes places away, and for a while adds them by eighths.
struct AutoscaleState: Sendable, Equatable {
    /// What there is to decide by.
    struct Load: Sendable, Equatable {
        /// Places there are, and places that are taken.
        var capacity: Int
        var busy: Int
        /// Whether a queue had more than there were places for, and all are taken.
        var isShort: Bool
        var process = ProcessLoad()
    }

    /// How long nothing was short before places go: Celery's `AUTOSCALE_KEEPALIVE`.
    static let keepAlive: Duration = .seconds(30)
    /// The least time between two looks that add places: between them the last ones must show what they cost.
    static let step: Duration = .milliseconds(100)
    /// The least time between two looks that take places away from a process that is overloaded.
    static let brake: Duration = .seconds(1)

    var range: ClosedRange<Int>
    /// When places were short last, or some were taken away. Times count from any moment.
    private var lastNeed: Duration
    /// The most places that were taken since then.
    private var peak = 0
    private var lastChange: Duration?
    private var lastBrake: Duration?

    init(_ range: ClosedRange<Int>, at now: Duration) {
        self.range = range
        lastNeed = now
    }

    /// How many places there are to be from now on: always within `range`.
    mutating func places(_ load: Load, at now: Duration) -> Int {
        peak = max(peak, load.busy)
        let capacity = min(max(load.capacity, range.lowerBound), range.upperBound)
        if load.process.isOverloaded { return braked(capacity, at: now) }
        if load.isShort { return grown(capacity, load.process, at: now) }
        guard now - lastNeed >= Self.keepAlive else { return capacity }
        let needed = max(range.lowerBound, peak)
        lastNeed = now
        peak = load.busy
        return capacity > needed ? capacity - (capacity - needed + 1) / 2 : capacity
    }

    private mutating func braked(_ capacity: Int, at now: Duration) -> Int {
        lastNeed = now
        if let lastBrake, now - lastBrake < Self.brake { return capacity }
        lastBrake = now
        return max(range.lowerBound, capacity - (capacity + 3) / 4)
    }

    private mutating func grown(_ capacity: Int, _ process: ProcessLoad, at now: Duration) -> Int {
        lastNeed = now
        peak = capacity
        let isCareful = lastBrake.map { now - $0 < Self.keepAlive } ?? false
        let pause = isCareful ? Self.brake : Self.step
        guard process.hasRoom, lastChange.map({ now - $0 >= pause }) ?? true else { return capacity }
        lastChange = now
        return min(range.upperBound, capacity + (isCareful ? (capacity + 7) / 8 : capacity))
    }
}
