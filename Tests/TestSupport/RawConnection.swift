import NIOCore
import NIOPosix
package import NIOSSL

/// A client that sends the bytes it is told to, and reads what comes back.
package final class RawConnection {
    package struct Response: Equatable {
        package var status: Int
        package var headers: [String: String]
        package var body: String
    }

    /// What came back is not an HTTP response, or stopped in its middle.
    package struct NotAResponse: Error {
        package var text: String
    }

    private let channel: any Channel
    private var iterator: AsyncStream<[UInt8]>.AsyncIterator
    private var received: [UInt8] = []

    private init(channel: any Channel, chunks: AsyncStream<[UInt8]>) {
        self.channel = channel
        self.iterator = chunks.makeAsyncIterator()
    }

    /// Connects to a port of 127.0.0.1, as `localhost` where it is over TLS.
    package static func open(port: Int, tls: NIOSSLContext? = nil) async throws -> RawConnection {
        let (chunks, continuation) = AsyncStream<[UInt8]>.makeStream()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        let handler = try NIOSSLClientHandler(context: tls, serverHostname: "localhost")
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    try channel.pipeline.syncOperations.addHandler(Collector(continuation: continuation))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        return RawConnection(channel: channel, chunks: chunks)
    }

    package func send(_ text: String) async throws {
        try await send(Array(text.utf8))
    }

    package func send(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    /// Closes our half: nothing more will be sent.
    package func finishSending() async throws {
        try await channel.close(mode: .output)
    }

    package func close() async throws {
        try await channel.close()
    }

    /// The next response.
    package func response(headOnly: Bool = false) async throws -> Response {
        while true {
            if let response = try takeResponse(headOnly: headOnly) {
                return response
            }
            guard let chunk = await iterator.next(isolation: #isolation) else {
                throw NotAResponse(text: String(decoding: received, as: UTF8.self))
            }
            received += chunk
        }
    }

    /// Waits until the server has closed.
    ///
    /// - Returns: What it sent before, beyond the responses taken.
    package func rest() async -> String {
        while let chunk = await iterator.next(isolation: #isolation) {
            received += chunk
        }
        return String(decoding: received, as: UTF8.self)
    }

    private func takeResponse(headOnly: Bool) throws -> Response? {
        guard let end = received.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: received[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        let start = lines.first?.split(separator: " ") ?? []
        guard start.count >= 2, start[0] == "HTTP/1.1", let status = Int(start[1]) else {
            throw NotAResponse(text: String(decoding: received, as: UTF8.self))
        }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
        }
        let length = headOnly || status == 100 ? 0 : Int(headers["content-length"] ?? "") ?? 0
        guard received.count >= end.upperBound + length else { return nil }
        let body = String(decoding: received[end.upperBound..<(end.upperBound + length)], as: UTF8.self)
        received.removeFirst(end.upperBound + length)
        return Response(status: status, headers: headers, body: body)
    }
}

/// Hands on what arrives, until the peer has finished.
private final class Collector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let continuation: AsyncStream<[UInt8]>.Continuation

    init(continuation: AsyncStream<[UInt8]>.Continuation) {
        self.continuation = continuation
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        continuation.yield(Array(buffer: Self.unwrapInboundIn(data)))
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.inputClosed) = event as? ChannelEvent {
            continuation.finish()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        continuation.finish()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
