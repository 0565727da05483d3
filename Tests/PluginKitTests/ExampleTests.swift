import Cryptography
import Foundation
import HTTP
import HTTPClient
import JSON
import Processes
import TestSupport
import Testing

@testable import PluginKit
@testable import swift_plugin_example

/// A plugin's program as a worker starts it: on a socket that it inherits, with a secret of its own.
private struct StartedPlugin {
    private static let secret = Secret("a secret of sixteen bytes and more")

    let port: Int
    let processID: Int32

    init(_ program: String) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, size) == 0 && listen(listener, 16) == 0
                    && getsockname(listener, address, &size) == 0
            }
        }
        try #require(isBound)
        port = Int(UInt16(bigEndian: address.sin_port))
        var launch = ProcessLaunch(
            program,
            arguments: [],
            environment: [
                "PLUGIN_LISTEN_FD": "3", "LISTEN_FDS": "1", "PLUGIN_SECRET": Self.secret.value, "PATH": "/usr/bin:/bin",
            ]
        )
        launch.descriptors = [3: listener]
        processID = try launch.spawn()
    }

    /// Calls it with a text, signed now.
    func call(_ text: String, _ client: HTTPClient) async throws -> JSONValue {
        let context: JSONValue = ["message_content": .string(text), "language": "en", "config": [:]]
        let body = context.bytes
        let request = RequestSignature.Request(
            method: "POST",
            path: "/handle_message",
            idempotencyKey: "",
            timestamp: String(Int(Date().timeIntervalSince1970))
        )
        let response = try await client.execute(
            .init(
                method: "POST",
                url: "http://127.0.0.1:\(port)/handle_message",
                headers: [
                    ("Content-Type", "application/json"), ("Plugin-Timestamp", request.timestamp),
                    (
                        "Plugin-Signature",
                        RequestSignature.signature(of: request, body: body, secret: Self.secret)
                    ),
                ],
                body: body
            )
        )
        return response.json
    }
}

@Suite("The example in Swift")
struct ExampleTests {
    private var program: String {
        get throws {
            let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            return URL(fileURLWithPath: bundle).deletingLastPathComponent().path + "/swift-plugin-example"
        }
    }

    @Test("serves on the socket that its worker gives it, and ends when it is asked to")
    func inheritedSocket() async throws {
        let plugin = try StartedPlugin(program)
        let client = HTTPClient()
        let answer: Result<JSONValue, any Error>
        do { answer = .success(try await plugin.call("2026-12-01 2026-12-31", client)) } catch {
            answer = .failure(error)
        }
        kill(plugin.processID, SIGTERM)
        #expect(ProcessEnding(of: plugin.processID) == .status(0))
        let said = try answer.get()["reply_message"]?["text"]
        #expect(said == "2026-12-01 to 2026-12-31: workdays: 23, all days: 31")
        await client.shutdown()
    }

    @Test("says where it listens, and is not served without proof where others reach it")
    func ownSocket() async throws {
        let served = try ProgramProcess("swift-plugin-example", ["serve", "--port", "0", "--insecure"])
        let line = try await served.says("listening")
        let url = try #require(line.split(separator: " ").first { $0.hasPrefix("url=http://127.0.0.1:") }).dropFirst(4)
        let client = HTTPClient()
        #expect(try await client.execute(.init(url: "\(url)/health")).json == ["status": "ok"])
        #expect(try await served.terminate() == .exited(0))
        await client.shutdown()

        let open = ["serve", "--host", "0.0.0.0", "--port", "0", "--insecure"]
        let refused = try await ProgramProcess.run("swift-plugin-example", open)
        #expect(refused.ending == .exited(1))
        #expect(refused.errors.contains("--insecure is for addresses of this machine only"))
        let secretless = try await ProgramProcess.run("swift-plugin-example", ["serve", "--port", "0"])
        #expect(secretless.ending == .exited(1))
        #expect(secretless.errors.contains("a secret of at least 16 bytes is needed"))
    }

    @Test("prints what it is, and what it answers")
    func commands() async throws {
        let manifest = try await ProgramProcess.run("swift-plugin-example", ["manifest"])
        let printed = try JSONValue(parsing: manifest.output.trimmingCharacters(in: .newlines))
        #expect(printed["command"] == ["./swift-plugin-example"])
        let beside = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../examples/plugins/workdays-swift")
        var kept = try JSONValue(parsing: Array(Data(contentsOf: beside.appendingPathComponent("manifest.json"))))
        #expect(kept["command"] == ["./workdays"])
        if case .object(var members) = kept {
            members["command"] = printed["command"]
            kept = .object(members)
        }
        #expect(kept == printed)
        let schema = try Data(contentsOf: beside.appendingPathComponent("config_schema.json"))
        #expect(try JSONValue(parsing: Array(schema)) == Workdays.configurationSchema)
        let called = try await ProgramProcess.run(
            "swift-plugin-example",
            ["call", "2026-12-01 +10", "--language", "en"]
        )
        #expect(called.output.contains("Workday 10 after 2026-12-01 is 2026-12-15"))
        #expect(try await ProgramProcess.run("swift-plugin-example", ["walk"]).ending == .exited(2))
    }

    @Test("knows the calendar", arguments: [("2026-02-29", false), ("2024-02-29", true), ("2026-04-31", false)])
    func days(text: String, isDay: Bool) {
        #expect((Day(text) != nil) == isDay)
    }

    @Test("counts days as the calendar does, over leap years and centuries")
    func numbers() throws {
        let first = try #require(Day("1900-01-01"))
        #expect(first.weekday == 1)
        let last = try #require(Day("2199-12-31"))
        #expect(last.number - first.number == 109_572)
        let isEach = (first.number...last.number).allSatisfy { Day(Day(number: $0).description)?.number == $0 }
        #expect(isEach)
    }
}
