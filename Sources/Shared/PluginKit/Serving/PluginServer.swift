import Cryptography
import FoundationEssentials
import Hummingbird
import HummingbirdCore
import JSON
import Logging
import NIOCore
import NIOExtras
import NIOPosix
import ServiceLifecycle

/// Serves one plugin over HTTP/1.1, until graceful shutdown.
struct PluginServer: Service {
    /// Where it listens.
    enum Place: Sendable {
        /// A socket that listens already. It is closed in the end.
        case descriptor(CInt)
        case address(host: String, port: Int)
    }

    private typealias Connection = HTTP1Channel.Value

    private let place: Place
    private let mustBeLoopback: Bool
    private let limits: ServerLimits
    private let http: HTTP1Channel
    private let logger: Logger
    private let listening: @Sendable (SocketAddress?) async -> Void

    /// A server of this plugin.
    ///
    /// - Parameters:
    ///   - plugin: Who answers.
    ///   - place: Where it listens.
    ///   - secret: Of the signatures; nil: every request is taken for the assistant's, and it must be a loopback address.
    ///   - prefix: What stands before the contract's paths.
    ///   - limits: Bounds on what comes in.
    ///   - now: Seconds since 1970.
    ///   - logger: Where failures are told.
    ///   - listening: Called with the address once it listens.
    init(
        of plugin: any Plugin,
        at place: Place,
        secret: Secret?,
        prefix: String = "",
        limits: ServerLimits? = nil,
        now: @escaping @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) },
        logger: Logger,
        listening: @escaping @Sendable (SocketAddress?) async -> Void
    ) {
        let manifest = type(of: plugin).manifest
        let limits = limits ?? ServerLimits(of: manifest)
        let requests = PluginRequests(
            routes: PluginRoutes(
                calls: Calls(of: plugin, logger: logger),
                manifest: JSONValue.object(manifest.document).bytes,
                schema: type(of: plugin).configurationSchema.bytes,
                secret: secret,
                prefix: prefix,
                now: now
            ),
            limits: limits,
            budget: BodyBudget(limits.bodyBytesTogether)
        )
        self.place = place
        self.limits = limits
        self.logger = logger
        self.listening = listening
        mustBeLoopback = secret == nil
        http = HTTP1Channel(
            responder: { request, writer, _ in try await requests.respond(to: request, writer) },
            configuration: .init(
                idleTimeout: .nanoseconds(Int64(limits.idle.seconds * 1e9)),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: ServerLimits.headBytes,
                    maxHeaderListSize: ServerLimits.headBytes,
                    maxHeaderFieldCount: ServerLimits.headFields
                )
            )
        )
    }

    /// Accepts until graceful shutdown, then waits for what is under way. Cancellation ends that, too.
    ///
    /// - Throws: What keeps it from listening.
    func run() async throws {
        let loops = MultiThreadedEventLoopGroup.singleton
        let quiescing = ServerQuiescingHelper(group: loops)
        let server = try await bind(loops, quiescing)
        guard !mustBeLoopback || server.channel.localAddress?.isLoopback == true else {
            try await server.channel.close()
            throw ServingError("--insecure is for addresses of this machine only, such as 127.0.0.1")
        }
        await withGracefulShutdownHandler {
            await listening(server.channel.localAddress)
            await accept(server)
        } onGracefulShutdown: {
            quiescing.initiateShutdown(promise: nil)
        }
    }

    private func accept(_ server: NIOAsyncChannel<Connection, Never>) async {
        await withDiscardingTaskGroup { group in
            do {
                try await server.executeThenClose { connections in
                    for try await connection in connections {
                        group.addTask { await http.handle(value: connection, logger: logger) }
                    }
                }
            } catch {
                logger.error("accepting connections failed", metadata: ["error": "\(error)"])
            }
        }
    }

    private func bind(
        _ loops: MultiThreadedEventLoopGroup,
        _ quiescing: ServerQuiescingHelper
    ) async throws -> NIOAsyncChannel<Connection, Never> {
        let connections = limits.connections
        let bootstrap = ServerBootstrap(group: loops)
            .serverChannelOption(.backlog, value: 128)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    // Beyond these, connections wait in the system's queue.
                    let bounds = AvailableConnectionsChannelHandler<MaximumAvailableConnections>(
                        maxConnections: connections
                    )
                    try channel.pipeline.syncOperations.addHandler(bounds)
                    try channel.pipeline.syncOperations.addHandler(quiescing.makeServerChannelHandler(channel: channel))
                }
            }
        let setUp: @Sendable (any Channel) -> EventLoopFuture<Connection> = { channel in
            http.setup(channel: channel, logger: logger)
        }
        switch place {
        case .descriptor(let descriptor): return try await bootstrap.bind(descriptor, childChannelInitializer: setUp)
        case .address(let host, let port):
            return try await bootstrap.bind(host: host, port: port, childChannelInitializer: setUp)
        }
    }
}

extension SocketAddress {
    /// Whether only this machine reaches it.
    var isLoopback: Bool {
        switch self {
        case .v4: ipAddress?.hasPrefix("127.") == true
        case .v6: ipAddress == "::1"
        case .unixDomainSocket: true
        }
    }
}
