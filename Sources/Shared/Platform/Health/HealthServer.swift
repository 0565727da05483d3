package import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

/// Serves `/healthz`, `/readyz` and `/metrics` for a program that serves nothing else, until graceful shutdown.
///
/// Made for probes and Prometheus: plain HTTP/1.1, one answer a connection, ten seconds for everything.
package struct HealthServer: Service {
    private let host: String
    private let port: Int
    private let routes: HealthRoutes
    private let logger: Logger
    private let onListening: @Sendable (Int) -> Void

    /// - Parameters:
    ///   - host: address to listen on.
    ///   - port: port to listen on; 0 takes a free one.
    ///   - metrics: makes the page for `/metrics`.
    ///   - checks: what `/readyz` asks.
    ///   - logger: told where it listens.
    ///   - onListening: called with the port once it listens.
    package init(
        host: String,
        port: Int,
        metrics: @escaping @Sendable () async -> String,
        checks: [ReadinessCheck],
        logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.host = host
        self.port = port
        self.routes = HealthRoutes(uptime: Uptime(), metrics: metrics, checks: checks)
        self.logger = logger
        self.onListening = onListening
    }

    /// - Throws: what keeps it from listening, such as a port in use.
    package func run() async throws {
        let routes = routes
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture {
                    let pipeline = child.pipeline.syncOperations
                    try pipeline.addHandler(IdleStateHandler(allTimeout: .seconds(10)))
                    try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false)
                    try pipeline.addHandler(HealthHandler(routes: routes))
                }
            }
            .bind(host: host, port: port).get()
        let listening = channel.localAddress?.port ?? port
        logger.info("health is served", metadata: ["host": "\(host)", "port": .stringConvertible(listening)])
        onListening(listening)
        try await withGracefulShutdownHandler {
            try await withTaskCancellationHandler {
                try await channel.closeFuture.get()
            } onCancel: {
                channel.close(promise: nil)
            }
        } onGracefulShutdown: {
            channel.close(promise: nil)
        }
    }
}

/// What is answered where.
struct HealthRoutes: Sendable {
    struct Answer {
        let status: HTTPResponseStatus
        let type: String
        let body: String
    }

    let uptime: Uptime
    let metrics: @Sendable () async -> String
    let checks: [ReadinessCheck]

    func answer(_ method: HTTPMethod, _ target: String) async -> Answer {
        guard method == .GET || method == .HEAD else {
            return json(.methodNotAllowed, #"{"error":"method_not_allowed"}"#)
        }
        switch target.prefix(while: { $0 != "?" }) {
        case "/healthz": return json(.ok, uptime.report().json)
        case "/readyz":
            let report = await ReadinessReport.evaluate(checks)
            return json(report.isReady ? .ok : .serviceUnavailable, report.json)
        case "/metrics":
            return Answer(status: .ok, type: "text/plain; version=0.0.4; charset=utf-8", body: await metrics())
        default: return json(.notFound, #"{"error":"not_found"}"#)
        }
    }

    private func json(_ status: HTTPResponseStatus, _ body: String) -> Answer {
        Answer(status: status, type: "application/json", body: body)
    }
}

/// Answers one request and closes.
private final class HealthHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let routes: HealthRoutes
    private var isAnswered = false

    init(routes: HealthRoutes) { self.routes = routes }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // The head says all: a body is not waited for.
        guard case .head(let head) = unwrapInboundIn(data), !isAnswered else { return }
        isAnswered = true
        let channel = context.channel
        let routes = routes
        let isBodyWanted = head.method != .HEAD
        channel.eventLoop.makeFutureWithTask { await routes.answer(head.method, head.uri) }
            .whenSuccess { answer in
                let headers: HTTPHeaders = [
                    "content-type": answer.type, "content-length": "\(answer.body.utf8.count)", "connection": "close",
                ]
                let head = HTTPResponseHead(version: .http1_1, status: answer.status, headers: headers)
                channel.write(HTTPServerResponsePart.head(head), promise: nil)
                if isBodyWanted {
                    let body = ByteBuffer(string: answer.body)
                    channel.write(HTTPServerResponsePart.body(.byteBuffer(body)), promise: nil)
                }
                channel.writeAndFlush(HTTPServerResponsePart.end(nil))
                    .whenComplete { _ in channel.close(promise: nil) }
            }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent { context.close(promise: nil) }
    }

    /// Malformed HTTP, or a connection that broke: nothing to be told to anybody.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
