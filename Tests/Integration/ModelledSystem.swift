import Foundation
import JSON
import TestSupport

extension AssistantSystem {
    /// Runs `body` with a system that asks a model of the test's own, over HTTP.
    static func with<Value>(
        model answering: @escaping FakeModelServer.Answering,
        transcribing: @escaping FakeModelServer.Transcribing = { _ in "" },
        workers: Int = 1,
        settings: [String: String] = [:],
        _ body: (AssistantSystem, FakeModelServer) async throws -> Value
    ) async throws -> Value {
        let model = try await FakeModelServer.start(transcribing: transcribing, answering: answering)
        let own = [
            "LLM_PROVIDER": "openai", "LLM_BASE_URL": model.url, "LLM_MODEL": "fake-model",
            "LLM_TRANSCRIPTION_BASE_URL": model.url, "LLM_TRANSCRIPTION_MODEL": "fake-whisper",
        ]
        let options = Options(workers: workers, settings: own.merging(settings) { $1 })
        let result: Result<Value, any Error>
        do {
            result = .success(try await AssistantSystem.with(options) { try await body($0, model) })
        } catch {
            result = .failure(error)
        }
        try await model.stop()
        return try result.get()
    }

    /// The one answer to a message, once nothing more can come.
    func onlyReply(to messageID: String) async throws -> SandboxControl.Reply {
        let reply = try await sandbox.wholeReply(to: messageID)
        try await settled()
        let replies = try await sandbox.replies(to: messageID)
        guard replies.count == 1 else {
            throw NeverHappened(description: "one reply: there are \(replies.count), which")
        }
        return replies.first ?? reply
    }
}

extension FakeModelRequest {
    /// Everything that it was told, by role.
    func texts(of role: String) -> [String] {
        messages.filter { $0["role"]?.string == role }.map { message in
            switch message["content"] {
            case .string(let text): text
            case .array(let parts): parts.compactMap { $0["text"]?.string }.joined(separator: "\n")
            default: ""
            }
        }
    }

    var everything: String { messages.map(\.text).joined(separator: "\n") }

    /// Addresses of the images in it.
    var images: [String] {
        messages.flatMap { $0["content"]?.array ?? [] }.compactMap { $0["image_url"]?["url"]?.string }
    }
}

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
