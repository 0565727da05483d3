import JSON
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOPosix

/// A vendor's server that is not there: OpenAI-compatible chat completions, streamed or whole, and transcriptions, over
/// real HTTP, with whatever goes wrong in the world.
///
/// Made for many streams at once: a stream is a few hundred bytes beside its connection, and all of an event loop share
/// one timer.
package final class FakeModelServer: Sendable {
    /// What the server has seen so far.
    package struct Tally: Sendable {
        /// The first ten thousand.
        package var requests: [FakeModelRequest] = []
        package var requestCount = 0
        package var uploads: [FakeModelUpload] = []
        package var openStreams = 0
        package var mostOpenStreams = 0
        /// Answers that went out to their end.
        package var completed = 0
        /// Answers that were cut, by a client that left or by a fault.
        package var broken = 0
    }

    package typealias Answering = @Sendable (FakeModelRequest) -> FakeModelAnswer
    package typealias Transcribing = @Sendable (FakeModelUpload) -> String

    package static let maximumBodyBytes = 64 << 20

    /// What connections share.
    final class Core: Sendable {
        let answering: Answering
        let transcribing: Transcribing
        let models: [String]
        let tally = NIOLockedValueBox(Tally())

        init(answering: @escaping Answering, transcribing: @escaping Transcribing, models: [String]) {
            self.answering = answering
            self.transcribing = transcribing
            self.models = models
        }

        func note(_ make: (Int) -> FakeModelRequest) -> FakeModelRequest {
            tally.withLockedValue { tally in
                let request = make(tally.requestCount)
                tally.requestCount += 1
                if tally.requests.count < 10_000 { tally.requests.append(request) }
                return request
            }
        }

        func note(_ upload: FakeModelUpload) { tally.withLockedValue { $0.uploads.append(upload) } }

        func streamBegan() {
            tally.withLockedValue { tally in
                tally.openStreams += 1
                tally.mostOpenStreams = max(tally.mostOpenStreams, tally.openStreams)
            }
        }

        func streamEnded(completely: Bool) {
            tally.withLockedValue { tally in
                tally.openStreams -= 1
                if completely { tally.completed += 1 } else { tally.broken += 1 }
            }
        }
    }

    package let port: Int
    /// The base URL for a client, such as `http://127.0.0.1:41234/v1`.
    package let url: String
    private let core: Core
    private let channel: any Channel
    private let children: NIOLockedValueBox<[ObjectIdentifier: any Channel]>

    package var tally: Tally { core.tally.withLockedValue { $0 } }

    /// Listens on `port` of 127.0.0.1, 0 for a free one. `answering` is called on an event loop and must not block.
    package static func start(
        port: Int = 0,
        models: [String] = ["fake-model"],
        transcribing: @escaping Transcribing = { "\($0.file.count) bytes of \($0.fileType)" },
        answering: @escaping Answering
    ) async throws -> FakeModelServer {
        let group = MultiThreadedEventLoopGroup.singleton
        let core = Core(answering: answering, transcribing: transcribing, models: models)
        let wheels = Dictionary(
            uniqueKeysWithValues: group.makeIterator().map { (ObjectIdentifier($0), PaceWheel($0)) }
        )
        let children = NIOLockedValueBox<[ObjectIdentifier: any Channel]>([:])
        let channel = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4_096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { child in
                children.withLockedValue { $0[ObjectIdentifier(child)] = child }
                child.closeFuture.whenComplete { _ in
                    _ = children.withLockedValue { $0.removeValue(forKey: ObjectIdentifier(child)) }
                }
                return child.eventLoop.makeCompletedFuture {
                    let wheel = wheels[ObjectIdentifier(child.eventLoop)] ?? PaceWheel(child.eventLoop)
                    let pipeline = child.pipeline.syncOperations
                    try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
                    try pipeline.addHandler(FakeModelHandler(server: core, wheel: wheel))
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        return FakeModelServer(core: core, channel: channel, children: children)
    }

    private init(core: Core, channel: any Channel, children: NIOLockedValueBox<[ObjectIdentifier: any Channel]>) {
        self.core = core
        self.channel = channel
        self.children = children
        port = channel.localAddress?.port ?? 0
        url = "http://127.0.0.1:\(port)/v1"
    }

    /// Runs a body against a server and stops it afterwards.
    package static func with<Value>(
        transcribing: @escaping Transcribing = { _ in "" },
        answering: @escaping Answering,
        _ body: (FakeModelServer) async throws -> Value
    ) async throws -> Value {
        let server = try await start(transcribing: transcribing, answering: answering)
        do {
            let value = try await body(server)
            try await server.stop()
            return value
        } catch {
            try await server.stop()
            throw error
        }
    }

    /// Waits until nobody is connected any more: then all that clients which are gone had sent was read and counted.
    ///
    /// - Throws: Where somebody stays connected.
    package func abandoned() async throws {
        guard let address = channel.localAddress else { return }
        let own = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(to: address).get()
        let port = own.localAddress?.port
        // Connections are accepted in the order in which they came: with this one all before it were.
        try await eventually("the end of all connections") {
            self.children.withLockedValue { $0.values.map(\.remoteAddress?.port) } == [port]
        }
        try await own.close()
    }

    /// Stops listening and closes every connection.
    package func stop() async throws {
        try await channel.close()
        for child in children.withLockedValue({ Array($0.values) }) { child.close(promise: nil) }
    }

    /// Returns once the server is stopped.
    package func untilStopped() async throws { try await channel.closeFuture.get() }
}
