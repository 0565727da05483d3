import Feishu
import Foundation
import NIOConcurrencyHelpers
import NIOCore
import NIOSSL
import Platform
import TestSupport
import Testing

@testable import Gateway

private struct Away: Error, CustomStringConvertible {
    let description = "away"
}

@Suite("The server serves, encrypts and stops", .timeLimit(.minutes(1)))
struct ServerTests {
    @Test("/healthz tells the uptime, /metrics the metrics, and an unknown path is 404, all but metrics as JSON")
    func operational() async throws {
        try await withGateway { gateway in
            let health = try await gateway.request("GET /healthz HTTP/1.1\r\nHost: g\r\n\r\n")
            #expect(health.body.wholeMatch(of: /\{"status":"healthy","uptime":\d+\}/) != nil)
            #expect(health.headers["content-type"] == "application/json; charset=utf-8")
            let metrics = try await gateway.request("GET /metrics HTTP/1.1\r\nHost: g\r\n\r\n")
            #expect(metrics.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(metrics.body == "gateway_connections 1\n")
            let missing = try await gateway.request("GET /nothing HTTP/1.1\r\nHost: g\r\n\r\n")
            #expect(missing.status == 404)
            #expect(missing.body.contains(#""code":"not_found""#))
        }
    }

    @Test("/readyz is 200 when ready, else 503 with the reason")
    func readiness() async throws {
        try await withGateway { gateway in
            try await gateway.expect(200, for: "GET /readyz HTTP/1.1\r\nHost: g\r\n\r\n")
        }
        try await withGateway(checks: [ReadinessCheck(name: "redis") { throw Away() }]) { gateway in
            let response = try await gateway.request("GET /readyz HTTP/1.1\r\nHost: g\r\n\r\n")
            #expect(response.status == 503)
            #expect(response.body == #"{"status":"unready","checks":{"redis":"away"}}"#)
        }
    }

    @Test("a graceful stop answers what is in flight, closes what is idle, and accepts no more")
    func gracefulStop() async throws {
        try await withGateway(sink: FakeSink(.hold)) { gateway in
            let idle = try await gateway.connect()
            try await idle.send("GET /healthz HTTP/1.1\r\nHost: g\r\n\r\n")
            _ = try await idle.response()
            let busy = try await gateway.connect()
            try await busy.send(event("e1"))
            var holds = gateway.sink.holds.makeAsyncIterator()
            _ = await holds.next()

            await gateway.stop()
            #expect(await idle.rest().isEmpty)
            await #expect(throws: (any Error).self) { try await gateway.connect() }
            gateway.sink.release()
            let response = try await busy.response()
            #expect(response.status == 200)
            #expect(response.headers["connection"] == "close")
            #expect(await busy.rest().isEmpty)
        }
    }

    @Test("a stop ends after the grace period, whatever a client does")
    func boundedStop() async throws {
        let started = ContinuousClock.now
        try await withGateway(grace: .milliseconds(200), limits: { $0.storeTimeout = .seconds(60) }) { gateway in
            let connection = try await gateway.connect()
            try await connection.send(
                "POST /api/feishu/events HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n"
            )
            try await connection.send("GET")
            await gateway.stop()
            #expect(await connection.rest().isEmpty)
        }
        #expect(started.duration(to: .now) < .seconds(5))
    }

    @Test("a stop cancels what the router still does for a client that is gone, and waits for its end")
    func routedStop() async throws {
        let (started, starting) = AsyncStream<Void>.makeStream()
        let hasEnded = NIOLockedValueBox(false)
        let endless = ReadinessCheck(name: "endless", deadline: .seconds(600)) {
            defer { hasEnded.withLockedValue { $0 = true } }
            starting.yield()
            try await Task.sleep(for: .seconds(600))
        }
        try await withGateway(checks: [endless], grace: .zero) { gateway in
            let connection = try await gateway.connect()
            try await connection.send("GET /readyz HTTP/1.1\r\nHost: g\r\n\r\n")
            var starts = started.makeAsyncIterator()
            await starts.next()
            await gateway.stop()
            #expect(await connection.rest().isEmpty)
        }
        #expect(hasEnded.withLockedValue { $0 })
    }

    @Test("events come over TLS 1.2 and later, and plain HTTP is not spoken there")
    func tls() async throws {
        let certificates = try TestCertificates.make()
        defer { certificates.remove() }
        let identity = TLSIdentity(
            certificatePath: certificates.server.path,
            privateKeyPath: certificates.serverKey.path
        )
        var client = TLSConfiguration.makeClientConfiguration()
        client.trustRoots = .file(certificates.authority.path)
        var outdatedClient = client
        outdatedClient.minimumTLSVersion = .tlsv1
        outdatedClient.maximumTLSVersion = .tlsv11
        try await withGateway(tls: identity.makeContext()) { gateway in
            let connection = try await gateway.connect(tls: NIOSSLContext(configuration: client))
            try await connection.send(event("e1") + "GET /healthz HTTP/1.1\r\nHost: g\r\nConnection: close\r\n\r\n")
            #expect(try await connection.response().status == 200)
            #expect(try await connection.response().status == 200)
            #expect(await connection.rest().isEmpty)

            let old = try await gateway.connect(tls: NIOSSLContext(configuration: outdatedClient))
            try? await old.send(event("e2"))
            #expect(await old.rest().isEmpty)

            let plain = try await gateway.connect()
            try await plain.send(event("e3"))
            let answer = await plain.rest()
            #expect(!answer.contains("HTTP/1.1 200"))
            #expect(gateway.sink.events.map(\.eventID) == ["e1"])
        }
    }
}
