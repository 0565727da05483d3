import NIOConcurrencyHelpers
import Redis

/// Who waits for output of tasks of a test queue. All are told of any: each looks for itself.
final class OutputBells: Sendable {
    private struct State {
        var rings: [Int: @Sendable () -> Void] = [:]
        var nextID = 0
    }

    private let state = NIOLockedValueBox(State())

    func listen(_ ring: @escaping @Sendable () -> Void) -> ChannelListening {
        let id = state.withLockedValue { state in
            state.nextID += 1
            state.rings[state.nextID] = ring
            return state.nextID
        }
        return ChannelListening { [weak self] in self?.state.withLockedValue { $0.rings[id] = nil } }
    }

    func ring() {
        for ring in state.withLockedValue({ Array($0.rings.values) }) { ring() }
    }
}
