import NIOCore
import TestSupport
import Testing

@testable import Gateway

@Suite("What is over a limit is refused with a reason", .timeLimit(.minutes(1)))
struct ConnectionLimitTests {
    @Test(
        "an announced length over the limit is 413 before the body is sent",
        arguments: ["/api/feishu/events", "/echo"]
    )
    func announcedTooLarge(path: String) async throws {
        try await withGateway { gateway in
            let connection = try await gateway.connect()
            try await connection.send(
                "POST \(path) HTTP/1.1\r\nHost: g\r\nContent-Type: application/json\r\nContent-Length: 1048577\r\n\r\n"
            )
            let response = try await connection.response()
            #expect(response.status == 413)
            #expect(response.headers["connection"] == "close")
            try await connection.close()
        }
    }

    @Test("a chunked body that grows over the limit is 413", arguments: ["/api/feishu/events", "/echo"])
    func countedTooLarge(path: String) async throws {
        try await withGateway(limits: { $0.bodyBytes = 100 }) { gateway in
            let connection = try await gateway.connect()
            let chunk = "32\r\n" + String(repeating: "x", count: 50) + "\r\n"
            let head = "POST \(path) HTTP/1.1\r\nHost: g\r\nContent-Type: application/json\r\n"
            try await connection.send(head + "Transfer-Encoding: chunked\r\n\r\n" + chunk + chunk + chunk)
            #expect(try await connection.response().status == 413)
            #expect(gateway.sink.events.isEmpty)
            try await connection.close()
        }
    }

    @Test("a body of exactly the limit is taken")
    func exactlyTheLimit() async throws {
        try await withGateway(limits: { $0.bodyBytes = eventBody("e1").utf8.count }) { gateway in
            try await gateway.expect(200, for: event("e1"))
            try await gateway.expect(413, for: event("e10"))
        }
    }

    @Test("one long header, long headers together, and many headers are each 431")
    func headersTooLarge() async throws {
        try await withGateway { gateway in
            let long = "X-Long: \(String(repeating: "x", count: 17 << 10))\r\n"
            let together = (0..<40).map { "X-\($0): \(String(repeating: "x", count: 1_000))\r\n" }.joined()
            let many = (0..<101).map { "X-\($0): y\r\n" }.joined()
            for headers in [long, together, many] {
                let response = try await gateway.request("GET /healthz HTTP/1.1\r\nHost: g\r\n\(headers)\r\n")
                #expect(response.status == 431)
            }
        }
    }

    @Test(
        "bytes that are not HTTP, and lengths that contradict each other, are 400",
        arguments: [
            "hello\r\n\r\n",
            "POST /api/feishu/events HTTP/1.1\r\nHost: g\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\ne1",
            "POST /api/feishu/events HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "POST /api/feishu/events HTTP/1.1\r\nHost: g\r\nContent-Length: -1\r\n\r\n",
            "POST /api/feishu/events HTTP/1.1\r\nHost: g\r\nContent-Length: 99999999999999999999\r\n\r\n",
            "POST /api/feishu/events HTTP/1.1\r\nHost: g\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        ]
    )
    func malformed(request: String) async throws {
        try await withGateway { gateway in
            let connection = try await gateway.connect()
            try await connection.send(request)
            #expect(try await connection.response().status == 400)
            #expect(gateway.sink.events.isEmpty)
            try await connection.close()
        }
    }

    @Test("a head that does not end in time is 408")
    func slowHead() async throws {
        // Long enough for the bytes to arrive first: a connection that is silent until then is closed without a word.
        try await withGateway(limits: { $0.headerTimeout = .seconds(1) }) { gateway in
            let response = try await gateway.request("POST /api/feishu/events HTTP/1.1\r\nHost:")
            #expect(response.status == 408)
            #expect(response.headers["connection"] == "close")
        }
    }

    @Test("a body that does not end in time is 408", arguments: ["/api/feishu/events", "/echo"])
    func slowBody(path: String) async throws {
        try await withGateway(limits: { $0.bodyTimeout = .milliseconds(100) }) { gateway in
            let request =
                "POST \(path) HTTP/1.1\r\nHost: g\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\nabc"
            try await gateway.expect(408, for: request)
            #expect(gateway.sink.events.isEmpty)
        }
    }

    @Test("a new connection that stays silent is closed without a word")
    func silent() async throws {
        try await withGateway(limits: { $0.headerTimeout = .milliseconds(100) }) { gateway in
            let connection = try await gateway.connect()
            #expect(await connection.rest().isEmpty)
        }
    }

    @Test("a kept-alive connection is closed when it has been idle too long")
    func idle() async throws {
        try await withGateway(limits: { $0.idleTimeout = .milliseconds(100) }) { gateway in
            let connection = try await gateway.connect()
            try await connection.send(event("e1"))
            #expect(try await connection.response().status == 200)
            #expect(await connection.rest().isEmpty)
        }
    }

    @Test("a connection over the limit is refused, and there is room again when one closes")
    func tooManyConnections() async throws {
        try await withGateway(limits: { $0.connections = 1 }) { gateway in
            let first = try await gateway.connect()
            try await first.send(event("e1"))
            #expect(try await first.response().status == 200)
            let second = try await gateway.connect()
            #expect(try await second.response().status == 503)

            try await first.send(event("e2", headers: "Connection: close\r\n"))
            #expect(try await first.response().status == 200)
            #expect(await first.rest().isEmpty)
            try await first.close()
            while try await gateway.request(event("e3")).status == 503 {}
        }
    }
}
