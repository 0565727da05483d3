import Foundation
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// Stands between clients and a redis-server, knows each request by its name, and does harm where it is told to.
///
/// All of it runs on a thread of its own, one step after the other, and asks before it passes anything on: who kills a
/// client when asked about a request knows that Redis never sees it, and who does so when asked about a reply knows
/// that Redis has done what was asked and that the client never learns.
package final class FaultProxy: Sendable {
    /// Which way something goes.
    package enum Side: Sendable, Hashable {
        case request
        case reply
    }

    /// One request or reply that is about to be passed on.
    package struct Moment: Sendable {
        /// The command's name, with the second word where that says more (`CONFIG GET`); of a script, the script's.
        package let name: String
        package let side: Side
        /// Which one of this name and side it is, from 1.
        package let occurrence: Int
        /// Whether no other request waits for its reply on this connection.
        package let isAlone: Bool
        /// Of a reply: whether it is an error that begins with this word.
        package let refusal: String?
    }

    /// What is done to it instead of passing it on.
    package enum Fault: Sendable, Hashable, CaseIterable {
        /// It is lost, and so is all that follows on this connection, which stays open at both ends.
        case silence
        /// It is lost, and the connection ends.
        case close
        /// Half of it arrives, and the connection ends.
        case cut
        /// It arrives twice, in one piece.
        case duplicate
        /// It is lost; Redis sees the connection end, the client sees it open and silent.
        case loseServer
        /// It is lost; the client sees the connection end, Redis sees it open and silent.
        case loseClient
        /// It and what follows wait for ``FaultProxy/release()``. A request arrives then even where its client has gone,
        /// as what a network has taken does, and its reply is asked about although nobody waits for it.
        case hold
    }

    /// What to do at a moment; nil to pass it on. Asked on the proxy's thread, and may take its time there.
    package typealias Plan = @Sendable (Moment) -> Fault?

    private struct State {
        var plan: Plan = { _ in nil }
        var listener: (any Channel)?
        var port = 0
        var counts: [Side: [String: Int]] = [:]
        /// Resumed, each once, by ``FaultProxy/release()``.
        var held: [@Sendable () -> Void] = []
    }

    private let server: Int
    private let scripts: [String: String]
    private let group: MultiThreadedEventLoopGroup
    private let state = NIOLockedValueBox(State())

    /// Where it listens on 127.0.0.1.
    package var port: Int { state.withLockedValue { $0.port } }
    package var url: String { "redis://127.0.0.1:\(port)/0" }

    /// Listens on a free port.
    ///
    /// - Parameters:
    ///   - server: The port of the redis-server on 127.0.0.1.
    ///   - scripts: Names of scripts by their digest in hexadecimal.
    /// - Returns: The proxy, which passes everything on.
    /// - Throws: Where it cannot listen.
    package static func start(to server: Int, scripts: [String: String]) async throws -> FaultProxy {
        let proxy = FaultProxy(server: server, scripts: scripts)
        try await proxy.accept()
        return proxy
    }

    private init(server: Int, scripts: [String: String]) {
        self.server = server
        self.scripts = scripts
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    }

    /// Changes what happens from now on.
    package func follow(_ plan: @escaping Plan) { state.withLockedValue { $0.plan = plan } }

    /// How often each name was seen on this side so far.
    package func seen(_ side: Side) -> [String: Int] { state.withLockedValue { $0.counts[side] ?? [:] } }

    /// Refuses new connections from now on; those that are open stay.
    package func refuse() async throws {
        let listener = state.withLockedValue { state in
            defer { state.listener = nil }
            return state.listener
        }
        try await listener?.close()
    }

    /// Takes connections, as at the beginning.
    package func accept() async throws {
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { [self] child in
                child.eventLoop.makeCompletedFuture {
                    try child.pipeline.syncOperations.addHandler(Doorway(FaultedConnection(child, self), .request))
                }
            }
        // The first time any port, and ever after the same: one that nobody takes while it is not listened on.
        let port = state.withLockedValue { $0.port }
        // A program that is being started has our descriptors until it is executed: the socket that was closed, too, which
        // goes on listening for that moment.
        try await eventually("a port") {
            do {
                let own = try port > 0 ? port : FreePort.next()
                let listener = try await bootstrap.bind(host: "127.0.0.1", port: own).get()
                self.state.withLockedValue { state in
                    state.listener = listener
                    state.port = listener.localAddress?.port ?? 0
                }
                return true
            } catch let error as IOError where error.errnoCode == EADDRINUSE {
                return false
            }
        }
    }

    /// Lets go what ``Fault/hold`` holds, all that was seen before this call.
    package func release() {
        // On the proxy's thread: between the decision to hold something and its being held, it would be missed.
        group.next().execute { [state] in
            let held = state.withLockedValue { state in
                defer { state.held = [] }
                return state.held
            }
            for resume in held { resume() }
        }
    }

    /// Ends every connection and the proxy with them.
    package func stop() async {
        // Nothing can be done about a thread that does not end; the test process ends it.
        try? await group.shutdownGracefully()
    }

    // MARK: Asked by connections

    fileprivate func connectToServer(on eventLoop: any EventLoop, _ door: Doorway) -> EventLoopFuture<any Channel> {
        let door = NIOLoopBound(door, eventLoop: eventLoop)
        return ClientBootstrap(group: eventLoop)
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(door.value) }
            }
            .connect(host: "127.0.0.1", port: server)
    }

    fileprivate func fault(_ name: String, _ side: Side, isAlone: Bool, refusal: String? = nil) -> Fault? {
        let (plan, occurrence) = state.withLockedValue { state in
            state.counts[side, default: [:]][name, default: 0] += 1
            return (state.plan, state.counts[side]?[name] ?? 0)
        }
        return plan(Moment(name: name, side: side, occurrence: occurrence, isAlone: isAlone, refusal: refusal))
    }

    fileprivate func hold(_ resume: @escaping @Sendable () -> Void) { state.withLockedValue { $0.held.append(resume) } }

    fileprivate func name(of request: ByteBuffer) -> String {
        let words = RESPFrames.words(of: request, atMost: 2)
        guard let command = words.first?.uppercased() else { return "?" }
        switch command {
        case "EVALSHA", "FCALL": return words.last.flatMap { scripts[$0] } ?? "\(command) of nobody"
        case "CLIENT", "CONFIG", "SCRIPT": return "\(command) \(words.last?.uppercased() ?? "")"
        default: return command
        }
    }
}

/// A client's connection and the one to Redis that belongs to it. Confined to the proxy's thread.
private final class FaultedConnection {
    private let proxy: FaultProxy
    private let client: any Channel
    private var server: (any Channel)?
    private var frames: [FaultProxy.Side: RESPFrames] = [.request: RESPFrames(), .reply: RESPFrames()]
    private var held: Set<FaultProxy.Side> = []
    /// Names of the requests that wait for their reply.
    private var waiting: [String] = []
    private var isSubscribed = false
    /// Nothing passes any more, in either direction.
    private var isDead = false
    /// Redis is not told that the client has gone.
    private var outlivesClient = false
    private var isClientGone = false

    init(_ client: any Channel, _ proxy: FaultProxy) {
        self.client = client
        self.proxy = proxy
    }

    func open() {
        let this = NIOLoopBound(self, eventLoop: client.eventLoop)
        proxy.connectToServer(on: client.eventLoop, Doorway(self, .reply)).assumeIsolated().whenComplete { result in
            switch result {
            case .failure: self.client.close(promise: nil)
            case .success(let server):
                this.value.server = server
                self.client.setOption(.autoRead, value: true).assumeIsolated().whenSuccess { self.client.read() }
            }
        }
    }

    func take(_ bytes: ByteBuffer, _ side: FaultProxy.Side) {
        guard !isDead else { return }
        frames[side]?.append(bytes)
        pump(side)
    }

    /// One end has gone, so the other goes too, but for half-open connections.
    func ended(_ side: FaultProxy.Side) {
        if !isDead {
            // What is held of a client arrives although it has gone, as what a network has taken does.
            if side == .request, held.contains(.request) { isClientGone = true } else { end() }
        } else if side == .request, !outlivesClient {
            server?.close(promise: nil)
        }
    }

    private func pump(_ side: FaultProxy.Side) {
        while !isDead, !held.contains(side), let frame = frames[side]?.next() {
            if side == .request { passRequest(frame) } else { passReply(frame) }
        }
    }

    private func passRequest(_ frame: ByteBuffer) {
        let name = proxy.name(of: frame)
        let fault = proxy.fault(name, .request, isAlone: waiting.isEmpty)
        if name == "SUBSCRIBE" { isSubscribed = true }
        waiting.append(name)
        pass(frame, .request, fault)
    }

    private func passReply(_ frame: ByteBuffer) {
        let name = waiting.isEmpty ? "push" : waiting.removeFirst()
        // What a subscription says is not numbered like replies are.
        if isSubscribed { waiting = [] }
        let first = frame.getInteger(at: frame.readerIndex, as: UInt8.self)
        let refusal = first == UInt8(ascii: "-") ? frame.getString(at: frame.readerIndex + 1, length: 6) : nil
        pass(frame, .reply, proxy.fault(name, .reply, isAlone: waiting.isEmpty, refusal: refusal))
        if isClientGone { endOnceAnswered() }
    }

    private func pass(_ frame: ByteBuffer, _ side: FaultProxy.Side, _ fault: FaultProxy.Fault?) {
        let target = side == .request ? server : client
        switch fault {
        case nil: target?.writeAndFlush(frame, promise: nil)
        case .silence: isDead = true
        case .close: end()
        case .cut:
            let half = frame.getSlice(at: frame.readerIndex, length: frame.readableBytes / 2) ?? ByteBuffer()
            target?.writeAndFlush(half, promise: nil)
            end()
        case .duplicate:
            var twice = frame
            twice.writeImmutableBuffer(frame)
            target?.writeAndFlush(twice, promise: nil)
        case .loseServer:
            isDead = true
            server?.close(promise: nil)
        case .loseClient:
            isDead = true
            outlivesClient = true
            client.close(promise: nil)
            closeServerInTheEnd()
        case .hold:
            held.insert(side)
            let this = NIOLoopBound(self, eventLoop: client.eventLoop)
            proxy.hold { [eventLoop = client.eventLoop] in
                eventLoop.execute {
                    this.value.held.remove(side)
                    target?.writeAndFlush(frame, promise: nil)
                    this.value.pump(side)
                    if this.value.isClientGone { this.value.endOnceAnswered() }
                }
            }
        }
    }

    /// Of a client that has gone: what it sent is answered all the same.
    private func endOnceAnswered() {
        guard !isDead, !held.contains(.request) else { return }
        if waiting.isEmpty { end() } else { closeServerInTheEnd() }
    }

    /// As Redis' keepalive would find out.
    private func closeServerInTheEnd() {
        server?.eventLoop.scheduleTask(in: .seconds(10)) { [server] in server?.close(promise: nil) }
    }

    private func end() {
        isDead = true
        client.close(promise: nil)
        server?.close(promise: nil)
    }
}

/// Hands what one end sends to the connection it belongs to.
private final class Doorway: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let connection: FaultedConnection
    private let side: FaultProxy.Side

    init(_ connection: FaultedConnection, _ side: FaultProxy.Side) {
        self.connection = connection
        self.side = side
    }

    func channelActive(context: ChannelHandlerContext) {
        if side == .request { connection.open() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { connection.take(unwrapInboundIn(data), side) }

    func channelInactive(context: ChannelHandlerContext) { connection.ended(side) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
