import NIOConcurrencyHelpers

/// The places for running jobs that all queues of a process share.
///
/// A queue is *hungry* while its last fetch brought as many tasks as it had places for, or it found no place. Where
/// several are, `QueueOrder` says how many places each may have.
final class Slots: Sendable {
    private struct State {
        struct Share {
            var held = 0
            var isHungry = false
            /// Rung when it found too few places and may have more.
            var starving: Signal?
        }

        let order: QueueOrder
        var capacity: Int
        /// Below zero where places were taken away that are held.
        var free: Int
        /// Places that are taken by fetches which are under way: what they bring is not known yet.
        var fetching = 0
        var shares: [Share]
        /// Whether places were short at any time since somebody looked.
        var wasShort = false

        /// How many more places this queue may have now.
        func allowance(_ index: Int) -> Int {
            let rivals = shares.indices.filter { $0 != index && shares[$0].isHungry }
            guard !rivals.isEmpty else { return free }
            switch order {
            case .strict:
                return rivals.contains { $0 < index } ? 0 : free
            case .weighted:
                let weight = order.weight(of: index, among: shares.count)
                let sum = rivals.reduce(weight) { $0 + order.weight(of: $1, among: shares.count) }
                let part = max(1, capacity * weight / sum)
                return min(free, part - shares[index].held)
            }
        }

        /// Whom to tell that there is room.
        mutating func wake() -> [Signal] {
            guard free > 0 else { return [] }
            var woken: [Signal] = []
            for index in shares.indices {
                guard let signal = shares[index].starving, allowance(index) > 0 else { continue }
                shares[index].starving = nil
                woken.append(signal)
            }
            return woken
        }

        var load: AutoscaleState.Load {
            AutoscaleState.Load(capacity: capacity, busy: capacity - free - fetching, isShort: lacksPlaces)
        }

        /// Whether a queue may have more than there are places for, now that running jobs have all.
        var lacksPlaces: Bool { free <= 0 && fetching == 0 && shares.contains { $0.isHungry } }

        /// Whether places are short now and were not before, to be told once.
        mutating func becameShort() -> Bool {
            guard !wasShort, lacksPlaces else { return false }
            wasShort = true
            return true
        }
    }

    private let state: NIOLockedValueBox<State>
    private let shortage: Signal?

    /// - Parameters:
    ///   - count: How many places there are.
    ///   - queues: How many queues share them.
    ///   - order: How, where they are short.
    ///   - shortage: Rings where a queue has more than there are places for.
    init(_ count: Int, queues: Int, order: QueueOrder, shortage: Signal? = nil) {
        self.shortage = shortage
        state = NIOLockedValueBox(
            State(order: order, capacity: count, free: count, shares: Array(repeating: State.Share(), count: queues))
        )
    }

    /// The view of one queue, counted in the order of the configuration and, after those, of their coming.
    func share(_ index: Int) -> SlotShare { SlotShare(slots: self, index: index) }

    /// One queue more, the least urgent.
    func add() { state.withLockedValue { $0.shares.append(State.Share()) } }

    /// Changes how many places there are; what is held is held until it is given back.
    ///
    /// - Parameter next: From the number that there are, the number that there are to be; nil to change nothing.
    /// - Returns: What `next` did.
    @discardableResult
    func change(_ next: (Int) -> Int?) -> Int? {
        let (count, woken): (Int?, [Signal]) = state.withLockedValue { state in
            guard let count = next(state.capacity) else { return (nil, []) }
            state.free += count - state.capacity
            state.capacity = count
            return (count, state.wake())
        }
        for signal in woken { signal.ring() }
        return count
    }

    /// How the places stand.
    var load: AutoscaleState.Load { state.withLockedValue { $0.load } }

    /// How the places stand, and whether they were short since this was asked for last.
    func takeLoad() -> AutoscaleState.Load {
        state.withLockedValue { state in
            defer { state.wasShort = false }
            var load = state.load
            load.isShort = load.isShort || state.wasShort
            return load
        }
    }

    fileprivate func take(_ index: Int, upTo limit: Int, else signal: Signal) -> Int {
        let (taken, isShort) = state.withLockedValue { state in
            let taken = max(0, min(limit, state.allowance(index)))
            state.free -= taken
            state.fetching += taken
            state.shares[index].held += taken
            if taken == 0, limit > 0 {
                state.shares[index].isHungry = true
                state.shares[index].starving = signal
            }
            return (taken, state.becameShort())
        }
        if isShort { shortage?.ring() }
        return taken
    }

    fileprivate func give(_ index: Int, _ count: Int) {
        guard count > 0 else { return }
        let woken = state.withLockedValue { state in
            state.free += count
            state.shares[index].held -= count
            return state.wake()
        }
        for signal in woken { signal.ring() }
    }

    fileprivate func keep(_ index: Int, _ fetched: Int, of taken: Int) {
        guard taken > 0 else { return }
        let (woken, isShort) = state.withLockedValue { state in
            state.fetching -= taken
            state.free += taken - fetched
            state.shares[index].held -= taken - fetched
            return (state.wake(), state.becameShort())
        }
        for signal in woken { signal.ring() }
        if isShort { shortage?.ring() }
    }

    fileprivate func rest(_ index: Int) {
        note(index, isHungry: false)
        state.withLockedValue { $0.shares[index].starving = nil }
    }

    fileprivate func note(_ index: Int, isHungry: Bool) {
        let woken: [Signal] = state.withLockedValue { state in
            guard state.shares[index].isHungry != isHungry else { return [] }
            state.shares[index].isHungry = isHungry
            return isHungry ? [] : state.wake()
        }
        for signal in woken { signal.ring() }
        if isHungry, state.withLockedValue({ $0.becameShort() }) { shortage?.ring() }
    }
}

/// The places of one queue.
struct SlotShare: Sendable {
    fileprivate let slots: Slots
    fileprivate let index: Int

    /// Takes up to `limit` places for a fetch; `keep` follows. Where there is none, `signal` rings once there is.
    func take(upTo limit: Int, else signal: Signal) -> Int { slots.take(index, upTo: limit, else: signal) }

    /// A fetch is over: so many of the places that it took have a job now, the others are free again.
    func keep(_ fetched: Int, of taken: Int) { slots.keep(index, fetched, of: taken) }

    /// So many jobs have ended.
    func give(_ count: Int) { slots.give(index, count) }

    /// A look at the queue found more than there was room for, or not.
    func note(isHungry: Bool) { slots.note(index, isHungry: isHungry) }

    /// Nothing more is taken for this queue: its places are the others'.
    func rest() { slots.rest(index) }
}
