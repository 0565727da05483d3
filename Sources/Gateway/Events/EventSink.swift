import Feishu
import NIOCore

/// What became of an event that was handed to a sink.
enum StoreOutcome: Sendable, Equatable {
    /// It is in its queue now.
    case stored
    /// It was there before; nothing was added.
    case duplicate
}

/// Where accepted events go.
protocol EventSink: Sendable {
    /// De-duplicates and enqueues `event` in one step.
    ///
    /// - Parameters:
    ///   - event: The event to keep.
    ///   - eventLoop: Where the result is wanted; the caller is on it.
    /// - Returns: A future of `eventLoop` that succeeds once the store has confirmed the write. It fails when the write
    ///   failed or its fate is unknown; the same event may then be handed over again.
    func store(_ event: ReceivedEvent, on eventLoop: any EventLoop) -> EventLoopFuture<StoreOutcome>
}
