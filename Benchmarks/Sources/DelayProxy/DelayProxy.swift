import NIOCore
import NIOPosix

/// A network that is a little away: hands on every byte between its port and another one after a delay.
///
/// Usage: `delay-proxy PORT TARGET_PORT MICROSECONDS`, all on 127.0.0.1; a round trip is twice the delay longer. One
/// event loop serves all connections, so that bytes keep their order and the proxy costs the same for everybody.
@main
struct DelayProxy {
    static func main() async throws {
        let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        guard numbers.count == 3 else {
            print("usage: delay-proxy PORT TARGET_PORT MICROSECONDS")
            return
        }
        let (port, target, delay) = (numbers[0], numbers[1], TimeAmount.microseconds(Int64(numbers[2])))
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup(numberOfThreads: 1))
            .serverChannelOption(.backlog, value: 4_096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { client in
                // The client's bytes are read only once this is done; Redis never speaks first.
                ClientBootstrap(group: client.eventLoop)
                    .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                    .connect(host: "127.0.0.1", port: target)
                    .flatMapThrowing { server in
                        try client.pipeline.syncOperations.addHandler(DelayedLine(to: server, delay: delay))
                        try server.pipeline.syncOperations.addHandler(DelayedLine(to: client, delay: delay))
                    }
            }
            .bind(host: "127.0.0.1", port: port)
            .get()
        try await listener.closeFuture.get()
    }
}

/// One direction of one connection. Both channels are on one event loop.
private final class DelayedLine: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let peer: any Channel
    private let delay: TimeAmount
    /// What is on its way, in order; nil is the end of the connection.
    private var underway = CircularBuffer<(due: NIODeadline, bytes: ByteBuffer?)>()

    init(to peer: any Channel, delay: TimeAmount) {
        self.peer = peer
        self.delay = delay
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { send(Self.unwrapInboundIn(data)) }

    func channelInactive(context: ChannelHandlerContext) { send(nil) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func send(_ bytes: ByteBuffer?) {
        underway.append((.now() + delay, bytes))
        if underway.count == 1 { arm() }
    }

    /// One alarm at a time, for the first that is underway.
    private func arm() {
        guard let next = underway.first else { return }
        peer.eventLoop.assumeIsolated().scheduleTask(deadline: next.due) { self.arrive() }
    }

    private func arrive() {
        let now = NIODeadline.now()
        while let next = underway.first, next.due <= now {
            underway.removeFirst()
            if let bytes = next.bytes { peer.write(bytes, promise: nil) } else { peer.close(promise: nil) }
        }
        peer.flush()
        arm()
    }
}
