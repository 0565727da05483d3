import HTTP
import HTTPClient
import TestSupport
import Testing

@Suite("Addresses that a request may be sent to")
struct HTTPClientAddressTests {
    private struct Only: AddressFilter {
        let addresses: [String]

        func allows(_ address: IPAddress) -> Bool { addresses.contains { IPAddress($0) == address } }
    }

    private func failureOf(_ url: String, _ filter: Only, _ client: HTTPClient) async -> HTTPClientError? {
        await failure { () throws(HTTPClientError) in
            try await client.execute(.init(url: url, allowedAddresses: filter))
        }
    }

    @Test("an address that is not allowed gets no connection, however it is written")
    func refused() async throws {
        try await ScriptedHTTPServer.with { _, exchange in
            try await exchange.respond("reached")
        } _: { server in
            try await HTTPClient.with { client in
                let hosts = [
                    "127.0.0.1", "localhost", "2130706433", "0x7f000001", "017700000001", "127.1", "0x7f.0.0.1",
                    "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
                ]
                for host in hosts {
                    let error = await failureOf("http://\(host):\(server.port)/", Only(addresses: []), client)
                    #expect(error?.code == .addressRefused, "\(host)")
                    #expect(error?.mayHaveBeenSent == false)
                    #expect(error?.isTransient == false)
                }
                #expect(server.tally.connections == 0)
            }
        }
    }

    @Test("an address that is allowed is reached")
    func allowed() async throws {
        try await ScriptedHTTPServer.with { _, exchange in
            try await exchange.respond("reached")
        } _: { server in
            try await HTTPClient.with { client in
                let filter = Only(addresses: ["127.0.0.1"])
                let response = try await client.execute(.init(url: server.url, allowedAddresses: filter))
                #expect(String(decoding: response.body, as: UTF8.self) == "reached")
            }
        }
    }

    @Test("a connection that another request has opened is asked about, too")
    func reused() async throws {
        try await ScriptedHTTPServer.with { _, exchange in
            try await exchange.respond("reached")
        } _: { server in
            try await HTTPClient.with { client in
                _ = try await client.execute(.init(url: server.url))
                let error = await failureOf(server.url, Only(addresses: []), client)
                #expect(error?.code == .addressRefused)
                #expect(server.tally.requests.count == 1)
            }
        }
    }

    @Test("no proxy stands between: it would choose the address")
    func proxied() async throws {
        try await ScriptedHTTPServer.with { _, exchange in
            try await exchange.respond("from the proxy")
        } _: { proxy in
            try await ScriptedHTTPServer.with { _, exchange in
                try await exchange.respond("reached")
            } _: { server in
                let url = "http://127.0.0.1:\(proxy.port)"
                try await HTTPClient.with(.init(proxy: .url(url, excluding: []))) { client in
                    let filter = Only(addresses: ["127.0.0.1"])
                    let response = try await client.execute(.init(url: server.url, allowedAddresses: filter))
                    #expect(String(decoding: response.body, as: UTF8.self) == "reached")
                    #expect(proxy.tally.connections == 0)
                }
            }
        }
    }
}
