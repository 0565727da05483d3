import NIOCore
import NIOPosix
import Redis
import Testing
import TestSupport

@Suite struct ProtocolTests {
    @Test("replies of many megabytes and nested arrays arrive whole")
    func bigReplies() async throws {
        try await RedisServer.with { server in
            let client = try makeClient(server)
            defer { client.close() }
            let value = Array(repeating: Array(0...255), count: 80_000).flatMap { $0 } as [UInt8]
            _ = try await client.send(RedisCommand("SET", "big", value), timeout: .seconds(60))
            #expect(try await client.send(RedisCommand("GET", "big"), timeout: .seconds(60)) == .bytes(value))
            let source = "return {1, {'a', {}, {false, {2}}}, {err='E x'}, {ok='S'}}"
            let nested = RedisScript(name: "nested", source: source)
            let expected: RedisReply = .array([
                .integer(1), .array([.bytes([97]), .array([]), .array([.null, .array([.integer(2)])])]),
                .error("E x"), .status("S"),
            ])
            #expect(try await client.evaluate(nested, keys: []) == expected)
            let many = RedisScript(name: "many", source: "local t = {} for i = 1, 50000 do t[i] = i end return t")
            #expect(try await client.evaluate(many, keys: [], timeout: .seconds(60)).array?.last == .integer(50_000))
        }
    }

    @Test("a pipeline runs in order and keeps errors in their places")
    func pipeline() async throws {
        try await RedisServer.with { server in
            let client = try makeClient(server)
            defer { client.close() }
            let results = try await client.send(pipeline: [
                RedisCommand("SET", "k", 1), RedisCommand("LPUSH", "k", 1), RedisCommand("INCR", "k"),
            ])
            #expect(results.count == 3)
            #expect(try results[0].get() == .status("OK"))
            #expect(throws: RedisError.self) { try results[1].get() }
            #expect(try results[2].get() == .integer(2))
            #expect(try await client.send(pipeline: []).isEmpty)
        }
    }

    @Test(
        "a server that sends junk ends the connection with an error",
        arguments: [
            "HTTP/1.1 400 Bad Request\r\n\r\n", "+OK\r\n+unasked\r\n", "*2000000000\r\n\u{0}", "",
        ]
    )
    func junk(answer: String) async throws {
        let server = try await FakeServer.start(answer: answer)
        let configuration = try RedisConfiguration(url: "redis://127.0.0.1:\(server.port)")
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let connection = try await RedisConnection.connect(configuration: configuration, on: loop).get()
        let result: Result<RedisReply, RedisError>
        do throws(RedisError) {
            result = .success(try await connection.send(RedisCommand("GET", "k"), timeout: .seconds(60)))
        } catch {
            result = .failure(error)
        }
        switch result {
        case .success(let reply): #expect(answer.hasPrefix("+OK") && reply == .status("OK"))
        case .failure(let error):
            #expect(error.code == (answer.isEmpty ? .connectionLost : .protocolViolation))
            #expect(error.outcomeUnknown)
        }
        try await connection.closeFuture.get()
        try await server.stop()
    }
}

/// Answers the handshake's PING, then the next request with given bytes; with none it hangs up instead.
private struct FakeServer: Sendable {
    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let answer: String
        private var greeted = false

        init(answer: String) { self.answer = answer }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            if greeted, answer.isEmpty { return context.close(promise: nil) }
            let text = greeted ? answer : "+PONG\r\n"
            greeted = true
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
        }
    }

    let channel: any Channel
    var port: Int { channel.localAddress?.port ?? 0 }

    static func start(answer: String) async throws -> FakeServer {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture {
                    try child.pipeline.syncOperations.addHandler(Handler(answer: answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return FakeServer(channel: channel)
    }

    func stop() async throws { try await channel.close() }
}
