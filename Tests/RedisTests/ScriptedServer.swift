import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// A server that answers commands as a test says, in the bytes of RESP, and remembers them.
final class ScriptedServer: Sendable {
    typealias Script = @Sendable (_ command: [String]) -> String?

    private let channel: any Channel
    private let state: NIOLockedValueBox<State>

    private struct State {
        var script: Script
        var commands: [[String]] = []
    }

    /// The port on 127.0.0.1.
    var port: Int { channel.localAddress?.port ?? 0 }

    /// Every command so far, of all connections, but for those of the handshake.
    var commands: [[String]] { state.withLockedValue { $0.commands } }

    private init(channel: any Channel, state: NIOLockedValueBox<State>) {
        self.channel = channel
        self.state = state
    }

    /// A server that answers handshakes by itself. `script` answers the rest; nil: with nothing.
    static func start(_ script: @escaping Script) async throws -> ScriptedServer {
        let state = NIOLockedValueBox(State(script: script))
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture {
                    try child.pipeline.syncOperations.addHandler(
                        Handler { command in
                            if command[0] == "PING" { return "+PONG\r\n" }
                            let script = state.withLockedValue { state in
                                state.commands.append(command)
                                return state.script
                            }
                            return script(command)
                        }
                    )
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return ScriptedServer(channel: channel, state: state)
    }

    /// Changes the script.
    func answer(_ script: @escaping Script) { state.withLockedValue { $0.script = script } }

    func stop() async throws { try await channel.close() }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let answer: ([String]) -> String?
        private var text = ""

        init(_ answer: @escaping ([String]) -> String?) { self.answer = answer }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            text += String(buffer: unwrapInboundIn(data))
            var lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)[...]
            // Commands of tests hold no line breaks, so a command is one line and two for each argument.
            while let count = lines.first.flatMap({ Int($0.dropFirst()) }), lines.count > 2 * count + 1 {
                let command = stride(from: 2, through: 2 * count, by: 2).map { String(lines[lines.startIndex + $0]) }
                lines = lines.dropFirst(2 * count + 1)
                guard let reply = answer(command) else { continue }
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: reply)), promise: nil)
            }
            text = lines.joined(separator: "\r\n")
        }
    }
}

/// The bytes of replies.
enum Reply {
    static func bulk(_ text: String) -> String { "$\(text.utf8.count)\r\n\(text)\r\n" }
    static func array(_ parts: String...) -> String { "*\(parts.count)\r\n" + parts.joined() }
    static func integer(_ number: Int) -> String { ":\(number)\r\n" }
}
