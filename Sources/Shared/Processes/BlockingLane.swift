import Dispatch
import NIOConcurrencyHelpers

/// Lets so many blocking pieces of work run at once, each on a thread that may block, and the others wait in their order.
package final class BlockingLane: Sendable {
    private struct State {
        var running = 0
        var waiting: [@Sendable () -> Void] = []
    }

    private let width: Int
    private let state = NIOLockedValueBox(State())
    private let queue = DispatchQueue(label: "blocking-lane", attributes: .concurrent)

    /// - Parameter width: how many may run at once, at least 1.
    package init(width: Int) { self.width = max(1, width) }

    /// Runs it soon.
    package func perform(_ work: @escaping @Sendable () -> Void) {
        let startsNow = state.withLockedValue { state in
            guard state.running < width else {
                state.waiting.append(work)
                return false
            }
            state.running += 1
            return true
        }
        if startsNow { start(work) }
    }

    private func start(_ work: @escaping @Sendable () -> Void) {
        queue.async {
            work()
            let next: (@Sendable () -> Void)? = self.state.withLockedValue { state in
                guard !state.waiting.isEmpty else {
                    state.running -= 1
                    return nil
                }
                return state.waiting.removeFirst()
            }
            if let next { self.start(next) }
        }
    }
}
