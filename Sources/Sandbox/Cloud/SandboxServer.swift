import HTTPTypes
import Hummingbird
package import Logging
import NIOCore
import ServiceLifecycle

/// Serves the cloud over HTTP and delivers its events, until graceful shutdown.
package struct SandboxServer: Service {
    private let cloud: FeishuCloud
    private let logger: Logger
    private let ready: @Sendable (Int) async -> Void

    /// A server of this cloud; `ready` is called with the port once it listens.
    package init(
        cloud: FeishuCloud,
        logger: Logger,
        ready: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.cloud = cloud
        self.logger = logger
        self.ready = ready
    }

    /// - Throws: what keeps it from listening, such as a port in use.
    package func run() async throws {
        cloud.followDeliveries()
        let router = Router(context: SandboxContext.self)
        OpenInterface(cloud: cloud).addRoutes(to: router)
        ControlInterface(cloud: cloud).addRoutes(to: router)
        ChatPage.addRoutes(to: router)
        ReadingPages(cloud: cloud).addRoutes(to: router)
        let configuration = cloud.configuration
        let application = Application(
            router: router,
            server: .http1(configuration: .init(idleTimeout: .seconds(60))),
            configuration: .init(
                address: .hostname(configuration.host, port: configuration.port),
                serverName: nil
            ),
            services: [cloud.courier],
            onServerRunning: { channel in await ready(channel.localAddress?.port ?? configuration.port) },
            logger: logger
        )
        try await application.run()
    }
}
