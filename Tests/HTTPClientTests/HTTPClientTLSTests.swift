import HTTP
import HTTPClient
import TestSupport
import Testing

@Suite("HTTPS")
struct HTTPClientTLSTests {
    private static let identity = Result { try ScriptedTLSIdentity.make(names: ["DNS:localhost"]) }

    private func answer(
        url: (ScriptedHTTPServer) -> String,
        authorityFile: String?
    ) async throws -> Result<HTTPClientResponse, HTTPClientError> {
        let identity = try Self.identity.get()
        return try await ScriptedHTTPServer.with(tls: identity) { _, exchange in
            try await exchange.respond("ok")
        } _: { server in
            let request = HTTPClientRequest(url: url(server))
            return try await HTTPClient.with(.init(certificateAuthorityFile: authorityFile)) { client in
                do throws(HTTPClientError) {
                    return .success(try await client.execute(request))
                } catch {
                    return .failure(error)
                }
            }
        }
    }

    @Test("a certificate by the authority given is accepted")
    func accepted() async throws {
        let answer = try await answer(url: \.url, authorityFile: Self.identity.get().authorityFile)
        #expect(try answer.get().status == 200)
    }

    @Test("a certificate by an authority unknown here is refused")
    func unknownAuthority() async throws {
        let answer = try await answer(url: \.url, authorityFile: nil)
        #expect(throws: HTTPClientError.self) { try answer.get() }
        guard case .failure(let error) = answer else { return }
        #expect(error.code == .tls)
        #expect(!error.isTransient)
        #expect(!error.mayHaveBeenSent)
    }

    @Test("a certificate for another host is refused")
    func otherHost() async throws {
        let file = try Self.identity.get().authorityFile
        let answer = try await answer(url: { "https://127.0.0.1:\($0.port)" }, authorityFile: file)
        guard case .failure(let error) = answer else {
            Issue.record("accepted")
            return
        }
        #expect(error.code == .tls)
    }

    @Test("a missing authority file is an error, not a reason to trust anyone")
    func missingFile() async throws {
        let answer = try await answer(url: \.url, authorityFile: "/nonexistent/authority.pem")
        guard case .failure(let error) = answer else {
            Issue.record("accepted")
            return
        }
        #expect(error.code == .tls)
    }

    @Test("a server without TLS on an https URL is an error")
    func plainServer() async throws {
        try await ScriptedHTTPServer.with { _, exchange in
            try await exchange.respond("ok")
        } _: { server in
            try await HTTPClient.with { client in
                let request = HTTPClientRequest(url: "https://127.0.0.1:\(server.port)")
                let error = await failure { () throws(HTTPClientError) in try await client.execute(request) }
                #expect(error?.code == .tls || error?.code == .protocol)
            }
        }
    }
}
