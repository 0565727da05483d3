import CoreMetrics
import Metrics

/// Every metric of the gateway, made once.
struct GatewayMetrics: Sendable {
    /// From an event's last byte to its answer.
    let eventSeconds: Metrics.Timer
    /// Connections open now.
    let connections: Gauge
    /// Connections turned away because too many were open.
    let connectionsRefused: Counter
    private let events: [EventOutcome: Counter]
    private let stored: Counter?

    /// - Parameter factory: Where they are kept; by default the process's metrics system.
    init(factory: any MetricsFactory = MetricsSystem.factory) {
        self.eventSeconds = Metrics.Timer(label: "gateway_event_seconds", factory: factory)
        self.connections = Gauge(label: "gateway_connections", factory: factory)
        self.connectionsRefused = Counter(label: "gateway_connections_refused_total", factory: factory)
        self.events = Dictionary(
            uniqueKeysWithValues: EventOutcome.allCases.map { outcome in
                let labels = [("outcome", outcome.label)]
                return (outcome, Counter(label: "gateway_events_total", dimensions: labels, factory: factory))
            }
        )
        self.stored = events[.stored]
    }

    /// Counts a delivery's end.
    func count(_ outcome: EventOutcome) {
        let counter = outcome == .stored ? stored : events[outcome]
        counter?.increment()
    }
}
