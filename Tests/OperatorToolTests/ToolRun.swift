import Dispatch
import Foundation
import JSON

/// One run of the real program.
struct ToolRun {
    let status: Int32
    let output: String
    let complaints: String

    /// Where the programs of this build are: beside the running tests.
    static let programs = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()

    static func run(_ arguments: String..., environment: [String: String] = [:]) async throws -> ToolRun {
        try await run(arguments: arguments, environment: environment)
    }

    /// Runs `ai-assistant` with nothing of our environment but `PATH`.
    static func run(
        arguments: [String],
        environment: [String: String] = [:],
        program: URL = programs.appending(path: "ai-assistant"),
        in directory: URL? = nil
    ) async throws -> ToolRun {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"]
            .merging(environment) { $1 }
        process.currentDirectoryURL = directory
        process.standardInput = FileHandle.nullDevice
        let output = Pipe()
        let complaints = Pipe()
        process.standardOutput = output
        process.standardError = complaints
        let status = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = { process in
            status.continuation.yield(process.terminationStatus)
            status.continuation.finish()
        }
        try process.run()
        async let outputText = text(of: output)
        async let complaintText = text(of: complaints)
        var ending: Int32 = -1
        for await value in status.stream { ending = value }
        return ToolRun(status: ending, output: await outputText, complaints: await complaintText)
    }

    /// Reads on a thread of its own: the pool of the tests has few, and a blocked one stops the servers they run.
    private static func text(of pipe: Pipe) async -> String {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "tool-run").async {
                let data = pipe.fileHandleForReading.readDataToEndOfFile()
                continuation.resume(returning: String(decoding: data, as: UTF8.self))
            }
        }
    }

    /// The output as JSON.
    func json() throws -> JSONValue { try JSONValue(parsing: output) }
}
