import Logging

/// What all connections share.
struct ConnectionContext: Sendable {
    let limits: ConnectionLimits
    let ingress: EventIngress
    let router: RouterChannel
    let metrics: GatewayMetrics
    let logger: Logger
    let log: IngressLog
}
