import Foundation
import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import Gateway

@Suite("Accepting survives a process that ran out of file descriptors")
struct AcceptBackoffTests {
    /// Counts the reads that reach the listener.
    private final class ReadCounter: ChannelOutboundHandler {
        typealias OutboundIn = Never
        var reads = 0

        func read(context: ChannelHandlerContext) { reads += 1 }
    }

    @Test("after an error the listener pauses, and then accepts again by itself")
    func pauses() throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let listener = ReadCounter()
        let channel = EmbeddedChannel(handlers: [listener, AcceptBackoff(pause: .milliseconds(100), logger: logger)])
        channel.read()
        #expect(listener.reads == 1)

        channel.pipeline.fireErrorCaught(IOError(errnoCode: EMFILE, reason: "accept"))
        channel.read()
        #expect(listener.reads == 1)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(99))
        #expect(listener.reads == 1)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(listener.reads == 2)
        channel.read()
        #expect(listener.reads == 3)
        // A pipeline's parts hold each other until it is closed.
        #expect(try channel.finish().isClean)
    }
}
