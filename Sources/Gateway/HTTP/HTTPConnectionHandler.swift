import Logging
import NIOCore
import NIOHTTP1

/// One HTTP/1 connection, from its first byte to its last answer.
///
/// It stands behind NIO's parser and takes one request at a time, in order; what a pipelining client sends ahead waits,
/// and reading stops. Events are answered here, on the event loop, without a task. Every other request goes on to the
/// router's handlers, which are added to the pipeline when the first such request comes. Limits and deadlines hold for
/// both kinds. Not thread-safe: it lives on its channel's event loop.
final class HTTPConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// What the connection is doing.
    enum Phase {
        /// Nothing of the next request has arrived.
        case idle
        /// A part of a request's head has arrived.
        case head
        /// An event's body is arriving.
        case receiving(EventDelivery)
        /// An event has been handed to the sink, which has not confirmed it yet.
        case storing
        /// The router has the request.
        case routed(RoutedExchange)
        /// The last answer is written; what still arrives is thrown away.
        case lingering
        case closed
    }

    /// A request that the router answers.
    struct RoutedExchange {
        var bodyBytes = 0
        var requestEnded = false
        var responseStarted = false
        var responseEnded = false
    }

    let shared: ConnectionContext
    /// Takes this connection, too, at its first request for the router.
    let routedConnections: RoutedConnections
    var phase = Phase.idle
    /// Counts requests, so that an answer that comes too late finds its request gone.
    var exchange: UInt64 = 0
    /// Whether the current request lets the connection stay open.
    var keepAlive = true
    /// Whether the current request is `HEAD`.
    var headOnly = false
    /// The server is stopping: the current answer is the last one.
    var stopping = false
    /// The client has finished sending.
    var peerFinished = false
    /// Parts of requests that wait for the current one to end.
    var waiting = CircularBuffer<HTTPServerRequestPart>()
    /// The parser gave up behind `waiting`: this is the answer once it is the turn.
    var failure: Answer?
    /// Whether the current read brought a part of a request.
    var sawPart = false
    var isTakingWaiting = false
    /// A read was asked for while reading was suspended.
    var readSuspended = false
    var routerAttached = false
    /// When the current phase is too old.
    var deadline = NIODeadline.distantFuture
    /// The one timer of the connection. It is early rather than rescheduled: see `setDeadline`.
    var alarm: (at: NIODeadline, callback: NIOScheduledCallback)?
    /// When the current event's last byte arrived.
    var eventArrived = NIODeadline.now()
    var context: ChannelHandlerContext?
    /// Writes from here bypass the response encoder: for answers that are bytes already.
    private var encoder: ChannelHandlerContext?

    init(shared: ConnectionContext, routedConnections: RoutedConnections) {
        self.shared = shared
        self.routedConnections = routedConnections
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.encoder = try? context.pipeline.syncOperations.context(handlerType: HTTPResponseEncoder.self)
        precondition(encoder != nil, "the response encoder stands before this handler")
        if context.channel.isActive {
            setDeadline(in: shared.limits.headerTimeout)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        cancelAlarm()
        self.context = nil
        self.encoder = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        setDeadline(in: shared.limits.headerTimeout)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        if case .receiving = phase {
            shared.metrics.count(.abandoned)
        }
        phase = .closed
        waiting.removeAll()
        cancelAlarm()
        context.fireChannelInactive()
    }

    // MARK: Answers

    /// Whether the current request's answer is the last one. A client that has finished sending is still answered
    /// what it sent.
    var isLast: Bool { !keepAlive || stopping || (peerFinished && waiting.isEmpty && failure == nil) }

    /// Writes a whole answer to the current request, which has arrived completely.
    func answer(_ answer: Answer, context: ChannelHandlerContext) {
        guard !isLast else {
            finish(with: answer, context: context)
            return
        }
        encoder?.writeAndFlush(NIOAny(answer.bytes(closing: false, headOnly: headOnly)), promise: nil)
        endExchange(context: context)
    }

    /// Writes the connection's last answer, whether or not the request has arrived completely.
    func finish(with answer: Answer, context: ChannelHandlerContext) {
        let written = context.eventLoop.makePromise(of: Void.self)
        encoder?.writeAndFlush(NIOAny(answer.bytes(closing: true, headOnly: headOnly)), promise: written)
        linger(after: written.futureResult, context: context)
    }

    /// Ends the connection after its last answer, in a way that lets the client read it: first our half is closed, then
    /// what the client still sends is thrown away until it closes, too, or time is up.
    func linger(after written: EventLoopFuture<Void>, context: ChannelHandlerContext) {
        phase = .lingering
        waiting.removeAll()
        failure = nil
        setDeadline(in: shared.limits.lingerTimeout)
        resumeReading(context: context)
        written.assumeIsolated().whenComplete { _ in
            guard let context = self.context, case .lingering = self.phase else { return }
            context.close(mode: self.peerFinished ? .all : .output, promise: nil)
        }
    }

    /// The current request is over and the connection stays: on to the next one.
    func endExchange(context: ChannelHandlerContext) {
        phase = .idle
        headOnly = false
        setDeadline(in: shared.limits.idleTimeout)
        takeWaiting(context: context)
    }
}
