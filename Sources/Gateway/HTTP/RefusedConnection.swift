import NIOCore

/// Turns a connection away: 503 where that can be said (not before a TLS handshake), and close.
final class RefusedConnection: ChannelInboundHandler {
    typealias InboundIn = Never
    typealias OutboundOut = ByteBuffer

    func channelActive(context: ChannelHandlerContext) {
        let bytes = Answer.tooManyConnections.bytes(closing: true, headOnly: false)
        context.writeAndFlush(Self.wrapOutboundOut(bytes)).assumeIsolated().whenComplete { _ in
            context.close(promise: nil)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}
}
