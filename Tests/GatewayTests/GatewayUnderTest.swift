import CoreMetrics
import Cryptography
import Feishu
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Platform
import ServiceLifecycle
import TestSupport
import Testing

@testable import Gateway

/// A gateway that runs in this process, on a port of its own.
struct GatewayUnderTest {
    let port: Int
    let sink: FakeSink
    private let services: ServiceGroup

    fileprivate init(port: Int, sink: FakeSink, services: ServiceGroup) {
        self.port = port
        self.sink = sink
        self.services = services
    }

    func connect(tls: NIOSSLContext? = nil) async throws -> RawConnection {
        try await RawConnection.open(port: port, tls: tls)
    }

    /// Sends one request on a connection of its own.
    func request(_ text: String) async throws -> RawConnection.Response {
        let connection = try await connect()
        try await connection.send(text)
        let response = try await connection.response()
        try? await connection.close()
        return response
    }

    /// Sends one request on a connection of its own and expects this status.
    func expect(_ status: Int, for request: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let response = try await self.request(request)
        #expect(response.status == status, sourceLocation: sourceLocation)
    }

    /// Tells the server to stop gracefully. `withGateway` waits for its end.
    func stop() async {
        await services.triggerGracefulShutdown()
    }
}

extension FeishuApp {
    /// Without encryption: the token has to do.
    static let first = FeishuApp(appID: "cli_first", appSecret: Secret("s"), verificationToken: Secret("token"))
    static let second = FeishuApp(appID: "cli_second", appSecret: Secret("s"), verificationToken: Secret("token"))
    static let encrypted = FeishuApp(appID: "cli_third", appSecret: Secret("s"), encryptKey: Secret("key"))
}

/// Starts a gateway, runs `body`, stops the gateway.
func withGateway(
    sink: FakeSink = FakeSink(),
    storingIn makeSink: ((any EventLoopGroup) -> any EventSink)? = nil,
    tls: NIOSSLContext? = nil,
    apps: [FeishuApp] = [.first, .second, .encrypted],
    budget: BodyBudget = BodyBudget(limit: 256 << 20),
    now: @escaping @Sendable () -> Int64 = { 0 },
    checks: [ReadinessCheck] = [],
    metrics: any MetricsFactory = NOOPMetricsHandler.instance,
    grace: TimeAmount = .seconds(5),
    limits change: (inout ConnectionLimits) -> Void = { _ in },
    _ body: (GatewayUnderTest) async throws -> Void
) async throws {
    var limits = ConnectionLimits()
    limits.storeTimeout = .seconds(30)  // Tests that are not about it must not depend on the machine's load.
    change(&limits)
    let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let router = Router(context: GatewayRequestContext.self, options: .autoGenerateHeadEndpoints)
    router.add(middleware: JSONErrors())
    OperationalRoutes(checks: checks, metricsText: { "gateway_connections 1\n" }).add(to: router)
    router.post("echo") { request, _ in
        let body = try await request.body.collect(upTo: 2 << 20)
        return Response(status: .ok, body: ResponseBody(byteBuffer: body))
    }
    let shared = ConnectionContext(
        limits: limits,
        ingress: EventIngress(apps: EventApps(apps), sink: makeSink?(loops) ?? sink, budget: budget, now: now),
        router: RouterChannel(router.buildResponder(), logger: logger),
        metrics: GatewayMetrics(factory: metrics),
        logger: logger,
        log: IngressLog(logger: logger)
    )
    let (addresses, listening) = AsyncStream<SocketAddress>.makeStream()
    let server = GatewayServer(
        configuration: .init(host: "127.0.0.1", port: 0, limits: limits, grace: grace, tls: tls),
        group: loops,
        shared: shared,
        onListening: { listening.yield($0) }
    )
    #expect("\(server)" == "http server on 127.0.0.1:0")
    let services = ServiceGroup(configuration: .init(services: [server], logger: logger))
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            defer { listening.finish() }
            try await services.run()
        }
        var iterator = addresses.makeAsyncIterator()
        if let port = await iterator.next()?.port {
            try await body(GatewayUnderTest(port: port, sink: sink, services: services))
        }
        await services.triggerGracefulShutdown()
        try await group.waitForAll()
    }
    try await loops.shutdownGracefully()
}

/// The plain body of an event with this id.
func eventBody(_ id: String, app: String = "cli_first", token: String = "token") -> String {
    let header = #""event_id":"\#(id)","event_type":"p2p_chat_create","token":"\#(token)","app_id":"\#(app)""#
    return #"{"schema":"2.0","header":{\#(header)},"event":{}}"#
}

/// The request that delivers an event with this id to the first app.
func event(_ id: String, headers: String = "") -> String {
    delivery(eventBody(id), headers: headers)
}

/// A request to an events' path.
func delivery(_ body: String, path: String = "/api/feishu/events", headers: String = "") -> String {
    """
    POST \(path) HTTP/1.1\r
    Host: gateway\r
    Content-Type: application/json; charset=utf-8\r
    Content-Length: \(body.utf8.count)\r
    \(headers)\r
    \(body)
    """
}
