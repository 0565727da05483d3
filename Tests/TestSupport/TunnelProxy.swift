import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// A small real HTTP proxy that knows CONNECT only, and notes whereto it was asked to connect.
///
/// Every tunnel leads to 127.0.0.1 at the port asked for, whatever the name.
package final class TunnelProxy: Sendable {
    private let channel: any Channel
    private let asked: NIOLockedValueBox<[String]>

    /// The heads of the requests so far, such as `CONNECT localhost:443 HTTP/1.1` and what follows.
    package var requests: [String] { asked.withLockedValue { $0 } }
    package var url: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)" }

    /// Listens on a free port.
    package static func start() async throws -> TunnelProxy {
        let asked = NIOLockedValueBox<[String]>([])
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture {
                    let handler = TunnelHandler { head in asked.withLockedValue { $0.append(head) } }
                    try child.pipeline.syncOperations.addHandler(handler)
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return TunnelProxy(channel: channel, asked: asked)
    }

    private init(channel: any Channel, asked: NIOLockedValueBox<[String]>) {
        self.channel = channel
        self.asked = asked
    }

    /// Stops listening; open tunnels end with their ends.
    package func stop() async throws { try await channel.close() }
}

/// Reads one CONNECT, then passes bytes to the other side.
private final class TunnelHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let note: @Sendable (String) -> Void
    private var head: [UInt8] = []
    private var isConnecting = false
    private var target: (any Channel)?

    init(note: @escaping @Sendable (String) -> Void) { self.note = note }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        if let target {
            target.writeAndFlush(bytes, promise: nil)
            return
        }
        head.append(contentsOf: bytes.readableBytesView)
        let text = String(decoding: head, as: UTF8.self)
        guard !isConnecting, text.hasSuffix("\r\n\r\n") else { return }
        isConnecting = true
        note(text)
        let authority = text.split(separator: " ").dropFirst().first ?? ""
        guard text.hasPrefix("CONNECT "), let port = authority.split(separator: ":").last.flatMap({ Int($0) }) else {
            context.close(promise: nil)
            return
        }
        let client = context.channel
        let this = NIOLoopBound(self, eventLoop: context.eventLoop)
        ClientBootstrap(group: context.eventLoop)
            .channelInitializer { channel in channel.pipeline.addHandler(PassHandler(to: client)) }
            .connect(host: "127.0.0.1", port: port)
            .whenComplete { result in
                switch result {
                case .failure: client.close(promise: nil)
                case .success(let channel):
                    this.value.target = channel
                    client.writeAndFlush(ByteBuffer(string: "HTTP/1.1 200 Connected\r\n\r\n"), promise: nil)
                }
            }
    }

    func channelInactive(context: ChannelHandlerContext) { target?.close(promise: nil) }
}

private final class PassHandler: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let other: any Channel

    init(to other: any Channel) { self.other = other }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        other.writeAndFlush(unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { other.close(promise: nil) }
}
