import NIOConcurrencyHelpers
import NIOCore

/// Cuts what a process says into lines, for a transport that is made after it.
final class LineHandler: Sendable {
    enum Line: Sendable {
        case text([UInt8])
        /// A line beyond the bound: nothing after it can be trusted to begin anywhere.
        case tooLong
    }

    private struct State {
        var taker: (@Sendable (Line) -> Void)?
        /// Said before there was a taker.
        var early: [Line] = []
    }

    private let maximumBytes: Int
    private let state = NIOLockedValueBox(State())

    init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

    /// The handler of one channel.
    var handler: some ChannelHandler { Handler(lines: self, maximumBytes: maximumBytes) }

    /// Hands lines over from now on, those that came before first.
    func begin(_ taker: @escaping @Sendable (Line) -> Void) {
        let early = state.withLockedValue { state in
            state.taker = taker
            defer { state.early = [] }
            return state.early
        }
        for line in early { taker(line) }
    }

    private func hand(over line: Line) {
        let taker = state.withLockedValue { state in
            // A server speaks only when it is spoken to, so what it says early is little.
            if state.taker == nil, state.early.count < 16 { state.early.append(line) }
            return state.taker
        }
        taker?(line)
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let lines: LineHandler
        private let maximumBytes: Int
        private var rest: [UInt8] = []

        init(lines: LineHandler, maximumBytes: Int) {
            self.lines = lines
            self.maximumBytes = maximumBytes
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            for byte in unwrapInboundIn(data).readableBytesView {
                if byte == UInt8(ascii: "\n") {
                    if !rest.isEmpty { lines.hand(over: .text(rest)) }
                    rest.removeAll(keepingCapacity: rest.count < 65_536)
                } else if rest.count < maximumBytes {
                    rest.append(byte)
                } else {
                    lines.hand(over: .tooLong)
                    context.close(promise: nil)
                    return
                }
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
