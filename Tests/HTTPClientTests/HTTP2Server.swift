import Foundation
import TestSupport

/// `nghttpd`, serving one file over TLS and HTTP/2 on a free port.
final class HTTP2Server: Sendable {
    private static let paths = ["/usr/bin/nghttpd", "/usr/sbin/nghttpd", "/usr/local/bin/nghttpd"]

    static var isInstalled: Bool { executable != nil }

    private static var executable: String? { paths.first { FileManager.default.isExecutableFile(atPath: $0) } }

    struct DidNotStart: Error {}

    let url: String
    let authorityFile: String
    private let process: Process
    private let log: URL

    /// Starts and waits until it listens.
    static func start(file: String, contents: String) async throws -> HTTP2Server {
        let identity = try ScriptedTLSIdentity.make()
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("h2-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try Data(contents.utf8).write(to: directory.appendingPathComponent(file))
        let log = directory.appendingPathComponent("log")
        try Data().write(to: log)
        let port = try FreePort.next()
        let process = Process()
        guard let executable else { throw DidNotStart() }
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments =
            ["-v", "--address=127.0.0.1", "-d", directory.path, "\(port)", identity.keyFile, identity.certificateFile]
        process.standardOutput = try FileHandle(forWritingTo: log)
        process.standardError = FileHandle.nullDevice
        try process.run()
        let server = HTTP2Server(port: port, authorityFile: identity.authorityFile, process: process, log: log)
        while try !String(contentsOf: log, encoding: .utf8).contains("listen") {
            guard process.isRunning else { throw DidNotStart() }
            await Task.yield()
        }
        return server
    }

    private init(port: Int, authorityFile: String, process: Process, log: URL) {
        url = "https://localhost:\(port)"
        self.authorityFile = authorityFile
        self.process = process
        self.log = log
    }

    /// How many connections its log tells of; call it when they are closed.
    func connections() async throws -> Int {
        let log = try String(contentsOf: log, encoding: .utf8)
        return Set(log.matches(of: /\[id=(\d+)\]/).map(\.1)).count
    }

    func stop() { process.terminate() }
}
