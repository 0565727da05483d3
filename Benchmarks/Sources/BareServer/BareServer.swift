import NIOCore
import NIOHTTP1
import NIOPosix

/// The limit that the gateway is held against: NIO's HTTP/1 server, which reads each request whole and answers `{}`.
///
/// Usage: `bare-server PORT`. The number of event loops is the gateway's.
@main
struct BareServer {
    static func main() async throws {
        guard CommandLine.arguments.count == 2, let port = Int(CommandLine.arguments[1]) else {
            print("usage: bare-server PORT")
            return
        }
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup(numberOfThreads: 2))
            .serverChannelOption(.backlog, value: 4_096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.configureHTTPServerPipeline(
                        withPipeliningAssistance: false,
                        withErrorHandling: false
                    )
                    try pipeline.addHandler(EmptyAnswer())
                }
            }
            .bind(host: "127.0.0.1", port: port)
            .get()
        try await listener.closeFuture.get()
    }
}

/// Answers every complete request alike.
private final class EmptyAnswer: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private static let head = HTTPResponseHead(
        version: .http1_1,
        status: .ok,
        headers: ["content-type": "application/json; charset=utf-8", "content-length": "2"]
    )

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .end = Self.unwrapInboundIn(data) else { return }
        context.write(Self.wrapOutboundOut(.head(Self.head)), promise: nil)
        context.write(Self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: "{}")))), promise: nil)
        context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
    }
}
