import NIOConcurrencyHelpers
import NIOCore

/// Calls many streams again after their pauses, with one timer for all of an event loop: ten thousand slow streams cost
/// no more than what they say.
///
/// A ring of slots, each for one tick; what is due later than the ring is long waits another round (Varghese and Lauck,
/// "Hashed and Hierarchical Timing Wheels", 1987). The timer runs only while something waits.
final class PaceWheel: Sendable {
    /// What waits. It is called on the wheel's event loop.
    protocol Rider: AnyObject, Sendable {
        func proceed()
    }

    private struct Entry {
        let due: Int64
        let rider: any Rider
    }

    private struct State {
        var slots = [[Entry]](repeating: [], count: 2_048)
        var count = 0
        /// The last tick that was served.
        var served: Int64 = 0
        var isTicking = false
    }

    private static let tick = TimeAmount.milliseconds(5)
    private let eventLoop: any EventLoop
    private let state = NIOLockedValueBox(State())

    init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    /// Has `rider` proceed after `pause`, at the earliest at the next tick.
    func wait(_ pause: Duration, then rider: any Rider) {
        let ticks = max(1, Int64(pause / .milliseconds(5)))
        let now = Self.now
        let begins = state.withLockedValue { state in
            if state.count == 0 { state.served = now }
            let due = max(now, state.served) + ticks
            state.slots[Int(due % Int64(state.slots.count))].append(Entry(due: due, rider: rider))
            state.count += 1
            defer { state.isTicking = true }
            return !state.isTicking
        }
        if begins { next() }
    }

    private static var now: Int64 { Int64(NIODeadline.now().uptimeNanoseconds) / tick.nanoseconds }

    private func next() { eventLoop.scheduleTask(in: Self.tick) { self.turn() } }

    private func turn() {
        let now = Self.now
        let (due, goesOn) = state.withLockedValue { state in
            var due: [Entry] = []
            // After a stall, once round is enough to meet every slot.
            let first = max(state.served + 1, now - Int64(state.slots.count) + 1)
            if first <= now {
                for tick in first...now {
                    let slot = Int(tick % Int64(state.slots.count))
                    let entries = state.slots[slot]
                    guard !entries.isEmpty else { continue }
                    state.slots[slot] = entries.filter { $0.due > now }
                    due += entries.filter { $0.due <= now }
                }
                state.served = now
            }
            state.count -= due.count
            state.isTicking = state.count > 0
            return (due, state.isTicking)
        }
        if goesOn { next() }
        for entry in due { entry.rider.proceed() }
    }
}
