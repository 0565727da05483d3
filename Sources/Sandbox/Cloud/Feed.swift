package import JSON
import NIOConcurrencyHelpers

/// Tells every listener, in order, what happens in the cloud. A listener that falls behind is let go.
package final class Feed: Sendable {
    private struct State {
        var listeners: [UInt64: AsyncStream<JSONValue>.Continuation] = [:]
        var nextID: UInt64 = 0
    }

    static let listenerLimit = 100
    private static let backlog = 4_096

    private let state = NIOLockedValueBox(State())

    /// What happens from now on; nil when too many listen already.
    package func listen() -> AsyncStream<JSONValue>? {
        let (stream, continuation) = AsyncStream.makeStream(
            of: JSONValue.self,
            bufferingPolicy: .bufferingOldest(Self.backlog)
        )
        let id: UInt64? = state.withLockedValue { state in
            guard state.listeners.count < Self.listenerLimit else { return nil }
            state.nextID += 1
            state.listeners[state.nextID] = continuation
            return state.nextID
        }
        guard let id else { return nil }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLockedValue { _ = $0.listeners.removeValue(forKey: id) }
        }
        return stream
    }

    /// Whether anybody listens.
    var isHeard: Bool { state.withLockedValue { !$0.listeners.isEmpty } }

    func publish(_ update: JSONValue) {
        let listeners = state.withLockedValue { Array($0.listeners.values) }
        for listener in listeners {
            // A gap would show a wrong conversation; ending the stream makes the page come back and ask for all.
            if case .dropped = listener.yield(update) { listener.finish() }
        }
    }
}
