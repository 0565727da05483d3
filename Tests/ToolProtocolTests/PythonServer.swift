import Foundation
import TestSupport

/// The server of `Fixtures/tool_server.py`, made with the protocol's official SDK.
enum PythonServer {
    /// The interpreter that has the packages of `Tests/requirements.txt`, of the environment that `make test` makes or the
    /// one that `AI_ASSISTANT_PYTHON` names; nil where nobody installed them.
    static let interpreter: String? = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
        let path =
            ProcessInfo.processInfo.environment["AI_ASSISTANT_PYTHON"]
            ?? root.appending(path: ".build-venv/bin/python").path
        let libraries = URL(filePath: path).deletingLastPathComponent().appending(path: "../lib").standardized
        let versions =
            (try? FileManager.default.contentsOfDirectory(at: libraries, includingPropertiesForKeys: nil)) ?? []
        let hasSDK = versions.contains {
            FileManager.default.fileExists(atPath: $0.appending(path: "site-packages/mcp/server/mcpserver").path)
        }
        return hasSDK ? path : nil
    }()

    static var script: String {
        Bundle.module.url(forResource: "tool_server", withExtension: "py", subdirectory: "Fixtures")?.path ?? ""
    }

    /// The command of a server that speaks over its standard input and output.
    static var command: [String] { [interpreter ?? "python3", script, "stdio"] }

    /// Runs a body with the address of a server that speaks HTTP.
    static func overHTTP(_ options: String..., body: (String) async throws -> Void) async throws {
        let process = try ProgramProcess(interpreter ?? "/usr/bin/python3", [script, "http"] + options)
        defer { process.kill() }
        let line = try await process.says("listening: ", within: .seconds(60))
        try await body(line.components(separatedBy: "listening: ").last ?? "")
    }
}
