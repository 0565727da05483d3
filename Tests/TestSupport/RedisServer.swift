package import Foundation
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// A private redis-server of one test, on a free port and a Unix socket, in a directory of its own.
///
/// It is gone when ``stop()`` is called, when the object is released, and when the test process ends in any way.
package final class RedisServer: Sendable {
    package struct StartFailure: Error, CustomStringConvertible {
        package let description: String
    }

    private struct State {
        var process: Process?
        var isPaused = false
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
    private let state = NIOLockedValueBox(State())

    package var url: String { "redis://127.0.0.1:\(port)/0" }
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
            let tlsPort = certificates == nil ? nil : try await freePort()
            var all = arguments
            if let certificates, let tlsPort {
                all += ["--tls-port", "\(tlsPort)", "--tls-ca-cert-file", certificates.authority.path]
                all += ["--tls-cert-file", certificates.server.path, "--tls-key-file", certificates.serverKey.path]
                all += ["--tls-auth-clients", requiresClientCertificate ? "yes" : "no"]
            }
            let server = RedisServer(
                program: program,
                port: try await freePort(),
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
    package var isRunning: Bool { state.withLockedValue { $0.process != nil } }

    /// Freezes the server: connections stay open and nothing answers.
    package func pause() {
        state.withLockedValue { state in
            if let process = state.process { Foundation.kill(process.processIdentifier, SIGSTOP) }
        }
    }

    /// Ends ``pause()``.
    package func resume() {
        state.withLockedValue { state in
            if let process = state.process { Foundation.kill(process.processIdentifier, SIGCONT) }
        }
    }

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
        let process = state.withLockedValue { state in
            defer { state.process = nil }
            return state.process
        }
        guard let process else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        // Not `waitUntilExit`: a server that was started at the same moment may have inherited the descriptor by which
        // Foundation learns of this end, and it would wait for that one, too.
        while Self.isAlive(process.processIdentifier) { usleep(200) }
        OrphanGuard.shared.forget(process.processIdentifier)
        // Its other end may stay open in a process that was started at the same moment.
        (process.standardOutput as? Pipe)?.fileHandleForReading.readabilityHandler = nil
    }

    /// Whether a child of ours still runs; one that has ended stays a zombie until somebody waits for it (proc(5)).
    private static func isAlive(_ process: Int32) -> Bool {
        guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let state = status.split(separator: ")").last?.split(separator: " ").first
        else { return false }
        return state != "Z" && state != "X"
    }

    private func launch() async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + (try commandLine()) + arguments
        process.standardInput = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output

        let (said, sayings) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let log = NIOLockedValueBox("")
        output.fileHandleForReading.readabilityHandler = { handle in
            let data = handle.availableData
            if data.isEmpty {
                handle.readabilityHandler = nil
                sayings.finish()
                return
            }
            // Keeps reading for as long as the server runs, else its log would fill the pipe and block it.
            log.withLockedValue { $0 = String(($0 + String(decoding: data, as: UTF8.self)).suffix(16_384)) }
            sayings.yield()
        }
        // Its output may stay open after its end, in the hands of a process that was started at the same moment.
        process.terminationHandler = { _ in sayings.finish() }
        try process.run()
        state.withLockedValue { $0.process = process }
        OrphanGuard.shared.watch(process.processIdentifier, directory: directory.path)
        // What it says last: Redis up to 7.0, then later ones and Valkey.
        let signs =
            sentinel == nil
            ? ["ready to accept connections at", "Ready to accept connections unix"] : ["Sentinel ID is"]
        for await _ in said where log.withLockedValue({ log in signs.contains { log.contains($0) } }) {
            return
        }
        end()
        throw StartFailure(description: "\(program) did not start: \(log.withLockedValue { $0 })")
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

    /// A port of 127.0.0.1 that nobody listens on right now.
    package static func freePort() async throws -> Int {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = channel.localAddress?.port
        try await channel.close()
        guard let port else { throw StartFailure(description: "no free port") }
        return port
    }
}
