import Feishu
import NIOCore
import TestSupport
import Testing

@testable import Gateway

@Suite("Events are answered by the design's table", .timeLimit(.minutes(1)))
struct EventAnswerTests {
    @Test("a stored event and its redelivery are answered 200, and stored once")
    func storedOnce() async throws {
        try await withGateway { gateway in
            for _ in 0..<3 {
                let response = try await gateway.request(event("e1"))
                #expect(response.status == 200)
                #expect(response.body == "{}")
            }
            #expect(gateway.sink.events.map(\.eventID) == ["e1"])
        }
    }

    @Test("the challenge is echoed as JSON and not stored")
    func challenge() async throws {
        try await withGateway { gateway in
            let response = try await gateway.request(
                delivery(#"{"challenge":"c","token":"token","type":"url_verification"}"#)
            )
            #expect(response.status == 200)
            #expect(response.headers["content-type"] == "application/json; charset=utf-8")
            #expect(response.body == #"{"challenge":"c"}"#)
            #expect(gateway.sink.events.isEmpty)
        }
    }

    @Test(
        "a refused event gets its status and is not stored",
        arguments: [
            (body: "", path: "/api/feishu/events", status: 400),
            (body: "[]", path: "/api/feishu/events", status: 400),
            (body: eventBody("e1", token: "other"), path: "/api/feishu/events", status: 403),
            (body: eventBody("e1", app: "cli_second"), path: "/api/feishu/events", status: 403),
            (body: #"{"encrypt":"AAAA"}"#, path: "/api/feishu/cli_third/events", status: 401),
        ]
    )
    func refused(body: String, path: String, status: Int) async throws {
        try await withGateway { gateway in
            try await gateway.expect(status, for: delivery(body, path: path))
            #expect(gateway.sink.events.isEmpty)
        }
    }

    @Test("each app's path has its own judge, the plain path the first one's, and an unknown app is 404")
    func apps() async throws {
        try await withGateway { gateway in
            try await gateway.expect(200, for: delivery(eventBody("a"), path: "/api/feishu/events?x=1"))
            try await gateway.expect(
                200,
                for: delivery(eventBody("b", app: "cli_second"), path: "/api/feishu/cli_second/events")
            )
            try await gateway.expect(404, for: delivery(eventBody("c"), path: "/api/feishu/cli_fourth/events"))
            try await gateway.expect(404, for: delivery(eventBody("d"), path: "/api/feishu//events"))
            #expect(gateway.sink.events.map(\.appID) == ["cli_first", "cli_second"])
        }
    }

    @Test("a method other than POST is 405 and names POST")
    func wrongMethod() async throws {
        try await withGateway { gateway in
            let response = try await gateway.request("GET /api/feishu/events HTTP/1.1\r\nHost: g\r\n\r\n")
            #expect(response.status == 405)
            #expect(response.headers["allow"] == "POST")
        }
    }

    @Test("another content type, or none, is 400", arguments: ["Content-Type: text/plain\r\n", ""])
    func wrongContentType(header: String) async throws {
        try await withGateway { gateway in
            let request = "POST /api/feishu/events HTTP/1.1\r\nHost: g\r\n\(header)Content-Length: 2\r\n\r\ne1"
            let response = try await gateway.request(request)
            #expect(response.status == 400)
            #expect(response.body.contains("wrong_content_type"))
            #expect(gateway.sink.events.isEmpty)
        }
    }

    @Test("a sink that fails is 503, the connection stays, and the next event is stored")
    func sinkFails() async throws {
        try await withGateway(sink: FakeSink(.fail)) { gateway in
            let connection = try await gateway.connect()
            try await connection.send(event("e1"))
            let response = try await connection.response()
            #expect(response.status == 503)
            #expect(response.headers["retry-after"] == "1")
            gateway.sink.behave(.store)
            try await connection.send(event("e2"))
            #expect(try await connection.response().status == 200)
        }
    }

    @Test("a sink that hangs is 503 in time, and its late answer does not disturb the next request")
    func sinkHangs() async throws {
        try await withGateway(sink: FakeSink(.hold), limits: { $0.storeTimeout = .milliseconds(200) }) { gateway in
            let connection = try await gateway.connect()
            let (response, took) = try await unhurried {
                try await connection.send(event("e1"))
                return try await connection.response()
            }
            #expect(response.status == 503)
            #expect(ConnectionLimits().storeTimeout == .milliseconds(800))
            #expect(took < .seconds(1))

            try await connection.send(delivery(eventBody("e1", token: "other")))
            gateway.sink.release()
            #expect(try await connection.response().status == 403)
        }
    }

    @Test("a chunked body and one that comes byte by byte are put together")
    func bodyInPieces() async throws {
        try await withGateway { gateway in
            let body = eventBody("e1")
            let head = "POST /api/feishu/events HTTP/1.1\r\nHost: g\r\nContent-Type: application/json\r\n"
            let chunked = try await gateway.connect()
            try await chunked.send(head + "Transfer-Encoding: chunked\r\n\r\n3\r\n\(body.prefix(3))\r\n")
            try await chunked.send("\(String(body.utf8.count - 3, radix: 16))\r\n\(body.dropFirst(3))\r\n0\r\n\r\n")
            #expect(try await chunked.response().status == 200)

            let slow = try await gateway.connect()
            for byte in (head + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)").utf8 {
                try await slow.send([byte])
            }
            #expect(try await slow.response().status == 200)
            #expect(gateway.sink.events.map(\.eventID) == ["e1"])
        }
    }

    @Test("bodies share a bounded memory: what does not fit is 503, and fits once the others are gone")
    func bodiesShareMemory() async throws {
        let filling = String(repeating: "x", count: 100_000)
        let body = #"{"filling":"\#(filling)",\#(eventBody("e1").dropFirst())"#
        try await withGateway(budget: BodyBudget(limit: 150_000)) { gateway in
            let request = delivery(body)
            let first = try await gateway.connect()
            try await first.send(String(request.prefix(50_000)))
            try await first.send(String(request.dropFirst(50_000).prefix(40_000)))
            while try await gateway.request(request).status == 200 {}
            #expect(gateway.sink.events.count <= 1)
            try await first.close()
            while try await gateway.request(request).status == 503 {}
        }
    }

    @Test("a large body that comes in many parts is kept whole")
    func largeBody() async throws {
        try await withGateway { gateway in
            let filling = String(repeating: "0123456789abcdef", count: 60_000)
            let body = #"{"filling":"\#(filling)",\#(eventBody("e1").dropFirst())"#
            try await gateway.expect(200, for: delivery(body))
            #expect(gateway.sink.events.map(\.plaintext) == [Array(body.utf8)])
        }
    }
}
