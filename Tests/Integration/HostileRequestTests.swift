import JSON
import Redis
import TestSupport
import Testing

extension WholeSystemTests {
    @Suite("Hostile requests")
    struct HostileRequestTests {
        private static let settings = ["GATEWAY_BODY_TIMEOUT": "0.5", "GATEWAY_HEADER_TIMEOUT": "0.5"]

        @Test("each gets its status, nothing is enqueued, and the gateway lives")
        func refused() async throws {
            var options = AssistantSystem.Options(workers: 0)
            options.settings = Self.settings
            try await AssistantSystem.with(options) { system in
                let port = try #require(system.gatewayURL.split(separator: ":").last.flatMap { Int($0) })
                for hostile in try HostileRequest.all() {
                    let connection = try await RawConnection.open(port: port)
                    // The gateway may have closed before the last part, or when we do.
                    for part in hostile.parts { try? await connection.send(part) }
                    let response = try await connection.response()
                    #expect(response.status == hostile.status, "\(hostile.name)")
                    try? await connection.close()
                    #expect(try await system.census() == QueueCensus(), "\(hostile.name)")
                    #expect(system.gateway.isRunning, "\(hostile.name)")
                }
                // Leaves in the middle of its body, and a hundred who connect and say nothing.
                let quitter = try await RawConnection.open(port: port)
                try await quitter.send(Array(try HostileRequest.good(id: "q").bytes.dropLast(100)))
                try await quitter.close()
                for _ in 0..<100 { _ = try await RawConnection.open(port: port) }

                let good = try HostileRequest.good(id: "good")
                let answer = try await system.ask("POST", EventPath.path, headers: good.headers, body: good.body)
                #expect(answer.status == 200)
                #expect(try await system.census() == QueueCensus(ready: 1))
                #expect(try await system.ask("GET", "/healthz").status == 200)
            }
        }

        @Test("a request that is replayed word for word is acknowledged and adds nothing")
        func replayed() async throws {
            try await AssistantSystem.with(.init(workers: 0)) { system in
                let request = try HostileRequest.good(id: "replayed")
                for _ in 0..<3 {
                    let answer = try await system.ask(
                        "POST",
                        EventPath.path,
                        headers: request.headers,
                        body: request.body
                    )
                    #expect(answer.status == 200)
                }
                #expect(try await system.census() == QueueCensus(ready: 1))
            }
        }

        @Test("what lies in the queue is readable: the task's body is JSON text, and no secret is in it")
        func readable() async throws {
            try await AssistantSystem.with(.init(workers: 0)) { system in
                let message = try await system.sandbox.say("Is this readable?")
                _ = try await system.sandbox.statuses(of: try #require(message.eventID), count: 1)
                let list = try await system.database.send(RedisCommand("LRANGE", "interactive", -1, -1))
                let text = try #require(list[0]?.string)
                let task = try JSONValue(parsing: text)
                #expect(task["headers"]?["task"] == "feishu.event")
                let body = try JSONValue(parsing: try #require(task["body"]?.string))
                #expect(body.array?[1]["app_id"]?.string == AssistantSystem.App.id)
                #expect(body.array?[1]["event"]?["event"]?["message"]?["message_id"]?.string == message.messageID)
                #expect(!text.contains(AssistantSystem.App.encryptKey))
                #expect(!text.contains(AssistantSystem.App.secret))
                #expect(!text.contains(AssistantSystem.App.verificationToken))
            }
        }
    }
}

/// A request that must be refused.
private struct HostileRequest {
    let name: String
    /// What is sent, one part after the other.
    let parts: [[UInt8]]
    /// Of the design's table; 408 for those too slow, 431 for too many headers.
    let status: Int

    private init(_ name: String, _ status: Int, _ parts: [UInt8]...) {
        self.name = name
        self.status = status
        self.parts = parts
    }

    static func good(id: String) throws -> SealedRequest {
        try SealedRequest(MessageEvent(messageID: "om_\(id)").envelope(eventID: "event-\(id)"))
    }

    static func all() throws -> [HostileRequest] { try signatures() + contents() + transport() }

    private static func event(_ id: String, token: String = AssistantSystem.App.verificationToken) -> JSONValue {
        MessageEvent(messageID: "om_hostile").envelope(eventID: "hostile-\(id)", token: token)
    }

    private static func signatures() throws -> [HostileRequest] {
        var tampered = try SealedRequest(event("tampered"))
        tampered.body[tampered.body.count / 2] ^= 1
        var appended = try SealedRequest(event("appended"))
        appended.body.append(UInt8(ascii: " "))
        var halfSigned = try SealedRequest(event("half"))
        halfSigned.headers.removeAll { $0.0 == "X-Lark-Request-Nonce" }
        return [
            .init("no signature", 401, try SealedRequest(event("1"), signature: .none).bytes),
            .init("a signature of zeros", 401, try SealedRequest(event("2"), signature: .zeros).bytes),
            .init("signed with another key", 401, try SealedRequest(event("3"), signature: .wrongKey).bytes),
            .init("a body changed on the way", 401, tampered.bytes),
            .init("a body with something behind it", 401, appended.bytes),
            .init("no nonce", 401, halfSigned.bytes),
            .init("nine hours old", 401, try SealedRequest(event("4"), age: 9 * 3600).bytes),
            .init("an hour ahead", 401, try SealedRequest(event("5"), age: -3600).bytes),
            .init("another app's token", 403, try SealedRequest(event("6", token: "wrong")).bytes),
            .init("an old card's signature", 401, try SealedRequest(event("7"), signature: .oldCard(token: "t")).bytes),
        ]
    }

    private static func contents() throws -> [HostileRequest] {
        let key = AssistantSystem.App.encryptKey
        func signed(_ body: String) -> [UInt8] { SealedRequest(body: Array(body.utf8), key: key).bytes }
        func sealed(_ text: String) throws -> [UInt8] {
            SealedRequest(body: try SealedRequest.encrypted(Array(text.utf8), key: key), key: key).bytes
        }
        let foreign = try SealedRequest.encrypted(Array(event("9").text.utf8), key: "another")
        let deep = String(repeating: "[", count: 100_000)
        return [
            .init("not JSON", 400, signed("hello")),
            .init("nothing", 400, signed("")),
            .init("half of an object", 400, signed(#"{"encrypt":"#)),
            .init("nothing encrypted in it", 400, signed(event("8").text)),
            .init("not Base64", 400, signed(#"{"encrypt":"@@@@"}"#)),
            .init("less than a block", 400, signed(#"{"encrypt":"AAAA"}"#)),
            .init("a number for what is encrypted", 400, signed(#"{"encrypt":1}"#)),
            .init("encrypted with another key", 400, SealedRequest(body: foreign, key: key).bytes),
            .init("a bit flipped before it was signed", 400, try SealedRequest(event("10"), flipped: 20).bytes),
            .init("encrypted rubbish", 400, try sealed("hello")),
            .init("encrypted without a type", 400, try sealed(#"{"schema":"2.0","header":{},"event":{}}"#)),
            .init("nested without end", 400, signed(deep)),
            .init("nested without end, encrypted", 400, try sealed(deep)),
            .init("not UTF-8", 400, SealedRequest(body: [0x7B, 0xFF, 0xFE, 0x00, 0x7D], key: key).bytes),
        ]
    }

    private static func transport() throws -> [HostileRequest] {
        let good = try good(id: "transport")
        func head(_ lines: String...) -> [UInt8] {
            Array((lines + ["Host: gateway", "", ""]).joined(separator: "\r\n").utf8)
        }
        let post = "POST \(EventPath.path) HTTP/1.1"
        let json = "Content-Type: application/json"
        let empty = "Content-Length: 0"
        var plain = good
        plain.headers[0].1 = "text/plain"
        var form = good
        form.headers[0].1 = "application/x-www-form-urlencoded"
        let digits = String(repeating: "9", count: 30)
        let chunk = Array("10000\r\n".utf8) + [UInt8](repeating: 0x61, count: 65_536) + Array("\r\n".utf8)
        let chunks = Array((0..<17).map { _ in chunk }.joined())
        return [
            .init("text", 400, plain.bytes),
            .init("a form", 400, form.bytes),
            .init("no content type", 400, head(post, "Content-Length: 2") + Array("{}".utf8)),
            .init("not HTTP", 400, Array("\u{16}\u{3}\u{1} hello\r\n\r\n".utf8)),
            .init("GET", 405, head("GET \(EventPath.path) HTTP/1.1")),
            .init("an unknown app", 404, head("POST /api/feishu/cli_unknown/events HTTP/1.1", json, empty)),
            .init("another path", 404, head("POST /api/feishu HTTP/1.1", json, empty)),
            .init("announced over 1 MiB", 413, head(post, json, "Content-Length: 1048577")),
            .init("announced with 30 digits", 400, head(post, json, "Content-Length: \(digits)")),
            .init("a negative length", 400, head(post, json, "Content-Length: -1")),
            .init("two lengths", 400, head(post, json, "Content-Length: 1", "Content-Length: 2")),
            .init(
                "a length and chunks",
                400,
                head(post, json, "Content-Length: 4", "Transfer-Encoding: chunked") + Array("0\r\n\r\n".utf8)
            ),
            .init("chunks over 1 MiB", 413, head(post, json, "Transfer-Encoding: chunked") + chunks),
            .init("one large header", 431, head(post, json, "X-Large: \(String(repeating: "a", count: 40_000))")),
            .init("many headers", 431, head(post, json, (0..<200).map { "X-\($0): a" }.joined(separator: "\r\n"))),
            .init("headers that never end", 408, Array("\(post)\r\nHost: gateway\r\n".utf8)),
            .init("a body that never ends", 408, Array(good.bytes.dropLast(10))),
        ]
    }
}
