import Cryptography
import JSON
import JobQueue
import Plugins
import Redis
import TestSupport
import Testing

extension WholeSystemTests {
    @Suite("Plugins in the whole system")
    struct PluginTests {
        /// Serves on the socket that it is given, with nothing but Python's own library.
        private static let script = """
            import http.server, json, os, socket, time

            class Plugin(http.server.BaseHTTPRequestHandler):
                protocol_version = "HTTP/1.1"

                def do_GET(self):
                    if self.path == "/health":
                        self.answer({"status": "ok"})
                    elif self.path == "/manifest":
                        self.answer(json.load(open("manifest.json")))
                    else:
                        self.answer({"type": "object"})

                def do_POST(self):
                    call = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                    word = call["message_content"]
                    if word == "hang":
                        time.sleep(600)
                    if word == "crash":
                        os._exit(3)
                    if word == "flood":
                        self.head(100 << 20)
                        for _ in range(100):
                            self.wfile.write(b" " * (1 << 20))
                        return
                    print("asked for", word, flush=True)
                    self.answer({"reply_message": {"text": 7} if word == "lie" else "echo: " + word})

                def answer(self, value):
                    body = json.dumps(value).encode()
                    self.head(len(body))
                    self.wfile.write(body)

                def head(self, length):
                    self.send_response(200)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(length))
                    self.end_headers()

                def log_message(self, *_):
                    pass

            server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Plugin, bind_and_activate=False)
            server.socket.close()
            server.socket = socket.socket(fileno=3)
            server.serve_forever()
            """

        private struct NoServices: PluginExaminer {
            func examine(url: String, secret: Secret) async throws -> (manifest: JSONValue, schema: JSONValue) {
                throw PluginFailure.unreachable
            }
        }

        private static func registry(_ system: AssistantSystem) -> PluginRegistry {
            PluginRegistry(redis: system.database, sealing: nil, logger: .silent) {
                WireTime.now.milliseconds
            }
        }

        private static func operations(_ system: AssistantSystem) throws -> PluginOperations {
            PluginOperations(
                registry: registry(system),
                catalogue: try PluginCatalogue.builtIn(),
                examiner: NoServices()
            )
        }

        private static func package(_ version: String = "1.0.0", script: String = script) async throws -> [UInt8] {
            try await TemporaryFolder.with { folder in
                try folder.write(script, to: "plugin.py")
                let manifest: JSONValue = [
                    "contract_version": 1, "name": "echo", "version": .string(version), "timeout": 2,
                    "command": ["python3", "plugin.py"],
                    "triggers": [["type": "command", "name": "echo"], ["type": "keyword", "words": ["回声"]]],
                ]
                try folder.write(manifest.text, to: "manifest.json")
                return try PluginPacker.package(folder: folder.path).packed
            }
        }

        private static func with(workers: Int, _ body: (AssistantSystem) async throws -> Void) async throws {
            try await TemporaryFolder.with { folder in
                let settings = ["PLUGINS_DIRECTORY": folder.path + "/plugins"]
                try await AssistantSystem.with(.init(workers: workers, settings: settings), body)
            }
        }

        /// Installs it, and waits until that many workers have it.
        private static func install(_ system: AssistantSystem, workers: Int) async throws -> PluginName {
            let change = try await operations(system).install(
                PluginInstallation(name: nil, origin: .package(try await package(), digest: nil))
            )
            let name = try #require(change.after?.name)
            try await eventually("the plugin is healthy on all workers", within: .seconds(20)) {
                try await registry(system).standings(of: name).filter { $0.state == .healthy }.count == workers
            }
            return name
        }

        @Test("one that is installed answers from every worker, is disabled, and taken away, without a restart")
        func life() async throws {
            try await Self.with(workers: 2) { system in
                let name = try await Self.install(system, workers: 2)
                for person in 1...4 {
                    let message = try await system.sandbox.say("/echo hello \(person)", as: "Person \(person)")
                    let reply = try await system.onlyReply(to: message.messageID)
                    #expect(reply.text == "echo: hello \(person)")
                }
                let registry = Self.registry(system)
                try await eventually("its log") {
                    try await registry.logTail(of: name).contains("asked for hello 1")
                }
                _ = try await Self.operations(system).disable(name)
                try await eventually("the workers know") {
                    let message = try await system.sandbox.say("/echo hello", as: "Person 5")
                    return try await system.onlyReply(to: message.messageID).text.contains("is disabled")
                }
                _ = try await Self.operations(system).uninstall(name)
            }
        }

        @Test("a plugin that hangs, crashes, floods or lies costs its user a word, and nobody else anything")
        func hostile() async throws {
            try await Self.with(workers: 1) { system in
                _ = try await Self.install(system, workers: 1)
                let words = [
                    "hang": "did not answer in time", "flood": "too large", "lie": "makes no sense",
                    "crash": "ended unexpectedly",
                ]
                for (word, told) in words.sorted(by: { $0.key > $1.key }) {
                    let bad = try await system.sandbox.say("/echo \(word)", as: "Person \(word)")
                    let other = try await system.sandbox.say("What about \(word)?", as: "Somebody else")
                    _ = try await system.onlyReply(to: other.messageID)
                    let reply = try await system.onlyReply(to: bad.messageID)
                    #expect(reply.text.contains(told), "\(word): \(reply.text)")
                }
                // The one that crashed is there again.
                let message = try await system.sandbox.say("/echo again", as: "Person again")
                #expect(try await system.onlyReply(to: message.messageID).text == "echo: again")
            }
        }

        @Test("an upgrade that does not become healthy is taken back, and the old version answers meanwhile")
        func rollBack() async throws {
            try await Self.with(workers: 1) { system in
                let name = try await Self.install(system, workers: 1)
                let broken = try await Self.package("2.0.0", script: "raise SystemExit(1)")
                _ = try await Self.operations(system).upgrade(
                    name,
                    PluginUpgrade(origin: .package(broken, digest: nil))
                )
                let message = try await system.sandbox.say("/echo meanwhile", as: "Person 1")
                #expect(try await system.onlyReply(to: message.messageID).text == "echo: meanwhile")
                let registry = Self.registry(system)
                try await eventually("the old version", within: .seconds(40)) {
                    let record = try await registry.record(named: name)
                    return record?.version.description == "1.0.0" && record?.lastProblem != nil
                }
                let next = try await system.sandbox.say("/echo after", as: "Person 1")
                #expect(try await system.onlyReply(to: next.messageID).text == "echo: after")
            }
        }
    }
}
