import Logging
import NIOCore

/// What all connections share.
struct ConnectionContext: Sendable {
    let limits: ConnectionLimits
    let ingress: EventIngress
    let router: RouterChannel
    let metrics: GatewayMetrics
    let logger: Logger
    let log: IngressLog

    /// Adds the router's handlers to the end of a connection's pipeline and starts answering what comes through them.
    ///
    /// Called on the channel's event loop. The task lives as long as the connection, and the server waits for every
    /// connection to close before it ends.
    func attachRouter(_ channel: any Channel) {
        do {
            let exchange = try router.attach(channel)
            Task { await router.handle(value: exchange, logger: logger) }
        } catch {
            logger.error("router could not be attached", metadata: [LogKey.error: "\(error)"])
            channel.close(promise: nil)
        }
    }
}
