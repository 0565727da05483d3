import JSON
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1

/// Speaks HTTP for a fake model on one connection: reads requests with NIO's decoder, writes answers byte by byte.
final class FakeModelHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart

    private let server: FakeModelServer.Core
    private let wheel: PaceWheel
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()
    private var stream: FakeModelStream?

    init(server: FakeModelServer.Core, wheel: PaceWheel) {
        self.server = server
        self.wheel = wheel
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body.clear()
        case .body(var part):
            guard body.readableBytes + part.readableBytes <= FakeModelServer.maximumBodyBytes else {
                context.close(promise: nil)
                return
            }
            body.writeBuffer(&part)
        case .end:
            guard let head else { return }
            self.head = nil
            answer(head, context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        stream?.abandon()
        stream = nil
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func answer(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let path = head.uri.prefix { $0 != "?" }
        switch (head.method, path) {
        case (.POST, _) where path.hasSuffix("/chat/completions"): complete(head, context)
        case (.POST, _) where path.hasSuffix("/audio/transcriptions"): transcribe(head, context)
        case (.GET, _) where path.hasSuffix("/models"):
            let models = server.models.map { JSONValue.object(["id": .string($0), "object": "model"]) }
            respond(["object": "list", "data": .array(models)], context)
        default: respond(FakeModelChunks.error("no such path", code: "not_found"), status: 404, context)
        }
    }

    private func complete(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let json = (try? JSONValue(parsing: Array(body.readableBytesView))) ?? .null
        let authorization = head.headers.first(name: "authorization")
        let request = server.note { FakeModelRequest(number: $0, body: json, authorization: authorization) }
        guard !request.messages.isEmpty else {
            respond(FakeModelChunks.error("messages are missing", code: "invalid_request_error"), status: 400, context)
            return
        }
        let answer = server.answering(request)
        switch answer.fault {
        case .rateLimited(let seconds):
            let wait = seconds.map { "retry-after: \($0)\r\n" } ?? ""
            let error = FakeModelChunks.error("Rate limit reached.", code: "rate_limit_exceeded")
            respond(error, status: 429, headers: wait, context)
        case .status(let status, let code):
            respond(FakeModelChunks.error("It failed.", code: code), status: status, context)
        default:
            guard request.isStream else {
                server.streamBegan()
                server.streamEnded(completely: true)
                respond(FakeModelChunks.whole(answer, model: request.model), context)
                return
            }
            server.streamBegan()
            let stream = FakeModelStream(answer, to: request, channel: context.channel, wheel: wheel) { [server] in
                server.streamEnded(completely: $0)
            }
            self.stream = stream
            stream.begin()
        }
    }

    private func transcribe(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let bytes = Array(body.readableBytesView)
        let type = head.headers.first(name: "content-type") ?? ""
        guard let upload = FakeModelUpload(bytes, contentType: type) else {
            respond(FakeModelChunks.error("no file", code: "invalid_request_error"), status: 400, context)
            return
        }
        server.note(upload)
        respond(["text": .string(server.transcribing(upload))], context)
    }

    private func respond(
        _ body: JSONValue,
        status: Int = 200,
        headers: String = "",
        _ context: ChannelHandlerContext
    ) {
        let bytes = body.bytes
        var buffer = ByteBuffer()
        let reason = HTTPResponseStatus(statusCode: status).reasonPhrase
        buffer.writeString("HTTP/1.1 \(status) \(reason)\r\ncontent-type: application/json\r\n\(headers)")
        buffer.writeString("content-length: \(bytes.count)\r\n\r\n")
        buffer.writeBytes(bytes)
        context.channel.writeAndFlush(buffer, promise: nil)
    }
}
