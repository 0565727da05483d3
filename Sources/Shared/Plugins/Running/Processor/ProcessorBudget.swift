/// How much of the processor's time a plugin may take: a share on average, and a store of what it left, out of which it may
/// take more for a while. No clock, no I/O.
package struct ProcessorBudget: Sendable {
    /// What it may take.
    package struct Limit: Sendable, Equatable {
        /// Processors on average; 0.5 is half of one.
        let share: Double
        /// The most that is kept of what it left, in seconds of processor's time.
        let store: Duration

        /// - Parameters:
        ///   - share: Processors on average, above 0.
        ///   - store: The most that is kept of what it left.
        package init(share: Double, store: Duration = .seconds(10)) {
            self.share = share
            self.store = store
        }
    }

    private let limit: Limit
    /// What it may take at once; below zero: what it took too much.
    private(set) var allowance: Duration
    /// Whether it has to stand still.
    private(set) var isSpent = false
    /// Processors that were in use when it last might run. What stood still begins again as it was.
    private var rate = 0.0

    /// Begins with a full store: starting costs more than serving.
    init(_ limit: Limit) {
        self.limit = limit
        allowance = limit.store
    }

    /// Whether the store is full.
    var isWhole: Bool { allowance == limit.store }

    /// Time went by.
    ///
    /// - Parameters:
    ///   - elapsed: How much, since the last time.
    ///   - used: Of the processor's, by all of the plugin's processes.
    mutating func pass(_ elapsed: Duration, using used: Duration) {
        if !isSpent { rate = elapsed > .zero ? used / elapsed : 0 }
        // What was taken beyond the store's size in one go is let off: nobody stands still for minutes.
        allowance = max(min(limit.store, allowance + elapsed * limit.share) - used, .zero - limit.store)
        isSpent = allowance < .zero
    }

    /// When to look again, so that little is taken beyond the allowance: in a tenth of a second to one.
    var nextLook: Duration {
        let (least, most) = (Duration.milliseconds(100), Duration.seconds(1))
        if isSpent { return least }
        guard rate > limit.share else { return most }
        return min(most, max(least, allowance / (rate - limit.share)))
    }
}
