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
                #expect(response.header(named: "X-KIND") == "a")
                #expect(response.headers.filter { $0.0.lowercased() == "x-kind" }.map(\.1) == ["a", "b"])
                #expect(String(decoding: response.body, as: UTF8.self) == "got hello")

                let request = try #require(server.tally.requests.first)
                #expect(request.method == "PUT")
                #expect(request.target == "/a/b?c=d%20e")
                #expect(request.values(of: "authorization") == ["Bearer t"])
                #expect(request.values(of: "x-empty") == [""])
                #expect(request.values(of: "content-type").isEmpty)
                #expect(request.values(of: "expect").isEmpty)
            }
        }
    }
}
