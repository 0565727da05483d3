import Logging
import NIOCore

/// Keeps accepting alive when the process has run out of file descriptors or memory.
///
/// Such an error passes when connections close. Until then each try would fail at once, so the listener pauses instead of
/// spinning.
final class AcceptBackoff: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = Never

    private let pause: TimeAmount
    private let logger: Logger
    private var isPaused = false

    init(pause: TimeAmount = .milliseconds(100), logger: Logger) {
        self.pause = pause
        self.logger = logger
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !isPaused else { return }
        isPaused = true
        logger.error("connections cannot be accepted, trying again", metadata: [LogKey.error: "\(error)"])
        context.eventLoop.assumeIsolated().scheduleTask(in: pause) {
            self.isPaused = false
            context.read()
        }
    }

    func read(context: ChannelHandlerContext) {
        if !isPaused {
            context.read()
        }
    }
}
