import Foundation
import HTTP
import HTTPClient
import TestSupport
import Testing

@Suite("HTTP/2", .enabled(if: HTTP2Server.isInstalled, "needs nghttpd (Debian: nghttp2-server)"))
struct HTTP2Tests {
    @Test("many requests at once share few connections")
    func multiplexing() async throws {
        let server = try await HTTP2Server.start(file: "hello", contents: String(repeating: "x", count: 50_000))
        defer { server.stop() }
        let configuration = HTTPClientConfiguration(
            certificateAuthorityFile: server.authorityFile,
            maximumConnectionsPerHost: 2
        )
        try await HTTPClient.with(configuration) { client in
            // Longer than this means that a stream was forgotten until its connect timer woke it.
            let deadlines = HTTPClientDeadlines(idle: .seconds(5))
            let request = HTTPClientRequest(url: server.url + "/hello", deadlines: deadlines)
            try await withThrowingTaskGroup(of: HTTPClientResponse.self) { group in
                for _ in 0..<300 { group.addTask { try await client.execute(request) } }
                for try await response in group {
                    #expect(response.head.version == "2")
                    #expect(response.status == 200)
                    #expect(response.body.count == 50_000)
                }
            }
        }
        let connections = try await server.connections()
        #expect(connections > 0 && connections <= 2)
    }

    @Test("a stream that is dropped leaves the others on its connection alone")
    func dropped() async throws {
        let server = try await HTTP2Server.start(file: "large", contents: String(repeating: "x", count: 8 << 20))
        defer { server.stop() }
        let configuration = HTTPClientConfiguration(
            certificateAuthorityFile: server.authorityFile,
            maximumConnectionsPerHost: 1
        )
        try await HTTPClient.with(configuration) { client in
            for _ in 0..<10 {
                var body = try await client.stream(.init(url: server.url + "/large")).body.makeAsyncIterator()
                let bytes = try await body.next()
                #expect(bytes?.isEmpty == false)
            }
            let whole = try await client.execute(.init(url: server.url + "/large"))
            #expect(whole.body.count == 8 << 20)
        }
        let connections = try await server.connections()
        #expect(connections == 1)
    }
}
