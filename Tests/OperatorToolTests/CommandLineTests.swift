import Foundation
import JSON
import Testing
import TestSupport

@testable import OperatorTool

@Suite("Command line")
struct CommandLineTests {
    @Test("prints its version, and as JSON")
    func version() async throws {
        let text = try await ToolRun.run("version")
        #expect(text.status == 0)
        #expect(text.output.wholeMatch(of: /ai-assistant \d+\.\d+\.\d+ \(Swift 6\.\d.*\)\n/) != nil)
        let json = try await ToolRun.run("version", "--output", "json")
        #expect(try json.json()["version"]?.string?.contains(".") == true)
    }

    @Test(
        "answers wrong usage with status 2 and how it is used, on standard error",
        arguments: [
            ["frobnicate"], ["queue", "peek"], ["queue", "peek", "q", "--count", "0"],
            ["config", "show", "--set", "x"], ["queue", "pause"], ["queue", "purge", "q"], ["dead", "retry", "q"],
            ["dead", "drop", "q", "id", "--all"], ["dead", "retry", "q", "--all", "--task", "t"],
            ["dead", "list", "q", "--since", "soon"], ["dead", "show", "q"], ["schedule", "waiting"], ["job", "show"],
            ["job", "show", "id", "--scan", "0"], ["worker", "list", "--watch", "0"],
            ["queue", "peek", "q", "--watch"],
        ]
    )
    func usage(arguments: [String]) async throws {
        let run = try await ToolRun.run(arguments: arguments)
        #expect(run.status == 2)
        #expect(run.output.isEmpty)
        #expect(run.complaints.contains("Usage: ai-assistant"))
    }

    @Test(
        "prints help with status 0",
        arguments: [
            "dev", "healthcheck", "doctor", "config", "queue", "job", "dead", "worker", "schedule", "version",
        ]
    )
    func help(command: String) async throws {
        let run = try await ToolRun.run(command, "--help")
        #expect(run.status == 0)
        #expect(run.output.contains("OVERVIEW"))
        #expect(run.complaints.isEmpty)
    }

    @Test("config check tells every problem in a line of its own")
    func configCheck() async throws {
        let good = try await ToolRun.run("config", "check")
        #expect(good.status == 0)
        let environment = ["LISTEN_PORT": "x", "WORKER_CONCURRENCY": "0", "JWT_SECRET_FILE": "/no/such/file"]
        let bad = try await ToolRun.run("config", "check", environment: environment)
        #expect(bad.status == 1)
        #expect(bad.complaints.split(separator: "\n").count == 4)
        let json = try await ToolRun.run("config", "check", "-o", "json", environment: environment)
        #expect(json.status == 1)
        #expect(
            try json.json().array?.compactMap { $0["key"]?.string }
                == ["gateway.port", "gateway.jwt.secret", "worker.concurrency"]
        )
    }

    @Test("any other command refuses a wrong configuration with status 2")
    func wrongConfiguration() async throws {
        let run = try await ToolRun.run("queue", "list", environment: ["LISTEN_PORT": "x"])
        #expect(run.status == 2)
        #expect(
            run.complaints
                == "gateway.port (environment LISTEN_PORT): got \"x\", expected an integer from 0 to 65535\n"
        )
    }

    @Test("config show prefers flags, says where values come from and hides secrets")
    func configShow() async throws {
        let run = try await ToolRun.run(
            "config",
            "show",
            "--set",
            "gateway.port=9",
            "--output",
            "json",
            environment: ["LISTEN_PORT": "8", "JWT_SECRET": "hunter2", "REDIS_URL": "redis://:hunter2@h/0"]
        )
        #expect(run.status == 0)
        #expect(!run.output.contains("hunter2"))
        let rows = try #require(try run.json().array)
        let port = try #require(rows.first { $0["key"] == "gateway.port" })
        #expect(port["value"] == "9")
        #expect(port["source"] == "command line")
        #expect(rows.contains { $0["key"] == "gateway.jwt.secret" && $0["value"] == "***" })
        #expect(rows.contains { $0["key"] == "redis.url" && $0["value"] == "redis://:***@h/0" })
    }

    @Test("healthcheck prints the gateway's answer as it is")
    func healthy() async throws {
        let server = try await ScriptedHTTPServer.start { request, exchange in
            #expect(request.target == "/healthz")
            try await exchange.respond(status: 200, #"{"status":"healthy","uptime":120}"#)
        }
        let run = try await ToolRun.run("healthcheck", environment: ["LISTEN_PORT": "\(server.port)"])
        #expect(run.status == 0)
        #expect(run.output == "{\"status\":\"healthy\",\"uptime\":120}\n")
        let worker = try await ToolRun.run("healthcheck", "--worker", environment: ["WORKER_PORT": "\(server.port)"])
        #expect(worker.status == 0)
        try await server.stop()
        let gone = try await ToolRun.run("healthcheck", "--url", server.url)
        #expect(gone.status == 3)
    }

    @Test("healthcheck fails when the answer is another")
    func unhealthy() async throws {
        let server = try await ScriptedHTTPServer.start { request, exchange in
            #expect(request.target == "/readyz")
            try await exchange.respond(status: 503, #"{"status":"unready"}"#)
        }
        let run = try await ToolRun.run("healthcheck", "--ready", "--url", server.url)
        #expect(run.status == 1)
        #expect(run.output.isEmpty)
        #expect(run.complaints == "ai-assistant: status 503: {\"status\":\"unready\"}\n")
        let none = try await ToolRun.run("healthcheck", "--worker")
        #expect(none.status == 2)
        try await server.stop()
    }

    @Test(
        "healthcheck asks where the configuration says, with the path that is asked for",
        arguments: [
            ("http://h:1", false, "http://h:1/healthz"), ("http://h:1/", true, "http://h:1/readyz"),
            ("http://h:1/custom", true, "http://h:1/custom"),
        ]
    )
    func address(url: String, ready: Bool, expected: String) {
        #expect(HealthAddress.withPath(url, ready: ready) == expected)
    }
}
