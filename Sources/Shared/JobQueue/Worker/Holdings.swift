/// What one worker's life holds of one queue, and what it still has to tell Redis. Decides, does no I/O.
///
/// Tags are numbers that this worker gives out itself, rising and never used twice, so it knows which tags a reply
/// that was lost could have carried.
struct Holdings {
    private var held: Set<Int64> = []
    private var pending: [Settlement] = []
    private var nextTag: Int64 = 1
    /// The first tags of the cycles that are under way, in their order.
    private(set) var openCycles: [Int64] = []
    /// First tags of what is being absorbed.
    private var openAbsorptions: Set<Int64> = []
    private var comparisonsLeft = 0
    /// After a lost reply, tags are compared this often: a frozen Redis may run the lost command much later.
    private static let comparisons = 15

    /// How many tasks are held, settled but unconfirmed ones included.
    var count: Int { held.count }
    var hasPending: Bool { !pending.isEmpty }
    /// Whether a reply may have been lost, so that Redis' list of tags should be compared with ours.
    var isSuspicious: Bool { comparisonsLeft > 0 }

    /// Tags from here on belong to a cycle whose reply may still come.
    var horizon: Int64 { min(openCycles.first ?? nextTag, openAbsorptions.min() ?? nextTag) }

    /// Takes what the next cycle carries. Exactly one of `confirm` and `restore` follows.
    ///
    /// While another is under way it carries plain settlements only: should that one be lost and told again, these may
    /// come before what it carried, and of the others the order counts.
    mutating func beginCycle(fetching free: Int, atMost limit: Int) -> (settlements: [Settlement], firstTag: Int64) {
        let first = nextTag
        nextTag += Int64(free)
        let count = min(limit, openCycles.isEmpty ? pending.count : plainCount)
        openCycles.append(first)
        guard count < pending.count else {
            defer { pending = [] }
            return (pending, first)
        }
        let taken = Array(pending.prefix(count))
        pending.removeFirst(count)
        return (taken, first)
    }

    /// How many settlements a cycle beside another could carry.
    var plainCount: Int { pending.prefix { $0.isPlain }.count }

    /// Redis has done what the cycle carried, and handed over `fetched` messages; returns their tags.
    mutating func confirm(_ settlements: [Settlement], from first: Int64, fetched: Int) -> Range<Int64> {
        close(first)
        for settlement in settlements { held.remove(settlement.tag) }
        let tags = first..<first + Int64(fetched)
        held.formUnion(tags)
        return tags
    }

    /// Nobody knows whether Redis has done what the cycle carried: it is told again, which changes nothing if it has.
    mutating func restore(_ settlements: [Settlement], from first: Int64) {
        close(first)
        pending = settlements + pending
        comparisonsLeft = Self.comparisons
    }

    private mutating func close(_ first: Int64) {
        guard let index = openCycles.firstIndex(of: first) else { preconditionFailure("a cycle ends once") }
        openCycles.remove(at: index)
    }

    /// Takes tags for up to so many tasks that a running one absorbs. `confirmAbsorption` follows.
    mutating func beginAbsorption(upTo count: Int) -> Int64 {
        let first = nextTag
        nextTag += Int64(count)
        openAbsorptions.insert(first)
        return first
    }

    /// Redis has handed over so many; nil where nobody knows.
    mutating func confirmAbsorption(from first: Int64, absorbed count: Int?) {
        openAbsorptions.remove(first)
        if let count { held.formUnion(first..<first + Int64(count)) } else { comparisonsLeft = Self.comparisons }
    }

    /// A task ended; Redis is told with the next cycle.
    mutating func settle(_ settlement: Settlement) {
        guard held.contains(settlement.tag) else { return }
        pending.append(settlement)
    }

    /// Which of the tags that Redis names are unknown here: their reply was lost, nobody works on them. The horizon is
    /// as it was when Redis was asked.
    func unknown(_ tags: some Sequence<Int64>, before horizon: Int64) -> [Int64] {
        tags.filter { $0 < horizon && !held.contains($0) }
    }

    /// Takes note of how many tags Redis counted for us.
    mutating func compare(inflight: Int) {
        if openCycles.isEmpty, openAbsorptions.isEmpty, inflight > held.count {
            comparisonsLeft = max(comparisonsLeft, 1)
        }
    }

    /// The lists were compared, and what was unknown was given back.
    mutating func compared() { comparisonsLeft = max(0, comparisonsLeft - 1) }
}
