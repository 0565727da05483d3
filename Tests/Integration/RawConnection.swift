import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import TestSupport

/// One TCP connection on which a test says whatever it likes, HTTP or not.
final class RawConnection: Sendable {
    private let channel: any Channel
    private let received: NIOLockedValueBox<String>

    private init(channel: any Channel, received: NIOLockedValueBox<String>) {
        self.channel = channel
        self.received = received
    }

    /// Connects to a port of 127.0.0.1.
    static func connect(to port: Int) async throws -> RawConnection {
        let received = NIOLockedValueBox("")
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in channel.pipeline.addHandler(Collector(received: received)) }
            .connect(host: "127.0.0.1", port: port).get()
        return RawConnection(channel: channel, received: received)
    }

    /// Sends bytes, if there is still somebody who takes them.
    func send(_ bytes: [UInt8]) { channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil) }

    func close() { channel.close(promise: nil) }

    /// The status of the first answer, once its head is there; nil where the connection ends without one.
    func status() async throws -> Int? {
        try await eventually("an answer or an end", within: .seconds(20)) {
            received.withLockedValue { $0.contains("\r\n\r\n") } || !channel.isActive
        }
        return received.withLockedValue { $0.split(separator: " ").dropFirst().first.flatMap { Int($0) } }
    }

    private final class Collector: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer

        private let received: NIOLockedValueBox<String>

        init(received: NIOLockedValueBox<String>) { self.received = received }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let text = String(decoding: unwrapInboundIn(data).readableBytesView, as: UTF8.self)
            received.withLockedValue { $0 += text }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
