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
        let capacity: Int
        var free: Int
        var shares: [Share]

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
    }

    private let state: NIOLockedValueBox<State>

    /// - Parameters:
    ///   - count: How many places there are.
    ///   - queues: How many queues share them.
    ///   - order: How, where they are short.
    init(_ count: Int, queues: Int, order: QueueOrder) {
        state = NIOLockedValueBox(
            State(order: order, capacity: count, free: count, shares: Array(repeating: State.Share(), count: queues))
        )
    }

    /// The view of one queue, counted in the order of the configuration.
    func share(_ index: Int) -> SlotShare { SlotShare(slots: self, index: index) }

    fileprivate func take(_ index: Int, upTo limit: Int, else signal: Signal) -> Int {
        state.withLockedValue { state in
            let taken = max(0, min(limit, state.allowance(index)))
            state.free -= taken
            state.shares[index].held += taken
            if taken == 0, limit > 0 {
                state.shares[index].isHungry = true
                state.shares[index].starving = signal
            }
            return taken
        }
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

    fileprivate func note(_ index: Int, isHungry: Bool) {
        let woken: [Signal] = state.withLockedValue { state in
            guard state.shares[index].isHungry != isHungry else { return [] }
            state.shares[index].isHungry = isHungry
            return isHungry ? [] : state.wake()
        }
        for signal in woken { signal.ring() }
    }
}

/// The places of one queue.
struct SlotShare: Sendable {
    fileprivate let slots: Slots
    fileprivate let index: Int

    /// Takes up to `limit` places. Where there is none, `signal` rings once there is.
    func take(upTo limit: Int, else signal: Signal) -> Int { slots.take(index, upTo: limit, else: signal) }

    func give(_ count: Int) { slots.give(index, count) }

    /// A look at the queue found more than there was room for, or not.
    func note(isHungry: Bool) { slots.note(index, isHungry: isHungry) }
}
