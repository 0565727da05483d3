import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import ServiceLifecycle

/// The listening socket and its connections.
struct GatewayServer: Service, CustomStringConvertible {
    /// Where to listen, and how to stop.
    struct Configuration: Sendable {
        var host = "0.0.0.0"
        /// 0 lets the system choose.
        var port = 8080
        var limits = ConnectionLimits()
        /// How long requests in flight may take to finish once the server is told to stop.
        var grace: TimeAmount = .seconds(10)
        /// Serves TLS with this; nil is plain HTTP.
        var tls: NIOSSLContext?
        /// New connections that may wait to be accepted. Too few, and clients' first packets are dropped in a burst,
        /// which costs them a second each. The kernel caps it (`net.core.somaxconn`).
        var backlog: Int32 = 4_096
    }

    let configuration: Configuration
    let group: any EventLoopGroup
    let shared: ConnectionContext
    /// Told the address once it is listened on.
    let onListening: @Sendable (SocketAddress) -> Void

    /// Short and without the apps' keys: service groups log it.
    var description: String { "http server on \(configuration.host):\(configuration.port)" }

    init(
        configuration: Configuration,
        group: any EventLoopGroup,
        shared: ConnectionContext,
        onListening: @escaping @Sendable (SocketAddress) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.group = group
        self.shared = shared
        self.onListening = onListening
    }

    /// Serves until graceful shutdown or cancellation.
    ///
    /// Graceful shutdown stops accepting, closes idle connections and lets requests in flight finish within the grace
    /// period. Cancellation closes everything at once. What the router does for a connection that has closed is
    /// cancelled, and waited for: nothing of a connection is left when this returns.
    ///
    /// - Throws: When the address cannot be listened on.
    func run() async throws {
        let open = OpenConnections(limit: configuration.limits.connections, metrics: shared.metrics)
        let routed = RoutedConnections(router: shared.router, logger: shared.logger)
        let listener = try await listen(open, routed)
        if let address = listener.localAddress {
            shared.logger.info(
                "listening",
                metadata: [
                    LogKey.host: "\(configuration.host)", LogKey.port: "\(address.port ?? 0)",
                    LogKey.tls: "\(configuration.tls != nil)",
                ]
            )
            onListening(address)
        }
        await routed.answer { await serve(listener, open) }
    }

    /// Returns when it was told to stop and every connection has closed.
    private func serve(_ listener: any Channel, _ open: OpenConnections) async {
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                // Closed by the handlers below, and by nothing else: the errors of accepting do not end it.
                try? await listener.closeFuture.get()
            } onGracefulShutdown: {
                listener.close(promise: nil)
            }
            shared.logger.info(
                "stopping",
                metadata: [LogKey.graceSeconds: "\(configuration.grace.nanoseconds / 1_000_000_000)"]
            )
            let emptied = open.stop(on: listener.eventLoop)
            let deadline = listener.eventLoop.scheduleTask(in: configuration.grace) { open.closeAll() }
            if Task.isCancelled {
                open.closeAll()
            }
            try? await emptied.get()  // Never fails: what does not close by itself is closed.
            deadline.cancel()
        } onCancel: {
            listener.close(promise: nil)
            open.closeAll()
        }
    }

    private func listen(_ open: OpenConnections, _ routed: RoutedConnections) async throws -> any Channel {
        let configuration = configuration
        let shared = shared
        return try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: configuration.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptBackoff(logger: shared.logger))
                }
            }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try Self.configure(channel, configuration, shared, routed, admitted: open.admit(channel))
                }
            }
            .bind(host: configuration.host, port: configuration.port)
            .get()
    }

    private static func configure(
        _ channel: any Channel,
        _ configuration: Configuration,
        _ shared: ConnectionContext,
        _ routed: RoutedConnections,
        admitted: Bool
    ) throws {
        let pipeline = channel.pipeline.syncOperations
        if let tls = configuration.tls {
            guard admitted else {
                channel.close(promise: nil)
                return
            }
            try pipeline.addHandler(NIOSSLServerHandler(context: tls))
        } else if !admitted {
            try pipeline.addHandler(RefusedConnection())
            return
        }
        var decoding = NIOHTTPDecoderLimitConfiguration()
        decoding.maxHeaderFieldSize = configuration.limits.headerFieldBytes
        decoding.maxHeaderListSize = configuration.limits.headerBytes
        decoding.maxHeaderFieldCount = configuration.limits.headerCount
        try pipeline.configureHTTPServerPipeline(
            withPipeliningAssistance: false,
            withErrorHandling: false,
            withOutboundHeaderValidation: true,
            withEncoderConfiguration: HTTPResponseEncoder.Configuration(),
            withDecoderLimitConfiguration: decoding
        )
        try pipeline.addHandler(HTTPConnectionHandler(shared: shared, routedConnections: routed))
    }
}
