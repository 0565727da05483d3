package import Foundation
import NIOConcurrencyHelpers

/// A private redis-server of one test, on a free port and a Unix socket, in a directory of its own.
///
/// It is gone when ``stop()`` is called, when the object is released, and when the test process ends in any way.
///
/// What it says goes to a file and not to a pipe with a `readabilityHandler`: where such handlers come and go on several
/// threads, libdispatch on Linux uses its record of a descriptor after it was freed, and the whole test process dies in
/// `_dispatch_event_loop_drain` (swift-corelibs-libdispatch, issue 949).
package final class RedisServer: Sendable {
    package struct StartFailure: Error, CustomStringConvertible {
        package let description: String
    }

    /// The plain port on 127.0.0.1.
    package let port: Int
    /// The TLS port, where the server was started with certificates.
    package let tlsPort: Int?
    package let directory: URL
    private let program: String
    private let arguments: [String]
    /// The configuration where it is a sentinel, which rewrites the file as it learns.
    private let sentinel: String?
    private let process = NIOLockedValueBox<ProgramProcess?>(nil)

    package var url: String { "redis://127.0.0.1:\(port)/0" }
    /// For an account, `user:password`.
    package func url(as credentials: String) -> String { "redis://\(credentials)@127.0.0.1:\(port)/0" }
    package var socketPath: String { directory.appendingPathComponent("redis.sock").path }
    package var socketURL: String { "redis+socket://\(socketPath)" }

    private init(
        program: String,
        port: Int,
        tlsPort: Int?,
        directory: URL,
        arguments: [String],
        sentinel: String?
    ) {
        self.program = program
        self.port = port
        self.tlsPort = tlsPort
        self.directory = directory
        self.arguments = arguments
        self.sentinel = sentinel
    }

    deinit {
        end()
        try? FileManager.default.removeItem(at: directory)
    }

    /// Starts a server and returns once it accepts connections.
    ///
    /// - Parameters:
    ///   - program: What to run: a name that is looked up, or a path.
    ///   - arguments: Added to the command line, after `--save "" --appendonly no`, so that they win.
    ///   - certificates: Also listen for TLS with these.
    ///   - requiresClientCertificate: Whether TLS clients must show a certificate of the same authority.
    ///   - sentinel: What makes it a sentinel: lines of a configuration file that say what it watches.
    /// - Returns: The running server.
    /// - Throws: ``StartFailure`` with what the server said.
    package static func start(
        program: String = "redis-server",
        arguments: [String] = [],
        certificates: TestCertificates? = nil,
        requiresClientCertificate: Bool = false,
        sentinel: String? = nil
    ) async throws -> RedisServer {
        var failure: any Error = StartFailure(description: "never tried")
        for _ in 0..<5 {  // another process may take the free port first
            let directory = FileManager.default.temporaryDirectory
                .appendingPathComponent("r\(UUID().uuidString.prefix(8))")
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            let tlsPort = certificates == nil ? nil : try FreePort.next()
            var all = arguments
            if let certificates, let tlsPort {
                all += ["--tls-port", "\(tlsPort)", "--tls-ca-cert-file", certificates.authority.path]
                all += ["--tls-cert-file", certificates.server.path, "--tls-key-file", certificates.serverKey.path]
                all += ["--tls-auth-clients", requiresClientCertificate ? "yes" : "no"]
            }
            let server = RedisServer(
                program: program,
                port: try FreePort.next(),
                tlsPort: tlsPort,
                directory: directory,
                arguments: all,
                sentinel: sentinel
            )
            do {
                try await server.launch()
                return server
            } catch {
                failure = error
            }
        }
        throw failure
    }

    /// Runs `body` with a server that is stopped afterwards, also when `body` throws.
    package static func with<Value>(
        program: String = "redis-server",
        arguments: [String] = [],
        certificates: TestCertificates? = nil,
        requiresClientCertificate: Bool = false,
        _ body: (RedisServer) async throws -> Value
    ) async throws -> Value {
        let server = try await start(
            program: program,
            arguments: arguments,
            certificates: certificates,
            requiresClientCertificate: requiresClientCertificate
        )
        defer { server.stop() }
        return try await body(server)
    }

    /// Whether its process is there; frozen, perhaps.
    package var isRunning: Bool { process.withLockedValue { $0 != nil } }

    /// Freezes the server: connections stay open and nothing answers.
    package func pause() { process.withLockedValue { $0?.signal(SIGSTOP) } }

    /// Ends ``pause()``.
    package func resume() { process.withLockedValue { $0?.signal(SIGCONT) } }

    /// Ends the server at once, as a crash would; returns when it is gone.
    package func kill() { end() }

    /// Ends the server; returns when it is gone. Nothing is saved unless the arguments say so.
    package func stop() { end() }

    /// Ends the server if it runs, and starts it again on the same ports and in the same directory.
    package func restart() async throws {
        end()
        try await launch()
    }

    private func end() {
        let process = process.withLockedValue { process in
            defer { process = nil }
            return process
        }
        process?.kill()
    }

    private func launch() async throws {
        let server = try ProgramProcess("/usr/bin/env", [program] + commandLine() + arguments, in: directory)
        process.withLockedValue { $0 = server }
        // What it says last: Redis up to 7.0, then later ones and Valkey.
        let signs =
            sentinel == nil
            ? ["ready to accept connections at", "Ready to accept connections unix"] : ["Sentinel ID is"]
        do {
            try await eventually("the start of \(program)") {
                let isOver = !server.isRunning
                let log = server.log
                if signs.contains(where: log.contains) { return true }
                if isOver { throw StartFailure(description: "\(program) did not start: \(log.suffix(4_000))") }
                return false
            }
        } catch {
            end()
            throw error
        }
    }

    private func commandLine() throws -> [String] {
        let common = ["--port", "\(port)", "--bind", "127.0.0.1", "--dir", directory.path, "--daemonize", "no"]
        guard let sentinel else {
            return common + ["--unixsocket", socketPath, "--save", "", "--appendonly", "no"]
        }
        let file = directory.appendingPathComponent("sentinel.conf")
        if !FileManager.default.fileExists(atPath: file.path) {
            try sentinel.write(to: file, atomically: true, encoding: .utf8)
        }
        return [file.path, "--sentinel"] + common
    }
}
