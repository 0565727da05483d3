import Foundation
import HTTPClient
import JSON
import NIOConcurrencyHelpers
import TestSupport

@testable import Plugins

/// A plugin of a test: a script in a folder of its own, and a supervisor that may run it.
struct RunningPlugin {
    /// Serves the contract on descriptor 3. What it is told to do comes as the message; how it starts, as its argument.
    private static let script = #"""
        import ctypes, errno, http.server, json, os, resource, signal, socket, ssl, subprocess, sys, tempfile
        import threading, time

        MODE = sys.argv[1]
        VERSION = "9.9.9" if MODE == "impostor" else os.environ["PLUGIN_VERSION"]
        if MODE == "crash":
            sys.exit(7)
        if MODE == "deaf":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if MODE == "silent":
            time.sleep(600)
        # Of the first thread: the others have no such signal of their own.
        death = ctypes.c_int()
        ctypes.CDLL(None).prctl(2, ctypes.byref(death))
        print("hello from", os.environ["PLUGIN_NAME"], flush=True)

        def facts():
            with open("/proc/self/status") as file:
                status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
            return {
                "environment": dict(os.environ), "directory": os.getcwd(), "user": os.getuid(),
                "descriptors": sorted(int(name) for name in os.listdir("/proc/self/fd")),
                "no_new_privileges": status["NoNewPrivs"].strip(), "death_signal": death.value,
                "group": os.getpgid(0), "process": os.getpid(),
                "files": resource.getrlimit(resource.RLIMIT_NOFILE)[1],
                "core": resource.getrlimit(resource.RLIMIT_CORE)[1],
                "file_size": resource.getrlimit(resource.RLIMIT_FSIZE)[1],
                "niceness": os.getpriority(os.PRIO_PROCESS, 0),
                "home_mode": os.stat(os.environ["HOME"]).st_mode & 0o777,
            }

        def child():
            number = os.fork()
            if number == 0:
                os.closerange(0, 256)
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                time.sleep(600)
            return number

        def write(path):
            with open(path, "w") as file:
                file.write("x")

        def temporary():
            with tempfile.TemporaryDirectory() as folder:
                write(folder + "/a")
                os.rename(folder + "/a", folder + "/b")
                os.symlink("b", folder + "/c")
            with tempfile.NamedTemporaryFile() as file:
                file.write(b"x")

        ATTEMPTS = {
            "read": lambda path: open(path, "rb").read(1), "write": write, "list": os.listdir,
            "signal": lambda number: os.kill(int(number), 0), "random": lambda _: os.urandom(8),
            "temporary": lambda _: temporary(), "program": lambda _: subprocess.run(["true"], check=True),
            "imports": lambda _: __import__("sqlite3") and __import__("zoneinfo").ZoneInfo("Asia/Shanghai"),
            "resolve": lambda name: socket.getaddrinfo(name, 80) and ssl.create_default_context(),
        }

        def attempt(words):
            act, _, target = words.partition(" ")
            try:
                ATTEMPTS[act](target)
                return "done"
            except OSError as error:
                return errno.errorcode.get(error.errno, str(error))

        def spin():
            while True:
                pass

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments):
                pass

            def answer(self, body, kind="application/json"):
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                self.answer(json.dumps({
                    "/health": {"status": "ok"},
                    "/manifest": {"contract_version": 1, "name": os.environ["PLUGIN_NAME"], "version": VERSION},
                    "/get_config_schema": {"properties": {"key": {"type": "string"}}, "type": "object"},
                }[self.path]).encode())

            def do_POST(self):
                call = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                wish = call["message_content"]
                if wish == "hang":
                    time.sleep(600)
                elif wish == "crash":
                    os._exit(3)
                elif wish == "endless":
                    self.send_response(200)
                    self.send_header("Content-Type", "application/json")
                    self.end_headers()
                    for _ in range(100):
                        self.wfile.write(b" " * (1 << 20))
                elif wish == "garbage":
                    self.answer(b"{\"reply_message\": ")
                elif wish == "page":
                    self.answer(b"<html></html>", "text/html")
                elif wish == "wrong types":
                    self.answer(b"{\"reply_message\": 7}")
                elif wish == "slow headers":
                    self.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
                    while True:
                        self.wfile.write(b"x")
                        time.sleep(0.02)
                elif wish == "memory":
                    try:
                        self.answer(json.dumps({"reply_message": str(len(bytearray(1 << 30)))}).encode())
                    except MemoryError:
                        self.answer(b"{\"reply_message\": \"no memory\"}")
                elif wish.startswith("attempt "):
                    self.answer(json.dumps({"reply_message": attempt(wish[8:])}).encode())
                elif wish == "session":
                    started = subprocess.Popen(["sleep", "600"], start_new_session=True)
                    self.answer(json.dumps({"reply_message": str(started.pid)}).encode())
                elif wish == "spin":
                    threading.Thread(target=spin, daemon=True).start()
                    # Beside the first, which shares Python's one lock with the server.
                    subprocess.Popen([sys.executable, "-c", "while True: pass"])
                    self.answer(json.dumps({"reply_message": "spinning"}).encode())
                elif wish == "child":
                    self.answer(json.dumps({"reply_message": str(child())}).encode())
                elif wish == "facts":
                    self.answer(json.dumps({"reply_message": json.dumps(facts())}).encode())
                elif wish == "process":
                    self.answer(json.dumps({"reply_message": str(os.getpid())}).encode())
                else:
                    self.answer(json.dumps({"reply_message": VERSION + ": " + wish}).encode())

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler, bind_and_activate=False)
        server.daemon_threads = True
        server.socket.close()
        server.socket = socket.socket(fileno=int(os.environ["PLUGIN_LISTEN_FD"]))
        server.serve_forever()
        """#

    let folder: URL
    let surroundings: PluginSurroundings
    let supervisor: PluginSupervisor
    let standings = NIOLockedValueBox<[PluginRunStanding]>([])
    let log = NIOLockedValueBox<[String]>([])
    let heldBack = NIOLockedValueBox<[PluginName]>([])

    /// Where the plugin keeps what it writes.
    var scratch: URL { folder.appendingPathComponent("scratch") }

    /// Runs a body with a supervisor and ends it afterwards, with its processes.
    static func with(
        sandboxing: PluginSurroundings.Sandboxing = .automatic,
        readable: [String] = [],
        processor: ProcessorBudget.Limit? = nil,
        canConfine: Bool? = nil,
        _ body: (RunningPlugin) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("plugin-\(UUID().uuidString)")
        let open: [FileAttributeKey: Any] = [.posixPermissions: 0o755]
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true, attributes: open)
        defer { try? FileManager.default.removeItem(at: folder) }
        let place = folder.appendingPathComponent("plugin.py")
        try Data(script.utf8).write(to: place)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: place.path)
        let transport = HTTPClient()
        let surroundings = PluginSurroundings(
            scratch: folder.appendingPathComponent("scratch").path,
            pythonPath: "/usr/share/plugin-sdk",
            environment: ["http_proxy": "http://127.0.0.1:9", "REDIS_URL": "redis://secret"],
            sandboxing: sandboxing,
            readable: readable,
            processor: processor,
            canConfine: canConfine
        )
        let plugin = try RunningPlugin(folder: folder, surroundings, transport: transport)
        let running = Task { await plugin.supervisor.run() }
        do {
            try await body(plugin)
        } catch {
            running.cancel()
            await running.value
            await transport.shutdown()
            throw error
        }
        running.cancel()
        await running.value
        await transport.shutdown()
    }

    private struct NoSuchPolicy: Error {}

    private init(folder: URL, _ surroundings: PluginSurroundings, transport: HTTPClient) throws {
        self.folder = folder
        self.surroundings = surroundings
        guard let addresses = AddressPolicy(allowedNetworks: ["127.0.0.0/8"]) else { throw NoSuchPolicy() }
        let (standings, log, heldBack) = (standings, log, heldBack)
        supervisor = PluginSupervisor(
            .init(
                surroundings: surroundings,
                addresses: addresses,
                transport: transport,
                now: { .now },
                metrics: PluginMetrics(),
                log: { _, lines in log.withLockedValue { $0 += lines } },
                standing: { standing in standings.withLockedValue { $0.append(standing) } },
                heldBack: { name in heldBack.withLockedValue { $0.append(name) } }
            )
        )
    }

    /// Its manifest, started in a mode of the script.
    func manifest(_ mode: String = "well", version: String = "1.0.0", timeout: Double = 10) throws -> PluginManifest {
        try .sample(version: version, timeout: timeout, command: ["python3", "plugin.py", mode])
    }

    /// As a supervisor wants it.
    func desired(
        _ mode: String = "well",
        version: String = "1.0.0",
        revision: Int64 = 1,
        timeout: Double = 10,
        schema: JSONValue? = nil
    ) throws -> DesiredPlugin {
        DesiredPlugin(
            manifest: try manifest(mode, version: version, timeout: timeout),
            place: .directory(folder.path),
            revision: revision,
            schema: schema
        )
    }

    /// Waits for its standing.
    func reaches(_ state: PluginRunStanding.State, revision: Int64 = 1) async throws {
        try await eventually("\(state) of revision \(revision)") {
            supervisor.standings.contains { $0.revision == revision && $0.state == state }
        }
    }

    /// What it answers.
    func call(_ wish: String) async throws -> String {
        guard let client = supervisor.client(for: .sample) else { throw NeverHappened(description: "no client") }
        let reply = try await client.call(.sample(wish), within: .seconds(60))
        guard case .text(let text) = reply.parts.first else { throw NeverHappened(description: "no text") }
        return text
    }

    /// How its call fails.
    func failure(of wish: String) async throws -> PluginFailure? {
        guard let client = supervisor.client(for: .sample) else { throw NeverHappened(description: "no client") }
        return await client.failure(of: .sample(wish))
    }
}

extension PluginName {
    /// The name of all plugins of these tests.
    static var sample: PluginName { PluginManifest.sampleName }
}

extension PluginManifest {
    fileprivate static let sampleName = {
        guard let name = PluginName("sample") else { preconditionFailure("sample is a name") }
        return name
    }()

    /// A manifest with what a test cares about.
    static func sample(
        version: String = "1.0.0",
        timeout: Double = 10,
        concurrency: Int64 = 8,
        isIdempotent: Bool = false,
        permissions: [PluginPermission] = [.messageText],
        command: [String] = []
    ) throws -> PluginManifest {
        try PluginManifest([
            "contract_version": 1, "name": "sample", "version": .string(version), "timeout": .double(timeout),
            "concurrency": .integer(concurrency), "idempotent": .bool(isIdempotent),
            "permissions": .array(permissions.map { .string($0.rawValue) }),
            "command": .array(command.map { .string($0) }),
        ])
    }
}

extension PluginCall {
    /// A call by a command, with these words.
    static func sample(_ content: String) -> PluginCall {
        var call = PluginCall(
            requestID: "task-1",
            idempotencyKey: "task-1/0",
            language: "zh-CN",
            cause: .command(name: "sample", arguments: content)
        )
        call.content = content
        return call
    }
}

extension PluginClient {
    /// How a call fails; nil: it does not.
    func failure(of call: PluginCall, within budget: Duration = .seconds(60)) async -> PluginFailure? {
        do throws(PluginFailure) {
            _ = try await self.call(call, within: budget)
            return nil
        } catch {
            return error
        }
    }
}

extension ISODate {
    /// The time of this machine.
    static var now: ISODate {
        let milliseconds = Int64(Date().timeIntervalSince1970 * 1_000)
        return ISODate(seconds: milliseconds / 1_000, nanoseconds: milliseconds % 1_000 * 1_000_000)
    }
}

/// Where nobody waits for orphans, as in some containers, a process that was killed stays in the table.
func isZombie(_ number: Int32) -> Bool {
    guard let status = try? String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8) else { return true }
    return status.split(separator: ")").last?.hasPrefix(" Z") ?? true
}
