import NIOCore
import NIOHTTP1

extension HTTPConnectionHandler {
    func writeContinue(context: ChannelHandlerContext) {
        let head = HTTPResponseHead(version: .http1_1, status: .continue)
        context.writeAndFlush(Self.wrapOutboundOut(.head(head)), promise: nil)
    }

    /// Hands a request's head to the router.
    func startRouting(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        phase = .routed(RoutedExchange())
        if !routerAttached {
            routerAttached = true
            routedConnections.attach(context.channel)
        }
        context.fireChannelRead(Self.wrapInboundOut(.head(head)))
    }

    func route(_ bytes: ByteBuffer, of routed: RoutedExchange, context: ChannelHandlerContext) {
        var routed = routed
        routed.bodyBytes += bytes.readableBytes
        phase = .routed(routed)
        guard routed.bodyBytes <= shared.limits.bodyBytes else {
            abandon(routed, with: .bodyTooLarge, context: context)
            return
        }
        context.fireChannelRead(Self.wrapInboundOut(.body(bytes)))
    }

    /// Gives up on a request that the router has: with an answer, unless the router's own has begun.
    func abandon(_ routed: RoutedExchange, with answer: Answer, context: ChannelHandlerContext) {
        if routed.responseStarted {
            close(context: context)
        } else {
            finish(with: answer, context: context)
        }
    }

    /// The router's response on its way out.
    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .routed(var routed) = phase, !routed.responseEnded else {
            promise?.fail(ChannelError.outputClosed)  // Answered already: too late, or abandoned.
            return
        }
        switch Self.unwrapOutboundIn(data) {
        case .head(let head) where (100..<200).contains(head.status.code):
            context.write(data, promise: promise)
        case .head(var head):
            routed.responseStarted = true
            phase = .routed(routed)
            setDeadline(in: shared.limits.responseTimeout)
            keepAlive = !isLast
            if !keepAlive {
                head.headers.replaceOrAdd(name: "connection", value: "close")
            }
            context.write(Self.wrapOutboundOut(.head(head)), promise: promise)
        case .body where headOnly:
            promise?.succeed()
        case .body:
            context.write(data, promise: promise)
        case .end:
            routed.responseEnded = true
            phase = .routed(routed)
            endResponse(routed, data, promise: promise, context: context)
        }
    }

    private func endResponse(
        _ routed: RoutedExchange,
        _ end: NIOAny,
        promise: EventLoopPromise<Void>?,
        context: ChannelHandlerContext
    ) {
        if keepAlive {
            context.write(end, promise: promise)
            if routed.requestEnded {
                endExchange(context: context)
            }
        } else {
            let written = promise ?? context.eventLoop.makePromise(of: Void.self)
            context.writeAndFlush(end, promise: written)
            linger(after: written.futureResult, context: context)
        }
    }
}
