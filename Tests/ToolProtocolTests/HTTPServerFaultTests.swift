import Cryptography
import HTTPClient
import JSON
import NIOConcurrencyHelpers
import TestSupport
import Testing
import ToolProtocol

@Suite("What servers of tools do wrong, over HTTP")
struct HTTPServerFaultTests {
    private static let json = [("Content-Type", "application/json")]
    private static let events = [("Content-Type", "text/event-stream")]

    /// A server that begins sessions as it should and answers calls as the test says.
    private func withServer(
        version: String = "2025-06-18",
        onCall: @escaping @Sendable (Int64, Exchange, ScriptedHTTPServer.Request) async throws -> Void,
        _ body: (MCPServer, ScriptedHTTPServer) async throws -> Void
    ) async throws {
        let http = HTTPClient()
        try await ScriptedHTTPServer.with { request, exchange in
            let message = (try? JSONValue(parsing: request.body)) ?? .null
            let id = message["id"]?.integer ?? -1
            switch message["method"]?.string {
            case "initialize":
                try await exchange.respond(
                    headers: Self.json + [("Mcp-Session-Id", "s-1")],
                    """
                    {"jsonrpc":"2.0","id":\(id),"result":{"protocolVersion":"\(version)","capabilities":{"tools":{}},\
                    "serverInfo":{"name":"x","version":"1"}}}
                    """
                )
            case "tools/call", nil: try await onCall(id, exchange, request)
            default: try await exchange.respond(status: 202)
            }
        } _: { server in
            let configuration = MCPServerConfiguration(
                name: "test",
                address: .url(server.url + "/mcp"),
                authorization: Secret("Bearer very-secret"),
                timeout: .seconds(30),
                bounds: ToolBounds(messageBytes: 200_000)
            )
            let client = MCPServer(
                configuration: configuration,
                identity: identity,
                http: http,
                logger: silent
            )
            try await body(client, server)
            await client.close()
        }
        await http.shutdown()
    }

    private static func result(_ id: Int64, _ text: String = "ok") -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"result":{"content":[{"type":"text","text":"\#(text)"}]}}"#
    }

    @Test("says the session, the version and the key with every message, and ends the session")
    func headers() async throws {
        try await withServer { id, exchange, _ in
            try await exchange.respond(headers: Self.json, Self.result(id))
        } _: { client, server in
            let answer = try await client.call("x", [:])
            #expect(answer.text == "ok")
            await client.close()
            let requests = server.tally.requests
            #expect(requests.map(\.method) == ["POST", "POST", "POST", "DELETE"])
            #expect(requests.allSatisfy { $0.values(of: "authorization") == ["Bearer very-secret"] })
            #expect(requests.dropFirst().allSatisfy { $0.values(of: "mcp-session-id") == ["s-1"] })
            #expect(requests.dropFirst().allSatisfy { $0.values(of: "mcp-protocol-version") == ["2025-06-18"] })
            #expect(requests[0].values(of: "accept") == ["application/json, text/event-stream"])
        }
    }

    @Test("answers what a server asks meanwhile, and passes over what else it says")
    func asked() async throws {
        try await withServer { id, exchange, request in
            guard id >= 0, request.text.contains("tools/call") else { return try await exchange.respond(status: 202) }
            try await exchange.respond(
                headers: Self.events,
                """
                data: {"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"x"}}

                data: {"jsonrpc":"2.0","id":"p-1","method":"ping"}

                data: {"jsonrpc":"2.0","id":7,"method":"roots/list"}

                data: \(Self.result(999, "somebody else's"))

                data: \(Self.result(id, "mine"))


                """
            )
        } _: { client, server in
            let answer = try await client.call("x", [:])
            #expect(answer.text == "mine")
            let answers = server.tally.requests.map(\.text).filter { !$0.contains("method") && $0.contains("jsonrpc") }
            #expect(answers.contains(#"{"jsonrpc":"2.0","id":"p-1","result":{}}"#))
            #expect(answers.contains { $0.contains(#""id":7,"error":{"code":-32601"#) })
        }
    }

    @Test("a stream that ends before the answer is taken up where it broke off")
    func resumed() async throws {
        let asked = NIOLockedValueBox<Int64>(0)
        try await withServer { id, exchange, request in
            if request.method == "GET" {
                let id = asked.withLockedValue { $0 }
                let text = request.values(of: "last-event-id") == ["e-1"] ? "resumed" : "from where?"
                return try await exchange.respond(headers: Self.events, "id: e-2\ndata: \(Self.result(id, text))\n\n")
            }
            asked.withLockedValue { $0 = id }
            try await exchange.respond(headers: Self.events, "id: e-1\ndata:\n\n")
        } _: { client, _ in
            let answer = try await client.call("x", [:])
            #expect(answer.text == "resumed")
        }
    }

    @Test(
        "each failure is an error that says what it is, and nothing of the key",
        arguments: [
            (401, "", ToolProtocolError.Code.unauthorised), (403, "", .unauthorised),
            (500, "very-secret", .unavailable),
            (400, "", .badResponse), (200, "no json", .badResponse), (200, "{}", .badResponse),
            (200, #"{"jsonrpc":"2.0","id":3,"result":{}}"#, .badResponse),
            (200, #"{"jsonrpc":"2.0","id":2,"error":{"code":-32602,"message":"very-secret"}}"#, .refused),
            (200, #"{"jsonrpc":"2.0","id":2,"result":{}}"#, .badResponse),
        ]
    )
    func faults(status: Int, body: String, code: ToolProtocolError.Code) async throws {
        try await withServer { _, exchange, _ in
            try await exchange.respond(status: status, headers: Self.json, body)
        } _: { client, _ in
            let error = try #require(await failure { _ = try await client.call("x", [:]) })
            #expect(error.code == code)
            #expect(!"\(error) \(String(reflecting: error))".contains("secret"))
            if code == .refused { #expect(error.rpcCode == -32602) }
        }
    }

    @Test("a stream without end or answer ends at its bound or deadline")
    func endless() async throws {
        try await withServer { id, exchange, _ in
            guard id >= 0 else { return try await exchange.respond(status: 202) }
            try await exchange.begin(headers: Self.events)
            let noise =
                #"data: {"jsonrpc":"2.0","method":"notifications/message","params":{"data":"\#(String(repeating: "x", count: 20_000))"}}"#
            while true { try await exchange.write(noise + "\n\n") }
        } _: { client, _ in
            let error = await failure { _ = try await client.call("x", [:]) }
            #expect(error?.code == .tooLarge)
        }
    }

    @Test("a version that we do not speak is refused")
    func version() async throws {
        try await withServer(version: "1999-01-01") { _, exchange, _ in
            try await exchange.respond()
        } _: { client, _ in
            let error = await failure { _ = try await client.call("x", [:]) }
            #expect(error?.code == .unsupportedVersion)
        }
    }

    @Test("a server that cannot be reached is left alone for a while, then tried again")
    func rests() async throws {
        let server = try await ScriptedHTTPServer.start { _, _ in }
        try await server.stop()
        let http = HTTPClient()
        let clock = ManualClock()
        let client = MCPServer(
            configuration: .init(name: "test", address: .url(server.url), firstPause: .seconds(1)),
            identity: identity,
            http: http,
            logger: silent,
            clock: clock
        )
        for (wait, code) in [
            (0, ToolProtocolError.Code.unavailable), (0, .resting), (1, .unavailable), (1, .resting), (1, .unavailable),
            (3, .resting), (1, .unavailable),
        ] {
            clock.advance(by: .seconds(wait))
            let error = await failure { _ = try await client.tools() }
            #expect(error?.code == code)
        }
        await http.shutdown()
    }

    @Test("many that come while a session begins share it")
    func shared() async throws {
        try await withServer { id, exchange, _ in
            try await exchange.respond(headers: Self.json, Self.result(id))
        } _: { client, server in
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<20 { group.addTask { _ = try? await client.call("x", [:]) } }
            }
            #expect(server.tally.requests.filter { $0.text.contains("\"initialize\"") }.count == 1)
        }
    }
}
