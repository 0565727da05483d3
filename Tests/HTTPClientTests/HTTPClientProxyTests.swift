import HTTP
import HTTPClient
import TestSupport
import Testing

@Suite("Proxies")
struct HTTPClientProxyTests {
    @Test("a plain request goes to the proxy with its whole URL and the proxy's credentials")
    func absoluteForm() async throws {
        try await ScriptedHTTPServer.with { _, exchange in
            try await exchange.respond("from the proxy")
        } _: { proxy in
            let url = "http://me:pass@127.0.0.1:\(proxy.port)"
            try await HTTPClient.with(.init(proxy: .url(url, excluding: []))) { client in
                let response = try await client.execute(.init(url: "http://somewhere.invalid/a?b=c"))
                #expect(String(decoding: response.body, as: UTF8.self) == "from the proxy")
                let request = try #require(proxy.tally.requests.first)
                #expect(request.target == "http://somewhere.invalid/a?b=c")
                #expect(request.values(of: "proxy-authorization") == ["Basic bWU6cGFzcw=="])
            }
        }
    }

    @Test("an https request goes through a tunnel, and the server's certificate is checked at its end")
    func tunnel() async throws {
        let identity = try ScriptedTLSIdentity.make(names: ["DNS:service.invalid"])
        let proxy = try await TunnelProxy.start()
        try await ScriptedHTTPServer.with(tls: identity) { request, exchange in
            try await exchange.respond(request.target)
        } _: { server in
            let configuration = HTTPClientConfiguration(
                proxy: .url(proxy.url, excluding: []),
                certificateAuthorityFile: identity.authorityFile
            )
            try await HTTPClient.with(configuration) { client in
                let url = "https://service.invalid:\(server.port)/secret"
                let response = try await client.execute(.init(url: url))
                #expect(String(decoding: response.body, as: UTF8.self) == "/secret")
                #expect(response.headers.allSatisfy { $0.0 != "Connected" })
                let error = await failure { () throws(HTTPClientError) in
                    try await client.execute(.init(url: "https://other.invalid:\(server.port)/"))
                }
                #expect(error?.code == .tls)
            }
            #expect(proxy.requests.first?.hasPrefix("CONNECT service.invalid:\(server.port) HTTP/1.1\r\n") == true)
            #expect(!proxy.requests.joined().contains("secret"))
        }
        try await proxy.stop()
    }

    @Test("a tunnel that the proxy refuses is a failed connection")
    func refusedTunnel() async throws {
        try await ScriptedHTTPServer.with { _, exchange in
            try await exchange.respond(status: 403)
        } _: { proxy in
            try await HTTPClient.with(.init(proxy: .url(proxy.url, excluding: []))) { client in
                let error = await failure { () throws(HTTPClientError) in
                    try await client.execute(.init(url: "https://service.invalid/"))
                }
                #expect(error?.code == .connectFailed)
                #expect(error?.mayHaveBeenSent == false)
            }
        }
    }

    @Test("hosts that are excluded are reached directly")
    func excluded() async throws {
        try await ScriptedHTTPServer.with { _, exchange in
            try await exchange.respond("direct")
        } _: { server in
            let deadEnd = try ListeningSocket().port
            let proxy = HTTPClientConfiguration.Proxy.url("http://127.0.0.1:\(deadEnd)", excluding: ["127.0.0.1"])
            try await HTTPClient.with(.init(proxy: proxy)) { client in
                let answer = try await client.execute(.init(url: server.url))
                #expect(answer.status == 200)
            }
        }
    }
}
