import Foundation
import TestSupport

/// A folder that is gone afterwards.
struct TemporaryFolder {
    let path: String

    static func with<Value>(_ body: (TemporaryFolder) async throws -> Value) async throws -> Value {
        let url = FileManager.default.temporaryDirectory.appending(path: "folder\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: url) }
        return try await body(TemporaryFolder(path: url.path))
    }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path).appending(path: name))
    }

    /// The lines of a file; none where it is not there.
    func lines(of name: String) -> [String] {
        let text = try? String(contentsOf: URL(filePath: path).appending(path: name), encoding: .utf8)
        return (text ?? "").split(separator: "\n").map(String.init)
    }
}

/// A server of tools, of which each call is seen.
struct ToolBench {
    let folder: TemporaryFolder
    private let server: ProgramProcess

    /// Runs `body` with a server that is reached over HTTP, and settings by which workers know it and one of their own,
    /// which they start and speak to over its standard streams.
    static func with(_ body: (ToolBench, _ settings: [String: String]) async throws -> Void) async throws {
        try await TemporaryFolder.with { folder in
            let script =
                Bundle.module.url(forResource: "tools", withExtension: "py", subdirectory: "Fixtures")?.path ?? ""
            let log = folder.path + "/calls"
            let server = try ProgramProcess("/usr/bin/env", ["python3", script, "http", log])
            defer { server.kill() }
            let line = try await server.says("listening: ")
            let url = line.components(separatedBy: "listening: ").last ?? ""
            let configuration = """
                tools:
                  mcp_servers:
                    - name: local
                      command: python3 \(script) stdio \(log)
                    - name: remote
                      url: \(url)
                      sensitive_tools: [erase]
                """
            try folder.write(configuration, to: "config.yaml")
            let bench = ToolBench(folder: folder, server: server)
            try await body(bench, ["AI_ASSISTANT_CONFIG": folder.path + "/config.yaml"])
        }
    }

    /// Each call so far, as `stdio lookup`.
    var calls: [String] { folder.lines(of: "calls") }
}
