import NIOConcurrencyHelpers

/// The queues of one life of a worker, which may become more and fewer while it lasts.
///
/// Who left a queue stays on the list: should the queue be joined again in this life, its delivery tags go on where
/// they were, so that no late word of before can be taken for one of now.
final class ConsumerRoster: Sendable {
    private struct State {
        var consumers: [QueueConsumer] = []
        var phase = QueueConsumer.Phase.working
    }

    private let state = NIOLockedValueBox(State())
    /// Rings where a phase has begun.
    private let news: Signal
    /// Rings where a queue has been joined or left.
    let changes = Signal()

    init(_ consumers: [QueueConsumer], news: Signal) {
        self.news = news
        state.withLockedValue { $0.consumers = consumers }
    }

    /// All that there were in this life.
    var all: [QueueConsumer] { state.withLockedValue { $0.consumers } }
    /// Those whose queues know of the worker.
    var registered: [QueueConsumer] { all.filter { $0.standing.isRegistered } }
    var phase: QueueConsumer.Phase { state.withLockedValue { $0.phase } }

    func consumer(of queue: QueueName) -> QueueConsumer? { all.first { $0.keys.queue == queue } }

    /// Adds one, in the phase that the others are in.
    func add(_ consumer: QueueConsumer) {
        let phase = state.withLockedValue { state in
            if !state.consumers.contains(where: { $0 === consumer }) { state.consumers.append(consumer) }
            return state.phase
        }
        consumer.enter(phase)
        changes.ring()
    }

    /// A phase begins for all, and for those that come later.
    func enter(_ phase: QueueConsumer.Phase) {
        let consumers = state.withLockedValue { state in
            state.phase = max(state.phase, phase)
            return state.consumers
        }
        for consumer in consumers { consumer.enter(phase) }
        news.ring()
    }
}
