import Hummingbird
import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import Gateway

@Suite("The router's connections have their tasks in the server")
struct RoutedConnectionsTests {
    @Test("a connection that comes when the server has ended is closed, whatever ended it", arguments: [false, true])
    func tooLate(isCancelled: Bool) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let router = Router(context: GatewayRequestContext.self)
        let connections = RoutedConnections(
            router: RouterChannel(router.buildResponder(), logger: logger),
            logger: logger
        )
        let serving = Task { await connections.answer { if isCancelled { try? await Task.sleep(for: .seconds(600)) } } }
        if isCancelled { serving.cancel() }
        await serving.value

        let channel = EmbeddedChannel()
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
        #expect(channel.isActive)
        connections.attach(channel)
        #expect(!channel.isActive)
        channel.embeddedEventLoop.run()  // The rest of closing: a pipeline's parts hold each other until then.
    }
}
