import TestSupport
import Testing

@testable import PluginKit

@Suite("Requests of strangers")
struct BoundsTests {
    /// Sends text as it is and returns what comes back.
    private func response(
        to text: String,
        limits: ServerLimits = ServerLimits(of: Echo.manifest)
    ) async throws -> RawConnection.Response {
        var response: RawConnection.Response?
        try await ServedPlugin.with(limits: limits) { plugin in
            let connection = try await RawConnection.open(port: plugin.port)
            try await connection.send(text)
            response = try await connection.response()
            _ = await connection.rest()
        }
        return try #require(response)
    }

    @Test(
        "are refused by their head, and the connection ends",
        arguments: [
            ("Content-Length: 1048577", 413), ("Transfer-Encoding: chunked", 411), ("X-Nothing: 1", 411),
        ]
    )
    func lengths(field: String, status: Int) async throws {
        let response = try await response(to: "POST /handle_message HTTP/1.1\r\nHost: a\r\n\(field)\r\n\r\n")
        #expect(response.status == status)
        #expect(response.headers["connection"] == "close")
    }

    @Test("may send large bodies only to a plugin that takes files")
    func files() {
        let manifest = Manifest(name: "a", version: "1.0.0", permissions: [.messageAttachments])
        #expect(ServerLimits(of: manifest).bodyBytes == 16 << 20)
        #expect(ServerLimits(of: Echo.manifest).bodyBytes == 1 << 20)
    }

    @Test("may not have large heads")
    func heads() async throws {
        let field = "X-Large: \(String(repeating: "a", count: 40 << 10))"
        #expect(try await response(to: "GET /health HTTP/1.1\r\nHost: a\r\n\(field)\r\n\r\n").status == 400)
    }

    @Test("may not take their time with a body")
    func slowBody() async throws {
        let limits = ServerLimits(of: Echo.manifest, body: .milliseconds(50))
        let response = try await response(
            to: "POST /handle_message HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n{",
            limits: limits
        )
        #expect(response.status == 408)
    }

    @Test("may not take their time with a head")
    func slowHead() async throws {
        let limits = ServerLimits(of: Echo.manifest, idle: .milliseconds(50))
        try await ServedPlugin.with(limits: limits) { plugin in
            let connection = try await RawConnection.open(port: plugin.port)
            try await connection.send("GET /health HTT")
            #expect(await connection.rest() == "")
        }
    }

    @Test("together take no more memory than they may")
    func budget() async throws {
        let budget = BodyBudget(10)
        let inner = await budget.with(6) { await budget.with(6) { true } }
        #expect(inner == .some(nil))
        let whole = await budget.with(10) { true }
        #expect(whole == true)
    }
}
