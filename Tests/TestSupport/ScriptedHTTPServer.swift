import Foundation
import NIOConcurrencyHelpers
package import NIOCore
import NIOHTTP1
import NIOPosix
package import NIOSSL

/// A small real HTTP/1.1 server on 127.0.0.1 that answers as the test says.
///
/// Each request runs the handler in a task of its own. A handler that returns without an answer leaves the client
/// waiting: that is how "never answers" is written.
package final class ScriptedHTTPServer: Sendable {
    /// What a request said.
    package struct Request: Sendable {
        package let method: String
        /// Path and query as sent; through a proxy, the absolute URL or CONNECT's `host:port`.
        package let target: String
        package let headers: [(String, String)]
        package let body: [UInt8]
        /// Counts from 0 over the connections this server accepted.
        package let connection: Int

        /// The target without its query.
        package var path: String { String(target.prefix { $0 != "?" }) }
        /// The body as text.
        package var text: String { String(decoding: body, as: UTF8.self) }

        /// All values of a header; its name's case does not matter.
        package func values(of name: String) -> [String] {
            headers.filter { $0.0.lowercased() == name.lowercased() }.map(\.1)
        }
    }

    /// What the server has seen so far.
    package struct Tally: Sendable {
        package var connections = 0
        package var openConnections = 0
        package var requests: [Request] = []
    }

    package typealias Handler = @Sendable (Request, Exchange) async throws -> Void

    package let port: Int
    /// Such as `http://127.0.0.1:41234`; with TLS `https://localhost:41234`.
    package let url: String
    private let channel: any Channel
    private let counters: NIOLockedValueBox<Tally>
    private let children: NIOLockedValueBox<[ObjectIdentifier: any Channel]>

    package var tally: Tally { counters.withLockedValue { $0 } }

    /// Listens on a free port. `tls` makes it speak HTTPS with that identity.
    package static func start(
        tls identity: ScriptedTLSIdentity? = nil,
        handler: @escaping Handler
    ) async throws -> ScriptedHTTPServer {
        let context = try identity?.serverContext()
        let counters = NIOLockedValueBox(Tally())
        let children = NIOLockedValueBox<[ObjectIdentifier: any Channel]>([:])
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 4096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: true)
            .childChannelInitializer { child in
                let number = counters.withLockedValue { tally in
                    defer { tally.connections += 1 }
                    tally.openConnections += 1
                    return tally.connections
                }
                children.withLockedValue { $0[ObjectIdentifier(child)] = child }
                child.closeFuture.whenComplete { _ in
                    counters.withLockedValue { $0.openConnections -= 1 }
                    _ = children.withLockedValue { $0.removeValue(forKey: ObjectIdentifier(child)) }
                }
                return child.eventLoop.makeCompletedFuture {
                    let pipeline = child.pipeline.syncOperations
                    if let context { try pipeline.addHandler(NIOSSLServerHandler(context: context)) }
                    try pipeline.configureHTTPServerPipeline(withErrorHandling: false)
                    try pipeline.addHandler(
                        ScriptedHTTPHandler(connection: number, counters: counters, handler: handler)
                    )
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return ScriptedHTTPServer(channel: channel, counters: counters, children: children, isTLS: context != nil)
    }

    private init(
        channel: any Channel,
        counters: NIOLockedValueBox<Tally>,
        children: NIOLockedValueBox<[ObjectIdentifier: any Channel]>,
        isTLS: Bool
    ) {
        self.channel = channel
        self.counters = counters
        self.children = children
        port = channel.localAddress?.port ?? 0
        url = isTLS ? "https://localhost:\(port)" : "http://127.0.0.1:\(port)"
    }

    /// Stops listening and closes every connection.
    package func stop() async throws {
        try await channel.close()
        for child in children.withLockedValue({ Array($0.values) }) { child.close(promise: nil) }
    }

    /// Runs a body against a server and stops it afterwards.
    package static func with<Value>(
        tls identity: ScriptedTLSIdentity? = nil,
        handler: @escaping Handler,
        _ body: (ScriptedHTTPServer) async throws -> Value
    ) async throws -> Value {
        let server = try await start(tls: identity, handler: handler)
        do {
            let value = try await body(server)
            try await server.stop()
            return value
        } catch {
            try await server.stop()
            throw error
        }
    }
}

/// The answering side of one request.
package struct Exchange: Sendable {
    package let channel: any Channel

    /// A whole response with its Content-Length.
    package func respond(
        status: Int = 200,
        headers: [(String, String)] = [],
        body: some Sequence<UInt8>
    ) async throws {
        let bytes = Array(body)
        try await begin(status: status, headers: [("Content-Length", "\(bytes.count)")] + headers)
        try await write(bytes)
        try await end()
    }

    /// A whole response with a text or JSON body.
    package func respond(status: Int = 200, headers: [(String, String)] = [], _ text: String = "") async throws {
        try await respond(status: status, headers: headers, body: text.utf8)
    }

    /// Sends the head. Without a Content-Length the body follows chunked.
    package func begin(status: Int = 200, headers: [(String, String)] = []) async throws {
        let head = HTTPResponseHead(
            version: .http1_1,
            status: .init(statusCode: status),
            headers: HTTPHeaders(headers)
        )
        try await channel.writeAndFlush(HTTPServerResponsePart.head(head))
    }

    /// Sends bytes of the body and returns once the kernel has them; throws when the client is gone.
    package func write(_ bytes: some Sequence<UInt8>) async throws {
        try await channel.writeAndFlush(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: bytes))))
    }

    package func write(_ text: String) async throws { try await write(text.utf8) }

    /// Completes the response; the connection stays open.
    package func end() async throws { try await channel.writeAndFlush(HTTPServerResponsePart.end(nil)) }

    /// Closes the connection as it is, in the middle of the response or before it.
    package func abort() async throws { try await channel.close() }

    /// Returns once the connection is closed, by whichever side.
    package func untilClosed() async throws { try await channel.closeFuture.get() }
}

private final class ScriptedHTTPHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart

    private let connection: Int
    private let counters: NIOLockedValueBox<ScriptedHTTPServer.Tally>
    private let handler: ScriptedHTTPServer.Handler
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(
        connection: Int,
        counters: NIOLockedValueBox<ScriptedHTTPServer.Tally>,
        handler: @escaping ScriptedHTTPServer.Handler
    ) {
        self.connection = connection
        self.counters = counters
        self.handler = handler
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
        case .body(let buffer):
            body.append(contentsOf: buffer.readableBytesView)
        case .end:
            guard let head else { return }
            let request = ScriptedHTTPServer.Request(
                method: head.method.rawValue,
                target: head.uri,
                headers: head.headers.map { ($0.name, $0.value) },
                body: body,
                connection: connection
            )
            counters.withLockedValue { $0.requests.append(request) }
            let exchange = Exchange(channel: context.channel)
            let handler = handler
            Task {
                do {
                    try await handler(request, exchange)
                } catch {
                    // The client left, or the script failed: either way there is no more to say on this connection.
                    exchange.channel.close(promise: nil)
                }
            }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

/// A throw-away authority and a server certificate it signed, made by the `openssl` command.
package struct ScriptedTLSIdentity: Sendable {
    /// PEM files in a temporary directory.
    package let authorityFile: String
    package let certificateFile: String
    package let keyFile: String

    /// `names` are the certificate's subject alternative names, such as `DNS:localhost` or `IP:127.0.0.1`.
    package static func make(names: [String] = ["DNS:localhost"]) throws -> ScriptedTLSIdentity {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let path = { (name: String) in directory.appendingPathComponent(name).path }
        try Data("subjectAltName=\(names.joined(separator: ","))\n".utf8)
            .write(to: directory.appendingPathComponent("extensions"))
        let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        try openssl(
            ["req", "-x509", "-days", "2", "-subj", "/CN=Test authority", "-out", path("ca.pem")]
                + ["-keyout", path("ca.key")] + newKey
        )
        try openssl(
            ["req", "-new", "-subj", "/CN=test server", "-out", path("server.csr"), "-keyout", path("server.key")]
                + newKey
        )
        try openssl(
            ["x509", "-req", "-days", "2", "-in", path("server.csr"), "-CA", path("ca.pem"), "-CAkey", path("ca.key")]
                + ["-CAcreateserial", "-extfile", path("extensions"), "-out", path("server.pem")]
        )
        return .init(authorityFile: path("ca.pem"), certificateFile: path("server.pem"), keyFile: path("server.key"))
    }

    /// A server context with this certificate.
    package func serverContext() throws -> NIOSSLContext {
        try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: NIOSSLCertificate.fromPEMFile(certificateFile).map { .certificate($0) },
                privateKey: .privateKey(NIOSSLPrivateKey(file: keyFile, format: .pem))
            )
        )
    }

    private struct OpenSSLFailed: Error {
        let arguments: [String]
        let status: Int32
    }

    private static func openssl(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw OpenSSLFailed(arguments: arguments, status: process.terminationStatus)
        }
    }
}
