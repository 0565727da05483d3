import Foundation
import JSON
import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import Plugins

/// One after the other: each starts Python, and some wait for what must come within a second.
@Suite("Plugins that run as child processes", .serialized)
struct RunningProcessTests {
    /// Whether a process, or with a negative number a group, is there.
    private func isThere(_ number: Int32) -> Bool { kill(number, 0) == 0 }

    @Test("answer calls, with no more of us than they are given")
    func surroundings() async throws {
        let seen = NIOLockedValueBox<(process: Int32, scratch: URL)?>(nil)
        try await RunningPlugin.with { plugin in
            plugin.supervisor.apply([try plugin.desired()])
            try await plugin.reaches(.healthy)
            #expect(try await plugin.call("你好") == "1.0.0: 你好")
            let facts = try JSONValue(parsing: try await plugin.call("facts"))
            let environment = try #require(facts["environment"]?.object)
            #expect(
                Set(environment.members.map(\.key)).subtracting(["LC_CTYPE"]) == [
                    "PATH", "LANG", "HOME", "TMPDIR", "PYTHONPATH", "LISTEN_FDS", "PLUGIN_LISTEN_FD", "PLUGIN_SECRET",
                    "PLUGIN_NAME", "PLUGIN_VERSION", "http_proxy",
                ]
            )
            #expect(environment["PLUGIN_SECRET"]?.string?.count == 64)
            #expect(
                facts["directory"]?.string.map { URL(fileURLWithPath: $0).lastPathComponent }
                    == plugin.folder.lastPathComponent
            )
            // The socket, the connection, and the one by which it lists them; its standard ones.
            #expect((facts["descriptors"]?.array?.count ?? .max) <= 8)
            #expect(facts["no_new_privileges"]?.string == "1")
            #expect(facts["death_signal"]?.integer == Int64(SIGKILL))
            #expect(facts["group"] == facts["process"])
            #expect(facts["files"]?.integer == 256)
            #expect(facts["core"]?.integer == 0)
            #expect(facts["file_size"]?.integer == 64 << 20)
            #expect(facts["home_mode"]?.integer == 0o700)
            #expect(facts["niceness"]?.integer == min(19, Int64(getpriority(.init(0), 0)) + 5))
            if getuid() == 0 { #expect(facts["user"]?.integer != 0) }
            let process = Int32(try #require(facts["process"]?.integer))
            seen.withLockedValue { $0 = (process, plugin.scratch) }
            try await eventually("a line in the log") {
                plugin.log.withLockedValue { $0.contains("hello from sample") }
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: plugin.scratch.path).count == 1)
        }
        let process = try #require(seen.withLockedValue { $0 }).process
        #expect(!isThere(process) && !isThere(-process))
    }

    @Test(
        "fail as what they did",
        arguments: [
            ("hang", PluginFailure.timedOut), ("slow headers", .timedOut), ("endless", .tooLarge),
            ("garbage", .notJSON), ("page", .notJSON),
            (
                "wrong types",
                .notAsAgreed(
                    ContractProblems([
                        ContractProblem(
                            "/reply_message",
                            "expected text, or an object with text, markdown, card or file"
                        )
                    ])
                )
            ),
        ]
    )
    func failures(_ wish: String, _ failure: PluginFailure) async throws {
        try await RunningPlugin.with { plugin in
            plugin.supervisor.apply([try plugin.desired(timeout: failure == .timedOut ? 0.3 : 10)])
            try await plugin.reaches(.healthy)
            #expect(try await plugin.failure(of: wish) == failure)
            // The others are served all the same.
            #expect(try await plugin.call("on") == "1.0.0: on")
        }
    }

    @Test("that end in a call fail it at once and are started again")
    func crash() async throws {
        try await RunningPlugin.with { plugin in
            plugin.supervisor.apply([try plugin.desired(timeout: 60)])
            try await plugin.reaches(.healthy)
            let before = try await plugin.call("process")
            async let hanging = plugin.failure(of: "hang")
            let (failure, took) = try await unhurried { try await plugin.failure(of: "crash") }
            #expect(failure == .crashed)
            #expect(try await hanging == .crashed)
            #expect(took < .seconds(5))
            try await eventually("another process") {
                guard plugin.supervisor.client(for: .sample) != nil else { return false }
                return (try? await plugin.call("process")).map { $0 != before } ?? false
            }
        }
    }

    @Test(
        "that never become healthy are said to fail, with the reason",
        arguments: [
            ("crash", "its process ended with status 7"),
            ("impostor", "its GET /manifest gives another name or version than sample 1.0.0"),
        ]
    )
    func neverHealthy(_ mode: String, _ reason: String) async throws {
        try await RunningPlugin.with { plugin in
            plugin.supervisor.apply([try plugin.desired(mode)])
            try await plugin.reaches(.failed(reason: reason))
            #expect(plugin.supervisor.client(for: .sample) == nil)
        }
    }

    @Test("have the schema of their package, in whatever order")
    func schema() async throws {
        try await RunningPlugin.with { plugin in
            let schema: JSONValue = ["type": "object", "properties": ["key": ["type": "string"]]]
            plugin.supervisor.apply([try plugin.desired(schema: schema)])
            try await plugin.reaches(.healthy)
            let other: JSONValue = ["type": "object", "properties": ["key": ["type": "integer"]]]
            plugin.supervisor.apply([try plugin.desired(revision: 2, schema: other)])
            let reason = "its GET /get_config_schema gives another schema than its package"
            try await plugin.reaches(.failed(reason: reason), revision: 2)
        }
    }

    @Test("get no more memory than their manifest says")
    func memory() async throws {
        try await RunningPlugin.with { plugin in
            plugin.supervisor.apply([try plugin.desired()])
            try await plugin.reaches(.healthy)
            #expect(try await plugin.call("memory") == "no memory")
        }
    }

    @Test("take what they have started with them")
    func children() async throws {
        let child = NIOLockedValueBox<Int32?>(nil)
        try await RunningPlugin.with { plugin in
            plugin.supervisor.apply([try plugin.desired()])
            try await plugin.reaches(.healthy)
            let number = try #require(Int32(try await plugin.call("child")))
            #expect(isThere(number))
            child.withLockedValue { $0 = number }
            plugin.supervisor.apply([])
            try await eventually("the end of the child") { !isThere(number) || isZombie(number) }
        }
    }

    @Test("that do not hear SIGTERM are killed")
    func deaf() async throws {
        try await RunningPlugin.with { plugin in
            let log = NIOLockedValueBox<[String]>([])
            let process = try await PluginProcess.start(
                try plugin.manifest("deaf"),
                in: plugin.folder.path,
                plugin.surroundings
            ) { lines in log.withLockedValue { $0 += lines } }
            // From then on the signal is ignored.
            try await eventually("its first line") { log.withLockedValue { !$0.isEmpty } }
            await process.stop(ContinuousClock(), patience: .milliseconds(100))
            #expect(process.end.value == "its process ended by signal 9")
            #expect(try FileManager.default.contentsOfDirectory(atPath: plugin.scratch.path).isEmpty)
        }
    }

    @Test("are replaced by another version once that is healthy, and not before")
    func upgrade() async throws {
        try await RunningPlugin.with { plugin in
            plugin.supervisor.apply([try plugin.desired()])
            try await plugin.reaches(.healthy)
            let first = try #require(Int32(try await plugin.call("process")))

            plugin.supervisor.apply([try plugin.desired("crash", version: "2.0.0", revision: 2)])
            try await plugin.reaches(.failed(reason: "its process ended with status 7"), revision: 2)
            #expect(try await plugin.call("a") == "1.0.0: a")

            // Rolled back: what served goes on, without a start.
            plugin.supervisor.apply([try plugin.desired(revision: 3)])
            try await plugin.reaches(.healthy, revision: 3)
            #expect(try await plugin.call("process") == "\(first)")

            plugin.supervisor.apply([try plugin.desired(version: "2.0.0", revision: 4)])
            while !plugin.supervisor.standings.contains(where: { $0.revision == 4 && $0.state == .healthy }) {
                #expect(try await plugin.call("b").hasSuffix(": b"))
            }
            #expect(try await plugin.call("c") == "2.0.0: c")
            try await eventually("the end of the first") { !isThere(first) }
        }
    }
}
