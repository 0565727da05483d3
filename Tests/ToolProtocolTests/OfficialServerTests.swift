import Cryptography
import Foundation
import HTTPClient
import JSON
import Logging
import TestSupport
import Testing
import ToolProtocol

let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
let identity = ClientIdentity(name: "ai-assistant", version: "0")

/// The environment of a server's process.
let environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"]

/// Both transports, and the forms that HTTP has.
enum Way: String, CaseIterable, Sendable {
    case process, http, json, stateless

    /// Runs a body with a client of the official SDK's server.
    func withServer(
        change: (inout MCPServerConfiguration) -> Void = { _ in },
        _ body: (MCPServer) async throws -> Void
    ) async throws {
        let http = HTTPClient()
        func run(_ address: MCPServerConfiguration.Address) async throws {
            var configuration = MCPServerConfiguration(
                name: "test",
                address: address,
                timeout: .seconds(20),
                connectTimeout: .seconds(60)
            )
            change(&configuration)
            let server = MCPServer(configuration: configuration, identity: identity, http: http, logger: silent)
            do {
                try await body(server)
            } catch {
                await server.close()
                throw error
            }
            await server.close()
        }
        switch self {
        case .process: try await run(.command(PythonServer.command, environment: environment))
        case .http: try await PythonServer.overHTTP { url in try await run(.url(url)) }
        case .json: try await PythonServer.overHTTP("--json") { url in try await run(.url(url)) }
        case .stateless: try await PythonServer.overHTTP("--stateless") { url in try await run(.url(url)) }
        }
        await http.shutdown()
    }
}

func failure(_ body: () async throws -> Void) async -> ToolProtocolError? {
    await #expect(throws: ToolProtocolError.self) { try await body() }
}

@Suite(
    "Servers of the official SDK",
    .enabled(if: PythonServer.interpreter != nil, "the packages of Tests/requirements.txt are not installed")
)
struct OfficialServerTests {
    @Test("lists its tools with what they take, and which destroy things", arguments: Way.allCases)
    func lists(way: Way) async throws {
        try await way.withServer(change: { $0.sensitiveTools = ["shout"] }) { server in
            let tools = try await server.tools()
            #expect(tools.map(\.name).contains("add"))
            let add = try #require(tools.first { $0.name == "add" })
            #expect(add.description == "Adds two numbers.")
            #expect(add.parameters["properties"]?["a"]?["type"] == "integer")
            #expect(Set(tools.filter(\.isSensitive).map(\.name)) == ["shout", "delete_everything"])
        }
    }

    @Test("calls its tools, in any script, and tells what they complain of", arguments: Way.allCases)
    func calls(way: Way) async throws {
        try await way.withServer { server in
            let sum = try await server.call("add", ["a": 2, "b": 40])
            #expect(sum == ToolResult(text: "42"))
            let answer = try await server.call("shout", ["text": "你好 hello"])
            #expect(answer.text == "你好 HELLO！")
            let failed = try await server.call("fail", ["reason": "no such page"])
            #expect(failed.isError && failed.text.contains("no such page"))
            let wrong = try await server.call("add", ["a": "x"])
            #expect(wrong.isError)
        }
    }

    @Test("answers come to those who asked, many at a time", arguments: [Way.process, .http])
    func many(way: Way) async throws {
        try await way.withServer { server in
            let sums = try await withThrowingTaskGroup(of: (Int64, String).self) { group in
                for number in 0..<30 as Range<Int64> {
                    group.addTask { (number, try await server.call("add", ["a": .integer(number), "b": 1]).text) }
                }
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            #expect(sums == Dictionary(uniqueKeysWithValues: (0..<30).map { ($0, "\($0 + 1)") }))
        }
    }

    @Test("a result beyond the bound is cut between characters", arguments: [Way.process, .http])
    func bounded(way: Way) async throws {
        try await way.withServer(change: { $0.bounds.resultBytes = 100 }) { server in
            let result = try await server.call("much", ["characters": 5_000])
            #expect(result.text == String(repeating: "好", count: 33))
            #expect(result.wasCut)
        }
    }

    @Test(
        "a message beyond the bound ends the session, and the next call begins another",
        arguments: [Way.process, .http]
    )
    func tooLarge(way: Way) async throws {
        try await way.withServer(change: { $0.bounds.messageBytes = 20_000 }) { server in
            let error = await failure { _ = try await server.call("much", ["characters": 50_000]) }
            #expect(error?.code == .tooLarge)
            try await eventually("another session") {
                (try? await server.call("add", ["a": 1, "b": 1]).text) == "2"
            }
        }
    }

    @Test("a slow call ends at its deadline, and the server is of use after it", arguments: Way.allCases)
    func timeout(way: Way) async throws {
        try await way.withServer(change: { $0.timeout = .seconds(3) }) { server in
            // Begins the session, whose time is another.
            _ = try await server.tools()
            let error = await failure { _ = try await server.call("slow", ["seconds": 60]) }
            #expect(error?.code == .timedOut)
            let answer = try await server.call("add", ["a": 1, "b": 1])
            #expect(answer.text == "2")
        }
    }

    @Test("a call that reports progress meanwhile is answered", arguments: [Way.process, .http])
    func progress(way: Way) async throws {
        try await way.withServer { server in
            let answer = try await server.call("slow", ["seconds": 0.05])
            #expect(answer.text == "done")
        }
    }

    @Test("cancelling a call ends the wait at once", arguments: [Way.process, .http])
    func cancelled(way: Way) async throws {
        try await way.withServer { server in
            _ = try await server.tools()
            let calling = Task { try await server.call("slow", ["seconds": 60]) }
            calling.cancel()
            let error = await failure { _ = try await calling.value }
            #expect(error?.code == .cancelled)
            let answer = try await server.call("add", ["a": 1, "b": 1])
            #expect(answer.text == "2")
        }
    }

    @Test("a process that dies is started anew")
    func restarts() async throws {
        try await Way.process.withServer { server in
            let error = await failure { _ = try await server.call("end", [:]) }
            #expect(error?.code == .unavailable)
            let answer = try await server.call("add", ["a": 1, "b": 1])
            #expect(answer.text == "2")
        }
    }

    @Test("a process gets its own environment and the key, and nothing of ours")
    func processEnvironment() async throws {
        try await Way.process.withServer(change: { $0.authorization = Secret("Bearer k") }) { server in
            let names = try await server.call("environment", [:]).text
            #expect(names.contains("MCP_AUTHORIZATION") && names.contains("PATH"))
            #expect(!names.contains("HOME"))
        }
    }

    @Test("a tool that is not allowed is neither offered nor called")
    func allowed() async throws {
        try await Way.process.withServer(change: { $0.allowedTools = ["add"] }) { server in
            let answer = try await server.tools()
            #expect(answer.map(\.name) == ["add"])
            let error = await failure { _ = try await server.call("shout", ["text": "a"]) }
            #expect(error?.code == .unknownTool)
        }
    }

    @Test("an HTTP server that was started anew gets a new session")
    func sessionLost() async throws {
        let http = HTTPClient()
        try await PythonServer.overHTTP { first in
            try await PythonServer.overHTTP { second in
                // One address that leads to one server, then to the other, which knows nothing of the session.
                let proxy = SwitchedAddress(first: first, second: second)
                let server = MCPServer(
                    configuration: .init(name: "test", address: .url(first), connectTimeout: .seconds(60)),
                    identity: identity,
                    http: SwitchingTransport(http: http, address: proxy),
                    logger: silent
                )
                let answer = try await server.call("add", ["a": 1, "b": 1])
                #expect(answer.text == "2")
                proxy.switchOver()
                let other = try await server.call("add", ["a": 1, "b": 2])
                #expect(other.text == "3")
                await server.close()
            }
        }
        await http.shutdown()
    }
}
