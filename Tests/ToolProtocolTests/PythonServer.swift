import Dispatch
import Foundation
import TestSupport

/// The server of `Fixtures/tool_server.py`, made with the protocol's official SDK.
enum PythonServer {
    /// The interpreter that has the packages of `Tests/requirements.txt`; nil where nobody installed them.
    static let interpreter: String? = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
        let path =
            ProcessInfo.processInfo.environment["AI_ASSISTANT_PYTHON"]
            ?? root.appending(path: ".build-venv/bin/python").path
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = ["-c", "import mcp.server.mcpserver"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        process.waitUntilExit()
        return process.terminationStatus == 0 ? path : nil
    }()

    static var script: String {
        Bundle.module.url(forResource: "tool_server", withExtension: "py", subdirectory: "Fixtures")?.path ?? ""
    }

    /// The command of a server that speaks over its standard input and output.
    static var command: [String] { [interpreter ?? "python3", script, "stdio"] }

    /// Runs a body with the address of a server that speaks HTTP, and its process.
    static func overHTTP(_ options: String..., body: (String, Process) async throws -> Void) async throws {
        let process = Process()
        process.executableURL = URL(filePath: interpreter ?? "/usr/bin/python3")
        process.arguments = [script, "http"] + options
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        defer { process.terminate() }
        let handle = output.fileHandleForReading
        let line = await withCheckedContinuation { continuation in
            // It blocks, so a thread of its own does it.
            DispatchQueue(label: "tool-server").async {
                var text = ""
                while !text.contains("\n") {
                    let data = handle.availableData
                    if data.isEmpty { break }
                    text += String(decoding: data, as: UTF8.self)
                }
                continuation.resume(returning: text)
            }
        }
        guard
            let address = line.components(separatedBy: "listening: ").last?.components(separatedBy: "\n").first,
            address.hasPrefix("http")
        else { throw NeverHappened(description: "the server's address") }
        try await body(address, process)
    }
}
