import Feishu
import TestSupport
import Testing

@testable import Gateway

@Suite("A connection keeps its requests in order", .timeLimit(.minutes(1)))
struct ConnectionOrderTests {
    @Test("pipelined requests of both kinds are answered in their order")
    func pipelined() async throws {
        try await withGateway { gateway in
            let connection = try await gateway.connect()
            let health = "GET /healthz HTTP/1.1\r\nHost: g\r\n\r\n"
            let missing = "GET /nothing HTTP/1.1\r\nHost: g\r\n\r\n"
            let echo = "POST /echo HTTP/1.1\r\nHost: g\r\nContent-Length: 5\r\n\r\nhello"
            try await connection.send(
                event("e1") + health + delivery(eventBody("e3", token: "other")) + echo + missing + event("e2") + health
            )
            var statuses: [Int] = []
            for _ in 0..<7 {
                statuses.append(try await connection.response().status)
            }
            #expect(statuses == [200, 200, 403, 200, 404, 200, 200])
            #expect(gateway.sink.events.map(\.eventID) == ["e1", "e2"])
        }
    }

    @Test("a request behind one that waits for the store is not begun before that is answered")
    func oneAtATime() async throws {
        try await withGateway(sink: FakeSink(.hold)) { gateway in
            let connection = try await gateway.connect()
            try await connection.send(event("e1") + event("e2") + "GET /healthz HTTP/1.1\r\nHost: g\r\n\r\n")
            var holds = gateway.sink.holds.makeAsyncIterator()
            #expect(await holds.next() == 1)
            #expect(gateway.sink.events.map(\.eventID) == ["e1"])
            gateway.sink.release()
            #expect(await holds.next() == 1)
            gateway.sink.release()
            #expect(try await connection.response().body == "{}")
            #expect(try await connection.response().body == "{}")
            #expect(try await connection.response().body.hasPrefix(#"{"status":"healthy""#))
        }
    }

    @Test("thousands of pipelined events on one connection are each stored and answered")
    func manyPipelined() async throws {
        try await withGateway { gateway in
            let connection = try await gateway.connect()
            try await connection.send((0..<2_000).map { event("e\($0)") }.joined())
            for _ in 0..<2_000 {
                #expect(try await connection.response().status == 200)
            }
            #expect(gateway.sink.events.map(\.eventID) == (0..<2_000).map { "e\($0)" })
        }
    }

    @Test("what is not HTTP behind a good request spoils only itself")
    func garbageBehind() async throws {
        try await withGateway(sink: FakeSink(.hold)) { gateway in
            let connection = try await gateway.connect()
            try await connection.send(event("e1") + "garbage\r\n\r\n")
            var holds = gateway.sink.holds.makeAsyncIterator()
            _ = await holds.next()
            gateway.sink.release()
            #expect(try await connection.response().status == 200)
            #expect(try await connection.response().status == 400)
            #expect(await connection.rest().isEmpty)
        }
    }

    @Test("a client that finishes sending still gets its answers, of both kinds")
    func halfClosed() async throws {
        try await withGateway(sink: FakeSink(.hold)) { gateway in
            let connection = try await gateway.connect()
            try await connection.send(event("e1") + "GET /healthz HTTP/1.1\r\nHost: g\r\n\r\n")
            try await connection.finishSending()
            var holds = gateway.sink.holds.makeAsyncIterator()
            _ = await holds.next()
            gateway.sink.release()
            #expect(try await connection.response().status == 200)
            #expect(try await connection.response().status == 200)
            #expect(await connection.rest().isEmpty)
        }
    }

    @Test("a client that leaves in the middle of a body leaves nothing behind")
    func abandoned() async throws {
        try await withGateway { gateway in
            let connection = try await gateway.connect()
            try await connection.send(
                "POST /api/feishu/events HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\nabc"
            )
            try await connection.finishSending()
            #expect(try await connection.response().status == 400)
            #expect(gateway.sink.events.isEmpty)
        }
    }

    @Test("Connection: close and HTTP/1.0 end the connection after the answer", arguments: ["1.1", "1.0"])
    func closes(version: String) async throws {
        try await withGateway { gateway in
            for path in ["/healthz", "/api/feishu/events"] {
                let connection = try await gateway.connect()
                try await connection.send("GET \(path) HTTP/\(version)\r\nHost: g\r\nConnection: close\r\n\r\n")
                let response = try await connection.response()
                #expect(response.headers["connection"] == "close")
                #expect(await connection.rest().isEmpty)
            }
        }
    }

    @Test("Expect: 100-continue is answered before the body, or refused at once")
    func expectContinue() async throws {
        try await withGateway { gateway in
            let body = eventBody("e1")
            let expect = "Expect: 100-continue\r\n"
            for path in ["/api/feishu/events", "/echo"] {
                let connection = try await gateway.connect()
                let head = "POST \(path) HTTP/1.1\r\nHost: g\r\nContent-Type: application/json\r\n\(expect)"
                try await connection.send(head + "Content-Length: \(body.utf8.count)\r\n\r\n")
                #expect(try await connection.response().status == 100)
                try await connection.send(body)
                #expect(try await connection.response().status == 200)
            }
            let refused = try await gateway.connect()
            try await refused.send("POST /api/feishu/events HTTP/1.1\r\nHost: g\r\n\(expect)Content-Length: 2\r\n\r\n")
            #expect(try await refused.response().status == 400)
            try await refused.close()
        }
    }

    @Test(
        "HEAD has no body, so the next answer is in its place",
        arguments: ["/healthz", "/nothing", "/api/feishu/events"]
    )
    func head(path: String) async throws {
        try await withGateway { gateway in
            let connection = try await gateway.connect()
            try await connection.send("HEAD \(path) HTTP/1.1\r\nHost: g\r\n\r\n" + event("e1"))
            _ = try await connection.response(headOnly: true)
            let second = try await connection.response()
            #expect(second.status == 200)
            #expect(second.body == "{}")
        }
    }

    @Test("a request to upgrade is answered plainly, and the connection ends")
    func upgrade() async throws {
        try await withGateway { gateway in
            let connection = try await gateway.connect()
            try await connection.send("GET /healthz HTTP/1.1\r\nHost: g\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
            let response = try await connection.response()
            #expect(response.status == 200)
            #expect(response.headers["connection"] == "close")
            #expect(await connection.rest().isEmpty)
        }
    }
}
