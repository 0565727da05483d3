import Foundation
import Redis
import Testing
import TestSupport

@Suite struct AccessTests {
    @Test("user, password, database and client name are used on every connection")
    func handshake() async throws {
        let arguments = ["--requirepass", "main", "--user", "bot", "on", ">pass@word", "~*", "+@all"]
        try await RedisServer.with(arguments: arguments) { server in
            let client = try makeClient(
                server,
                url: "redis://bot:pass%40word@127.0.0.1:\(server.port)/3?client_name=worker-1"
            )
            defer { client.close() }
            #expect(try await client.send(RedisCommand("ACL", "WHOAMI")).string == "bot")
            let info = try await client.send(RedisCommand("CLIENT", "INFO")).string ?? ""
            #expect(info.contains(" name=worker-1 ") && info.contains(" db=3 "))
            let dedicated = try await client.withDedicatedConnection {
                try await $0.send(RedisCommand("CLIENT", "INFO"))
            }
            #expect(dedicated.string?.contains(" db=3 ") == true)

            let byPassword = try makeClient(server, url: "redis://:main@127.0.0.1:\(server.port)")
            defer { byPassword.close() }
            #expect(try await byPassword.send(RedisCommand("ACL", "WHOAMI")).string == "default")
        }
    }

    @Test("a wrong or missing password fails as such and is not shown", arguments: ["bot:wrong@", ":wrong@", ""])
    func refused(credentials: String) async throws {
        try await RedisServer.with(arguments: ["--requirepass", "main"]) { server in
            let client = try makeClient(server, url: "redis://\(credentials)127.0.0.1:\(server.port)")
            defer { client.close() }
            let error = await #expect(throws: RedisError.self) { try await client.withDedicatedConnection { _ in } }
            #expect(error?.code == .connectFailed)
            #expect(error?.command == (credentials.isEmpty ? "PING" : "AUTH"))
            #expect(error?.debugDescription.contains("wrong") == false)
        }
    }

    @Test("a Unix socket works, with its database")
    func unixSocket() async throws {
        try await RedisServer.with { server in
            let client = try makeClient(server, url: "\(server.socketURL)?virtual_host=2")
            defer { client.close() }
            let info = try await client.send(RedisCommand("CLIENT", "INFO")).string ?? ""
            #expect(info.contains(" db=2 ") && info.contains("redis.sock"))
        }
    }

    @Test("TLS checks the chain and the host, and shows our certificate where it is asked for")
    func tls() async throws {
        let certificates = try TestCertificates.make(names: ["DNS:localhost"])
        let strangers = try TestCertificates.make()
        defer {
            certificates.remove()
            strangers.remove()
        }
        try await RedisServer.with(certificates: certificates, requiresClientCertificate: true) { server in
            let port = try #require(server.tlsPort)
            let ours = "ssl_ca_certs=\(certificates.authority.path)"
            let identity = "ssl_certfile=\(certificates.client.path)&ssl_keyfile=\(certificates.clientKey.path)"
            func attempt(_ host: String, _ query: String) async throws -> RedisReply {
                let client = try makeClient(server, url: "rediss://\(host):\(port)?\(query)")
                defer { client.close() }
                return try await client.withDedicatedConnection { try await $0.send(RedisCommand("PING")) }
            }
            #expect(try await attempt("localhost", "\(ours)&\(identity)") == .status("PONG"))
            #expect(try await attempt("127.0.0.1", "\(ours)&\(identity)&ssl_check_hostname=false") == .status("PONG"))
            #expect(try await attempt("127.0.0.1", "ssl_cert_reqs=none&\(identity)") == .status("PONG"))

            let foreign = "ssl_ca_certs=\(strangers.authority.path)"
            for (host, query) in [
                ("127.0.0.1", "\(ours)&\(identity)"), ("localhost", identity), ("localhost", "\(foreign)&\(identity)"),
                ("localhost", ours), ("localhost", "ssl_ca_certs=/does/not/exist"),
            ] {
                let error = await #expect(throws: RedisError.self, "\(host) \(query)") {
                    try await attempt(host, query)
                }
                #expect(error?.code == .connectFailed)
            }
        }
    }

    @Test("many callers share one TLS connection, and large values pass")
    func tlsTraffic() async throws {
        let certificates = try TestCertificates.make()
        defer { certificates.remove() }
        try await RedisServer.with(certificates: certificates) { server in
            let port = try #require(server.tlsPort)
            let url = "rediss://127.0.0.1:\(port)?ssl_ca_certs=\(certificates.authority.path)"
            let client = try makeClient(server, url: url)
            defer { client.close() }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for caller in 0..<50 {
                    group.addTask {
                        let value = [UInt8](repeating: UInt8(caller), count: 40_000 + caller)
                        let reply = try await client.send(RedisCommand("ECHO", value))
                        #expect(reply == .bytes(value))
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
