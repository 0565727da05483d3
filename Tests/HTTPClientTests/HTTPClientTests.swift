import HTTP
import HTTPClient
import TestSupport
import Testing

@Suite("A request and its response")
struct HTTPClientTests {
    @Test("method, path, query, headers and body arrive as given, and so do status, headers and body of the response")
    func roundTrip() async throws {
        try await ScriptedHTTPServer.with { request, exchange in
            try await exchange.respond(status: 201, headers: [("X-Kind", "a"), ("x-kind", "b")], "got " + request.text)
        } _: { server in
            try await HTTPClient.with { client in
                let response = try await client.execute(
                    HTTPClientRequest(
                        method: "PUT",
                        url: server.url + "/a/b?c=d%20e",
                        headers: [("Authorization", "Bearer t"), ("X-Empty", "")],
                        body: Array("hello".utf8)
                    )
                )
                #expect(response.status == 201)
                #expect(response.head.version == "1.1")
                #expect(response.header(named: "X-KIND") == "a")
                #expect(response.headers.filter { $0.0.lowercased() == "x-kind" }.map(\.1) == ["a", "b"])
                #expect(String(decoding: response.body, as: UTF8.self) == "got hello")

                let request = try #require(server.tally.requests.first)
                #expect(request.method == "PUT")
                #expect(request.target == "/a/b?c=d%20e")
                #expect(request.values(of: "authorization") == ["Bearer t"])
                #expect(request.values(of: "x-empty") == [""])
                #expect(request.values(of: "user-agent") == ["ai-assistant"])
                #expect(request.values(of: "content-type").isEmpty)
                #expect(request.values(of: "expect").isEmpty)
            }
        }
    }

    @Test("a POST with an empty body says that its length is zero", arguments: ["POST", "PUT", "PATCH"])
    func emptyBody(method: String) async throws {
        try await ScriptedHTTPServer.with { _, exchange in
            try await exchange.respond("")
        } _: { server in
            try await HTTPClient.with { client in
                let response = try await client.execute(.init(method: method, url: server.url, body: []))
                #expect(response.body.isEmpty)
                #expect(server.tally.requests.map { $0.values(of: "content-length") } == [["0"]])
            }
        }
    }

    @Test("a response to HEAD ends after its headers, whatever length they name")
    func head() async throws {
        try await ScriptedHTTPServer.with { _, exchange in
            try await exchange.begin(headers: [("Content-Length", "\(1 << 40)")])
            try await exchange.end()
        } _: { server in
            try await HTTPClient.with { client in
                let response = try await client.execute(.init(method: "HEAD", url: server.url))
                #expect(response.status == 200)
                #expect(response.body.isEmpty)
            }
        }
    }

    @Test("a body of 8 MiB goes up and comes back unharmed")
    func largeBody() async throws {
        let body = (0..<(8 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
        try await ScriptedHTTPServer.with { request, exchange in
            try await exchange.respond(body: request.body)
        } _: { server in
            try await HTTPClient.with { client in
                let response = try await client.execute(.init(method: "POST", url: server.url, body: body))
                #expect(response.body == body)
            }
        }
    }

    @Test("a redirect is an answer and is not followed")
    func redirect() async throws {
        try await ScriptedHTTPServer.with { _, exchange in
            try await exchange.respond(status: 302, headers: [("Location", "/elsewhere")])
        } _: { server in
            try await HTTPClient.with { client in
                let response = try await client.execute(.init(url: server.url + "/here"))
                #expect(response.status == 302)
                #expect(server.tally.requests.map(\.target) == ["/here"])
            }
        }
    }

    @Test("requests one after the other share one connection")
    func reuse() async throws {
        try await ScriptedHTTPServer.with { _, exchange in
            try await exchange.respond("ok")
        } _: { server in
            try await HTTPClient.with { client in
                for _ in 0..<20 { _ = try await client.execute(.init(method: "POST", url: server.url, body: [1])) }
                #expect(server.tally.requests.count == 20)
                #expect(server.tally.connections == 1)
            }
        }
    }

    @Test("a kept connection that the server closes meanwhile costs nothing")
    func closedWhileIdle() async throws {
        let rounds = 20
        let closed = (0..<rounds).map { _ in Meeting(of: 2) }
        try await ScriptedHTTPServer.with { request, exchange in
            try await exchange.respond("ok")
            try await exchange.abort()
            await closed[request.connection].arrive()
        } _: { server in
            try await HTTPClient.with { client in
                for round in 0..<rounds {
                    let answer = try await client.execute(.init(method: "POST", url: server.url, body: [1]))
                    #expect(answer.status == 200)
                    await closed[round].arrive()
                }
            }
        }
    }

    @Test("connections to one host stay under the limit, and every request gets its turn")
    func hostLimit() async throws {
        try await ScriptedHTTPServer.with { _, exchange in
            try await exchange.respond("ok")
        } _: { server in
            try await HTTPClient.with(.init(maximumConnectionsPerHost: 3)) { client in
                try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<50 { group.addTask { try await client.execute(.init(url: server.url)).status } }
                    for try await status in group { #expect(status == 200) }
                }
                #expect(server.tally.requests.count == 50)
                #expect(server.tally.connections <= 3)
            }
        }
    }

    @Test("a compressed body is offered, undone, and counted at its full size")
    func compression() async throws {
        // 100,000 zero bytes through gzip.
        let packed: [UInt8] = Self.gzippedZeros
        try await ScriptedHTTPServer.with { request, exchange in
            #expect(request.values(of: "accept-encoding").joined().contains("gzip"))
            try await exchange.respond(headers: [("Content-Encoding", "gzip")], body: packed)
        } _: { server in
            try await HTTPClient.with { client in
                var request = HTTPClientRequest(url: server.url, acceptsCompression: true)
                let answer = try await client.execute(request)
                #expect(answer.body == [UInt8](repeating: 0, count: 100_000))
                request.maximumResponseBytes = 99_999
                let error = await failure { () throws(HTTPClientError) in try await client.execute(request) }
                #expect(error?.code == .tooLarge)
            }
        }
    }

    @Test("after shutdown running requests end as cancelled, and new ones are refused")
    func shutdown() async throws {
        let arrived = Meeting(of: 2)
        try await ScriptedHTTPServer.with { _, _ in
            await arrived.arrive()
        } _: { server in
            let client = HTTPClient()
            async let running = failure { () throws(HTTPClientError) in try await client.execute(.init(url: server.url))
            }
            await arrived.arrive()
            await client.shutdown()
            await client.shutdown()
            #expect(await running?.code == .cancelled)
            let late = await failure { () throws(HTTPClientError) in try await client.execute(.init(url: server.url)) }
            #expect(late?.code == .cancelled)
        }
    }

    private static let gzippedZeros: [UInt8] = [
        31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 237, 193, 49, 1, 0, 0, 0, 194, 160, 245,
        79, 109, 13, 15, 160, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 128, 87, 3, 125, 149, 17, 212, 160, 134, 1, 0,
    ]
}
