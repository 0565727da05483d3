import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// The end of a connection's pipeline, where Hummingbird answers what is not an event.
struct RouterChannel: HTTPChannelHandler {
    typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    let responder: Responder

    init(_ router: some HTTPResponder<GatewayRequestContext>, logger: Logger) {
        self.responder = { request, writer, channel in
            let source = ApplicationRequestContextSource(channel: channel, logger: logger)
            let response: Response
            do {
                response = try await router.respond(to: request, context: GatewayRequestContext(source: source))
            } catch {
                // A client that left is not an error of ours.
                logger.log(
                    level: channel.isActive ? .error : .debug,
                    "request failed",
                    metadata: [LogKey.path: "\(request.uri.path)", LogKey.error: "\(error)"]
                )
                response = JSONResponse.error(.internalServerError, "internal", "the request failed")
            }
            try await writer.write(response: response.head, body: response.body)
        }
    }

    /// Adds Hummingbird's handlers to the end of the pipeline. Called on the channel's event loop.
    func attach(_ channel: any Channel) throws -> Value {
        try channel.pipeline.syncOperations.addHandler(HTTP1ToHTTPServerCodec(secure: false))
        return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture { try attach(channel) }
    }

    func handle(value: Value, logger: Logger) async {
        await handleHTTP(asyncChannel: value, logger: logger)
    }
}
