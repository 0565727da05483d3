import Feishu
import NIOCore

/// Where accepted events go.
protocol EventSink: Sendable {
    /// Told once, on the event loop: true when the event is in its queue now, false when it was there before and
    /// nothing was added, each once the store has confirmed it. A failure leaves open whether it was written; the same
    /// event may then be handed over again.
    typealias Completion = (Result<Bool, any Error>) -> Void

    /// De-duplicates and enqueues `event` in one step.
    ///
    /// - Parameters:
    ///   - event: The event to keep.
    ///   - eventLoop: Where the result is wanted; the caller is on it.
    ///   - completion: Told the result.
    func store(_ event: ReceivedEvent, on eventLoop: any EventLoop, completion: @escaping Completion)
}
