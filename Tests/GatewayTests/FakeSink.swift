import Feishu
import NIOConcurrencyHelpers
import NIOCore

@testable import Gateway

/// Keeps events in memory, and does as it is told.
final class FakeSink: EventSink {
    enum Behaviour: Sendable {
        /// Stores at once; an event or message id seen before is a duplicate.
        case store
        /// Fails at once.
        case fail
        /// Waits for `release`.
        case hold
    }

    struct Unavailable: Error {}

    private struct State {
        var behaviour: Behaviour
        var events: [ReceivedEvent] = []
        var held: [EventLoopPromise<Bool>] = []
    }

    /// Yields the number of held events each time one comes.
    let holds: AsyncStream<Int>
    private let holding: AsyncStream<Int>.Continuation
    private let state: NIOLockedValueBox<State>

    init(_ behaviour: Behaviour = .store) {
        self.state = NIOLockedValueBox(State(behaviour: behaviour))
        (self.holds, self.holding) = AsyncStream.makeStream()
    }

    var events: [ReceivedEvent] { state.withLockedValue { $0.events } }

    func behave(_ behaviour: Behaviour) {
        state.withLockedValue { $0.behaviour = behaviour }
    }

    /// Confirms what is held.
    func release() {
        let held = state.withLockedValue { state in
            defer { state.held.removeAll() }
            return state.held
        }
        for promise in held {
            promise.succeed(true)
        }
    }

    func store(_ event: ReceivedEvent, on eventLoop: any EventLoop, completion: @escaping Completion) {
        outcome(of: event, on: eventLoop).assumeIsolated().whenComplete(completion)
    }

    private func outcome(of event: ReceivedEvent, on eventLoop: any EventLoop) -> EventLoopFuture<Bool> {
        state.withLockedValue { state in
            switch state.behaviour {
            case .store:
                let isMessage = event.type == EventType.messageReceived && event.messageID != nil
                let isKnown = state.events.contains {
                    $0.eventID == event.eventID || (isMessage && $0.messageID == event.messageID)
                }
                if !isKnown {
                    state.events.append(event)
                }
                return eventLoop.makeSucceededFuture(!isKnown)
            case .fail:
                return eventLoop.makeFailedFuture(Unavailable())
            case .hold:
                state.events.append(event)
                let promise = eventLoop.makePromise(of: Bool.self)
                state.held.append(promise)
                holding.yield(state.held.count)
                return promise.futureResult
            }
        }
    }
}
