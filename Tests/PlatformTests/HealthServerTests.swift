import HTTP
import HTTPClient
import Logging
import Synchronization
import Testing

@testable import Platform

@Suite("Health server")
struct HealthServerTests {
    private struct Down: Error, CustomStringConvertible {
        let description = "down"
    }

    /// Serves while `body` runs, which is given the address.
    private func serving(_ checks: [ReadinessCheck], _ body: (String) async throws -> Void) async throws {
        let ports = AsyncStream.makeStream(of: Int.self)
        let server = HealthServer(
            host: "127.0.0.1",
            port: 0,
            metrics: { PrometheusRegistry().render() },
            checks: checks,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            onListening: { ports.continuation.yield($0) }
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            var port = ports.stream.makeAsyncIterator()
            try await body("http://127.0.0.1:\(try #require(await port.next()))")
            group.cancelAll()
        }
    }

    @Test("answers health, readiness and metrics, and nothing else")
    func routes() async throws {
        let isUp = Atomic<Bool>(true)
        let check = ReadinessCheck(name: "redis") { if !isUp.load(ordering: .relaxed) { throw Down() } }
        try await serving([check]) { url in
            let http = HTTPClient()
            func get(_ path: String, method: String = "GET") async throws -> (Int, String) {
                let response = try await http.execute(HTTPClientRequest(method: method, url: url + path))
                return (response.status, String(decoding: response.body, as: UTF8.self))
            }
            let health = try await get("/healthz")
            #expect(health.0 == 200 && health.1.hasPrefix(#"{"status":"healthy","uptime":"#))
            let ready = try await get("/readyz?x=1")
            #expect(ready == (200, #"{"status":"ready","checks":{"redis":"ok"}}"#))
            isUp.store(false, ordering: .relaxed)
            let unready = try await get("/readyz")
            #expect(unready == (503, #"{"status":"unready","checks":{"redis":"down"}}"#))
            let metrics = try await get("/metrics")
            #expect(metrics.1.contains("process_resident_memory_bytes"))
            let others = [try await get("/").0, try await get("/healthz", method: "DELETE").0]
            #expect(others == [404, 405])
            let head = try await get("/healthz", method: "HEAD")
            #expect(head == (200, ""))
            await http.shutdown()
        }
    }
}
