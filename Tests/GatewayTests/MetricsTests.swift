import Platform
import Testing

@testable import Gateway

@Suite("The gateway counts what it does", .timeLimit(.minutes(1)))
struct MetricsTests {
    @Test("each delivery is counted once, by its outcome")
    func outcomes() async throws {
        let registry = PrometheusRegistry()
        try await withGateway(metrics: registry) { gateway in
            for text in [event("e1"), event("e1"), event("e2"), delivery("[]"), delivery(eventBody("e3", token: "x"))] {
                _ = try await gateway.request(text)
            }
            gateway.sink.behave(.fail)
            _ = try await gateway.request(event("e4"))
        }
        let page = registry.render()
        for (outcome, count) in [
            ("stored", 2), ("duplicate", 1), ("malformed", 1), ("wrong_token", 1), ("unavailable", 1), ("too_large", 0),
        ] {
            #expect(page.contains("gateway_events_total{outcome=\"\(outcome)\"} \(count)\n"))
        }
        #expect(page.contains("gateway_event_seconds_count 6\n"))
        #expect(page.contains("gateway_connections 0\n"))
    }
}
