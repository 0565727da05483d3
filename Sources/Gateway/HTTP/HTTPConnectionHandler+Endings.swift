import Logging
import NIOCore
import NIOHTTP1

/// Deadlines, closing peers, stopping servers, bytes that are not HTTP.
extension HTTPConnectionHandler: NIOScheduledCallbackHandler {
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            // Not passed on: the router's handlers would close the channel under an answer that is still due.
            peerFinished = true
            closeIfDone(context: context)
        case is ChannelShouldQuiesceEvent:
            stopping = true
            closeIfDone(context: context)
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    private func closeIfDone(context: ChannelHandlerContext) {
        switch phase {
        case .idle where waiting.isEmpty: close(context: context)
        case .head where peerFinished: close(context: context)
        case .lingering where peerFinished: close(context: context)
        case .idle, .head, .receiving, .storing, .routed, .lingering, .closed: break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else {
            if error is ByteToMessageDecoderError {
                return  // More bytes behind those that were not HTTP.
            }
            shared.logger.debug("connection failed", metadata: [LogKey.error: "\(error)"])
            close(context: context)
            return
        }
        let answer: Answer = error == .headerOverflow ? .headersTooLarge : .malformedRequest
        switch phase {
        case .idle where waiting.isEmpty, .head:
            finish(with: answer, context: context)
        case .receiving:
            shared.metrics.count(.notHTTP)
            finish(with: answer, context: context)
        case .routed(let routed) where !routed.requestEnded:
            abandon(routed, with: answer, context: context)
        case .idle, .storing, .routed:
            failure = answer
        case .lingering, .closed:
            break
        }
    }

    /// Closes the connection at once.
    func close(context: ChannelHandlerContext) {
        phase = .closed
        waiting.removeAll()
        context.close(promise: nil)
    }

    // MARK: Deadlines

    func setDeadline(in amount: TimeAmount) {
        setDeadline(.now() + amount)
    }

    /// Sets when the current phase is too old.
    ///
    /// The timer is moved only to be earlier. One that rings before the deadline is set again then, so that a busy
    /// connection costs a timer every now and then and not several for each request.
    func setDeadline(_ deadline: NIODeadline) {
        self.deadline = deadline
        if let alarm {
            guard deadline < alarm.at else { return }
            cancelAlarm()
        }
        guard let context else { return }
        do {
            let loop = context.eventLoop.assumeIsolated()
            alarm = (deadline, try loop.scheduleCallback(at: deadline, handler: self))
        } catch {
            close(context: context)  // The event loop is shutting down.
        }
    }

    func cancelAlarm() {
        alarm?.callback.cancel()
        alarm = nil
    }

    func handleScheduledCallback(eventLoop: some EventLoop) {
        alarm = nil
        guard let context else { return }
        guard deadline <= .now() else {
            setDeadline(deadline)
            return
        }
        switch phase {
        case .idle, .lingering:
            close(context: context)
        case .head:
            finish(with: .timedOut, context: context)
        case .receiving:
            shared.metrics.count(.tooSlow)
            finish(with: .timedOut, context: context)
        case .storing:
            failEvent(nil, context: context)
        case .routed(let routed):
            abandon(routed, with: routed.requestEnded ? .routeTimedOut : .timedOut, context: context)
        case .closed:
            break
        }
    }
}
