import HTTP
import HTTPClient
import TestSupport
import Testing

@Suite("A request that gets no response")
struct HTTPClientFailureTests {
    private func failureOf(
        _ request: HTTPClientRequest,
        _ configuration: HTTPClientConfiguration = .init()
    ) async throws -> HTTPClientError? {
        try await HTTPClient.with(configuration) { client in
            await failure { () throws(HTTPClientError) in try await client.execute(request) }
        }
    }

    @Test("fails at the connect deadline when the handshake hangs")
    func connectDeadline() async throws {
        let silent = try ListeningSocket()
        let deadlines = HTTPClientDeadlines(connect: .milliseconds(200), idle: .seconds(60), total: .seconds(60))
        let error = try await failureOf(.init(url: "https://127.0.0.1:\(silent.port)/", deadlines: deadlines))
        #expect(error?.code == .timedOut)
        #expect(error?.detail == "the connect deadline passed")
        #expect(error?.mayHaveBeenSent == false)
    }

    @Test("fails at the idle deadline when the server never answers")
    func idleBeforeHead() async throws {
        let silent = try ListeningSocket()
        let deadlines = HTTPClientDeadlines(idle: .milliseconds(200), total: .seconds(60))
        let error = try await failureOf(.init(url: "http://127.0.0.1:\(silent.port)/", deadlines: deadlines))
        #expect(error?.code == .timedOut)
        #expect(error?.detail == "the server fell silent")
        #expect(error?.mayHaveBeenSent == true)
    }

    @Test("fails at the idle deadline when the server falls silent in mid-body, on a connection used before")
    func idleInBody() async throws {
        try await ScriptedHTTPServer.with { request, exchange in
            if request.path == "/well" { return try await exchange.respond("ok") }
            try await exchange.begin()
            for _ in 0..<3 { try await exchange.write("x") }
        } _: { server in
            try await HTTPClient.with { client in
                _ = try await client.execute(.init(url: server.url + "/well"))
                let request = HTTPClientRequest(url: server.url, deadlines: .init(idle: .milliseconds(200)))
                let error = await failure { () throws(HTTPClientError) in try await client.execute(request) }
                #expect(error?.detail == "the server fell silent")
            }
        }
    }

    @Test("fails at the total deadline however busily the server drips")
    func total() async throws {
        try await ScriptedHTTPServer.with { _, exchange in
            try await exchange.begin()
            while true {
                try await exchange.write("x")
                await Task.yield()
            }
        } _: { server in
            let deadlines = HTTPClientDeadlines(total: .milliseconds(300))
            let error = try await failureOf(.init(url: server.url, deadlines: deadlines, maximumResponseBytes: .max))
            #expect(error?.code == .timedOut)
            #expect(error?.detail == "the total deadline passed")
        }
    }

    @Test("fails when the response is larger than allowed, by its length or by counting", arguments: [true, false])
    func tooLarge(hasLength: Bool) async throws {
        try await ScriptedHTTPServer.with { _, exchange in
            try await exchange.begin(headers: hasLength ? [("Content-Length", "1001")] : [])
            try await exchange.write([UInt8](repeating: 1, count: 1001))
            try await exchange.end()
        } _: { server in
            let error = try await failureOf(.init(url: server.url, maximumResponseBytes: 1000))
            #expect(error?.code == .tooLarge)
            #expect(error?.isTransient == false)
        }
    }

    @Test("succeeds when the response is exactly as large as allowed")
    func justFits() async throws {
        try await ScriptedHTTPServer.with { _, exchange in
            try await exchange.respond(body: [UInt8](repeating: 1, count: 1000))
        } _: { server in
            let answer = try await failureOf(.init(url: server.url, maximumResponseBytes: 1000))
            #expect(answer == nil)
        }
    }

    @Test("fails when the headers are larger than 64 KiB")
    func headersTooLarge() async throws {
        try await ScriptedHTTPServer.with { _, exchange in
            try await exchange.respond(headers: (0..<70).map { ("X-\($0)", String(repeating: "a", count: 1000)) }, "")
        } _: { server in
            let answer = try await failureOf(.init(url: server.url))
            #expect(answer?.code == .tooLarge)
        }
    }

    @Test("fails when nobody listens")
    func refused() async throws {
        let port = try ListeningSocket().port
        let error = try await failureOf(.init(url: "http://127.0.0.1:\(port)/"))
        #expect(error?.code == .connectFailed)
        #expect(error?.isTransient == true)
        #expect(error?.mayHaveBeenSent == false)
        #expect(error?.endpoint == "http://127.0.0.1:\(port)")
    }

    @Test("fails when the host's name is unknown")
    func unknownName() async throws {
        let error = try await failureOf(.init(url: "http://no-such-host.invalid/"))
        #expect(error?.code == .connectFailed || error?.code == .timedOut)
    }

    @Test("fails when the server closes before the body is complete")
    func cutShort() async throws {
        try await ScriptedHTTPServer.with { _, exchange in
            try await exchange.begin(headers: [("Content-Length", "10")])
            try await exchange.write("12345")
            try await exchange.abort()
        } _: { server in
            let answer = try await failureOf(.init(url: server.url))
            #expect(answer?.code == .protocol)
        }
    }

    @Test("fails with an error that tells nothing of query, headers, body or proxy password")
    func discreet() async throws {
        let port = try ListeningSocket().port
        let request = HTTPClientRequest(
            method: "POST",
            url: "https://127.0.0.1:\(port)/path-secret?token=query-secret",
            headers: [("Authorization", "header-secret")],
            body: Array("body-secret".utf8)
        )
        for proxy in ["http://user:proxy-secret@127.0.0.1:\(port)", "nonsense://proxy-secret@127.0.0.1:\(port)"] {
            let error = try await failureOf(request, .init(proxy: .url(proxy, excluding: [])))
            #expect(error != nil)
            #expect(!String(reflecting: error).contains("secret"))
        }
        let text = try await String(reflecting: failureOf(request))
        #expect(!text.contains("secret"))
    }

    @Test(
        "is refused when a header could smuggle another",
        arguments: [
            ("X-A", "b\r\nX-C: d"), ("X-A", "b\nX-C: d"), ("X-A\r\nX-C", "d"), ("X-A", "b\0"), ("X-A", "\u{7F}"),
            ("", "b"),
            ("X A", "b"), ("X-A:", "b"),
        ]
    )
    func badHeader(name: String, value: String) async throws {
        let error = try await failureOf(.init(url: "http://127.0.0.1:1/", headers: [(name, value)]))
        #expect(error?.code == .invalidRequest)
    }

    @Test(
        "is refused when its URL is not plain http or https",
        arguments: [
            "", "127.0.0.1", "/path", "file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "javascript:1",
            "http://", "http://user:password@127.0.0.1/", "http://user@127.0.0.1/", "http://127.0.0.1/\r\nHost: other",
            "http://127.0.0.1/a b", "http://127.0.0.1/é", "http://127.0.0.1:99999/", "http://127.0.0.1/\0",
        ]
    )
    func badURL(_ url: String) async throws {
        let answer = try await failureOf(.init(url: url))
        #expect(answer?.code == .invalidRequest)
    }

    @Test("is refused when its method is not a token", arguments: ["", "GET /", "G\r\nET"])
    func badMethod(_ method: String) async throws {
        let answer = try await failureOf(.init(method: method, url: "http://127.0.0.1:1/"))
        #expect(answer?.code == .invalidRequest)
    }
}
