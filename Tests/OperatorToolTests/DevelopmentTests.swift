import Cryptography
import Dispatch
import Foundation
import Platform
import Processes
import TestSupport
import Testing

@testable import OperatorTool

/// `ai-assistant dev` with small stand-ins for the programs it starts and a real redis-server. One at a time: each run
/// looks for the same ports first.
@Suite("Development", .serialized)
struct DevelopmentTests {
    /// A directory that holds the tool and the stand-ins, and is removed when let go.
    private final class Installation: Sendable {
        let directory: URL
        var tool: URL { directory.appending(path: "ai-assistant") }

        init() async throws {
            directory = FileManager.default.temporaryDirectory.appending(path: "dev-\(UUID().uuidString.prefix(8))")
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            // By another process, as with `ExecutableScript`.
            let program = ToolRun.programs.appending(path: "ai-assistant").path
            let copy = try Process.run(URL(filePath: "/bin/cp"), arguments: [program, tool.path])
            copy.waitUntilExit()
            let server = """
                #!/usr/bin/env python3
                import os, signal, sys
                from http.server import BaseHTTPRequestHandler, HTTPServer
                name = os.path.basename(sys.argv[0])
                port = {"gateway": "LISTEN_PORT", "worker": "WORKER_PORT", "sandbox": "SANDBOX_PORT"}[name]
                class Answer(BaseHTTPRequestHandler):
                    def do_GET(self):
                        body = b'{"status":"healthy","uptime":1}'
                        self.send_response(200)
                        self.send_header("Content-Length", str(len(body)))
                        self.end_headers()
                        self.wfile.write(body)
                    def log_message(self, *arguments):
                        pass
                def stop(*arguments):
                    print("stopped", flush=True)
                    sys.exit(0)
                signal.signal(signal.SIGTERM, stop)
                if name == "worker" and "WORKER_DIES" in os.environ:
                    sys.exit(9)
                print("started", *sys.argv[1:], flush=True)
                if name == "sandbox" and "--once" in sys.argv:
                    assert os.environ["SANDBOX_APP_SECRET"] == os.environ["FEISHU_APP_SECRET"]
                    sys.exit(int(os.environ["DEMONSTRATION"]))
                HTTPServer(("127.0.0.1", int(os.environ[port])), Answer).serve_forever()
                """
            for name in ["gateway", "worker", "sandbox"] {
                try await ExecutableScript.write(server, to: directory.appending(path: name))
            }
        }

        deinit { try? FileManager.default.removeItem(at: directory) }

        func dev(_ arguments: String..., environment: [String: String] = [:]) async throws -> ToolRun {
            try await ToolRun.run(
                arguments: ["dev"] + arguments,
                environment: environment,
                program: tool,
                in: directory
            )
        }
    }

    @Test(
        "dev --once ends as the demonstration did, stops the rest in order and leaves nothing running",
        arguments: [0, 1]
    )
    func once(demonstration: Int) async throws {
        let installation = try await Installation()
        let environment = ["DEMONSTRATION": "\(demonstration)", "FEISHU_APP_SECRET_FILE": "/from/the/environment"]
        let run = try await installation.dev("--once", environment: environment)
        #expect(run.status == Int32(demonstration), "\(run.output)\(run.complaints)")
        let lines = run.output.split(separator: "\n")
        #expect(Set(lines.prefix(2)) == ["gateway | started", "worker  | started"])
        #expect(
            Array(lines.dropFirst(2)) == ["sandbox | started --demo --once", "worker  | stopped", "gateway | stopped"]
        )
        let socket = installation.directory.appending(path: ".data/redis.sock")
        #expect(!FileManager.default.fileExists(atPath: socket.path))
        #expect(FileManager.default.fileExists(atPath: installation.directory.path + "/.data/appendonlydir"))
    }

    @Test("dev fails and stops the rest when a program ends by itself")
    func programDies() async throws {
        let run = try await Installation().dev("--once", environment: ["WORKER_DIES": "1", "DEMONSTRATION": "0"])
        #expect(run.status == 1)
        #expect(run.complaints == "ai-assistant: worker ended with status 9\n")
    }

    @Test("a second dev in the same directory is refused while the first runs, and Ctrl-C ends the first with status 0")
    func interrupted() async throws {
        let installation = try await Installation()
        let process = Process()
        process.executableURL = installation.tool
        process.arguments = ["dev"]
        process.currentDirectoryURL = installation.directory
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let lines = AsyncStream.makeStream(of: String.self)
        let descriptor = output.fileHandleForReading.fileDescriptor
        DispatchQueue(label: "lines").async {
            LineReader(descriptor: descriptor).forEachLine { lines.continuation.yield($0) }
            lines.continuation.finish()
        }
        var text = ""
        for await line in lines.stream {
            text += line + "\n"
            guard line.hasPrefix("stop ") else { continue }
            let second = try await installation.dev("--once")
            #expect(second.status == 1)
            #expect(second.complaints.contains("is in use"))
            process.interrupt()
        }
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(text.contains("chat page   http://127.0.0.1:"))
        #expect(text.contains("redis-cli -s "))
        #expect(text.hasSuffix("gateway | stopped\n"))
    }

    @Test("says which program is missing")
    func missing() async throws {
        let installation = try await Installation()
        try FileManager.default.removeItem(at: installation.directory.appending(path: "worker"))
        let run = try await installation.dev("--once")
        #expect(run.status == 1)
        #expect(run.complaints.contains("/worker is missing"))
    }

    @Test("hands secrets over in the environment alone and lets nothing of the machine's own app through")
    func plan() {
        let plan = DevelopmentPlan(
            programs: "/opt",
            dataPath: "/data \"quoted\"",
            socketPath: "/data/redis.sock",
            ports: .init(gateway: 1, worker: 2, sandbox: 3),
            secrets: .random(),
            environment: ["FEISHU_APP_SECRET_FILE": "/real", "FEISHU_APP_ID": "cli_real", "LLM_MODEL": "m"],
            isOnce: true
        )
        for program in [plan.gateway, plan.worker, plan.sandbox] {
            #expect(program.environment["FEISHU_APP_SECRET_FILE"] == nil)
            #expect(program.environment["FEISHU_APP_ID"] == plan.secrets.appID)
            #expect(program.environment["LLM_MODEL"] == "m")
            #expect(program.environment["REDIS_URL"] == "redis+socket:///data/redis.sock")
            #expect(!program.arguments.joined().contains(plan.secrets.appSecret.value))
        }
        #expect(plan.sandbox.arguments == ["--demo", "--once"])
        #expect(plan.redisSettings.contains(#"dir "/data \"quoted\"""#))
    }

    @Test("takes another port when the preferred one is in use")
    func ports() async throws {
        let server = try await ScriptedHTTPServer.start { _, exchange in try await exchange.respond() }
        let port = FreePort.near(server.port)
        #expect(port != server.port && port > 0)
        try await server.stop()
    }
}
