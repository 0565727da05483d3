import Foundation
import JSON
import Redis
import TestSupport
import Testing

@testable import OperatorTool

@Suite("Periodic jobs on the command line")
struct ScheduleCommandTests {
    @Test("a job is added, listed, paused, resumed, run and removed")
    func life() async throws {
        try await RedisServer.with { server in
            #expect(try await server.tool("schedule", "list", "-o", "json").json() == [])
            let add = [
                "schedule", "add", "report", "--cron", "0 9 * * 1-5", "--task", "reports.make", "--kwargs",
                #"{"days": 7}"#, "--catch-up", "all", "--at-most", "3", "--catch-up-within", "2h", "--jitter", "1m",
            ]
            func tool(_ arguments: [String]) async throws -> ToolRun {
                try await ToolRun.run(arguments: arguments, environment: ["REDIS_URL": server.url])
            }
            let added = try await tool(add)
            #expect(added.status == 0, "\(added.complaints)")
            #expect(added.output.hasPrefix("NAME     report\nWHEN     0 9 * * 1-5 (Asia/Shanghai)\nNEXT     20"))
            #expect(added.output.contains(" 09:00"))
            let again = try await tool(add)
            #expect(again.status == 1)
            #expect(again.complaints.contains("--replace"))
            #expect(try await tool(add + ["--replace"]).status == 0)

            let row = try #require(try await server.tool("schedule", "list", "-o", "json").json().array?.first)
            #expect(row["name"] == "report" && row["when"] == "0 9 * * 1-5 (Asia/Shanghai)" && row["tasks"] == 0)
            #expect(
                row["catch_up"] == "all (3), within 7200 s" && row["source"] == "run time"
                    && row["paused_since"] == .null
            )
            #expect(row["next"]?.string?.hasSuffix("T01:00:00.000+00:00") == true)
            let table = try await server.tool("schedule", "list")
            #expect(table.output.hasPrefix("NAME     WHEN"))
            #expect(!table.output.contains("PAUSED"))

            let paused = try await server.tool("schedule", "pause", "report", "none", "--reason", "quiet \u{1B}[7m")
            #expect(paused.status == 1)
            #expect(paused.output.contains("quiet ·[7m"))
            #expect(paused.complaints.contains("there is no periodic job none"))
            let shown = try #require(try await server.tool("schedule", "list", "-o", "json").json().array?.first)
            #expect(shown["paused_reason"] == "quiet \u{1B}[7m" && shown["next"] == .null)
            let run = try await server.tool("schedule", "run", "report", "-o", "json")
            #expect(run.status == 0)
            #expect(try run.json()["queue"] == "background")
            #expect(try await server.ask("LLEN", "background").integer == 1)
            let resumed = try await server.tool("schedule", "resume", "report", "-o", "json")
            #expect(resumed.status == 0)
            #expect(try resumed.json().array?.first?["resumed"] == true)
            #expect(try await server.tool("schedule", "resume", "none").status == 1)

            let removed = try await server.tool("schedule", "remove", "report", "-o", "json")
            #expect(removed.status == 0)
            #expect(try removed.json() == [["name": "report", "removed": true]])
            #expect(try await server.tool("schedule", "remove", "report").status == 1)
            #expect(try await server.tool("schedule", "run", "report").status == 1)
        }
    }

    @Test("what runs now is written as the payload settings say: encrypted, or nothing where the keys cannot be read")
    func payload() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "keys-\(UUID())")
        defer { try? FileManager.default.removeItem(at: file) }
        let key = Data(repeating: 7, count: 32).base64EncodedString()
        try Data("k1 \(key)\n".utf8).write(to: file)
        try await RedisServer.with { server in
            func tool(_ keys: String?, _ arguments: String...) async throws -> ToolRun {
                var environment = ["REDIS_URL": server.url]
                environment["PAYLOAD_KEYS_FILE"] = keys
                return try await ToolRun.run(arguments: arguments, environment: environment)
            }
            let kwargs = #"{"secret": "plans of 2027"}"#
            let add = try await tool(
                nil,
                "schedule",
                "add",
                "report",
                "--every",
                "1d",
                "--task",
                "reports.make",
                "--kwargs",
                kwargs
            )
            #expect(add.status == 0, "\(add.complaints)")
            func message() async throws -> String { try await server.ask("RPOP", "background").string ?? "" }
            #expect(try await tool(nil, "schedule", "run", "report").status == 0)
            #expect(try await message().contains("plans of 2027"))
            #expect(try await tool(file.path, "schedule", "run", "report").status == 0)
            let sealed = try await message()
            #expect(sealed.contains("reports.make") && !sealed.contains("plans of 2027"))
            let broken = try await tool("/nowhere/keys", "schedule", "run", "report")
            #expect(broken.status == 2, "\(broken.complaints)")
            #expect(broken.complaints.contains("payload.keys_file"))
            #expect(try await server.ask("LLEN", "background").integer == 0)
        }
    }

    @Test("one that comes from configuration is not removed or replaced, but tells what to do; a strange one is shown")
    func owned() async throws {
        try await RedisServer.with { server in
            try await server.fill([
                RedisCommand(
                    "HSET",
                    "{jobqueue.periodic}:jobs",
                    "tidy",
                    #"{"name":"tidy","schedule":{"every":60},"task":"t","queue":"q","source":"configuration"}"#,
                    "odd\u{1B}[2J",
                    "{"
                )
            ])
            let removed = try await server.tool("schedule", "remove", "tidy")
            #expect(removed.status == 1)
            #expect(removed.complaints.contains("comes from configuration: remove it there, or pause it"))
            let added = try await server.tool("schedule", "add", "tidy", "--every", "5m", "--task", "t", "--replace")
            #expect(added.status == 1)
            #expect(added.complaints.contains("change it there"))
            let list = try await server.tool("schedule", "list")
            #expect(list.status == 0)
            #expect(list.output.contains("odd·[2J") && list.output.contains("json: expected an object"))
            #expect(try await server.tool("schedule", "remove", "tidy", "--force").status == 0)
        }
    }

    @Test(
        "what cannot be is refused with the option that is wrong, before Redis is asked",
        arguments: [
            (["--cron", "61 * * * *"], "--cron: minute: expected 0 to 59"), (["--cron", "* * *"], "five fields"),
            (["--every", "5m", "--cron", "@daily"], "either cron"), ([], "either cron"),
            (["--every", "soon"], "--every"), (["--cron", "@daily", "--zone", "Mars/Base"], "--zone: no time zone"),
            (["--every", "5m", "--kwargs", "[]"], "--kwargs: expected a JSON object"),
            (["--every", "5m", "--args", "{"], "--args: expected a JSON array"),
            (["--every", "5m", "--priority", "10"], "--priority: expected 0 to 9"),
            (["--every", "5m", "--catch-up", "maybe"], "--catch-up: expected skip, once or all"),
            (["--every", "5m", "--at-most", "5"], "--at-most"),
            (["--every", "5m", "--catch-up-within", "0s"], "--catch-up-within: expected 1 second to a year"),
            (["--every", "5m", "--start", "now"], "--start: expected a date"),
            (["--every", "0s"], "--every: expected whole seconds"), (["--every", "5m", "--queue", "{q}"], "--queue"),
        ]
    )
    func refused(arguments: [String], word: String) async throws {
        let run = try await ToolRun.run(
            arguments: ["schedule", "add", "name", "--task", "t"] + arguments,
            environment: ["REDIS_URL": "redis://127.0.0.1:1/0"]
        )
        #expect(run.status == 2)
        #expect(run.complaints.contains(word), "\(run.complaints)")
        #expect(run.complaints.contains("schedule add --help"))
        #expect(run.output.isEmpty)
    }

    @Test(
        "without Redis it tells when a job would happen, by the clocks of its zone, also where these leave the time out"
    )
    func dryRun() async throws {
        func clocks(_ arguments: String...) async throws -> [String] {
            let run = try await ToolRun.run(
                arguments: ["schedule", "add", "x", "--task", "t", "--dry-run", "-o", "json"] + arguments,
                environment: ["REDIS_URL": "redis://127.0.0.1:1/0"]
            )
            #expect(run.status == 0, "\(run.complaints)")
            return try run.json()["clocks"]?.array?.compactMap(\.string) ?? []
        }
        let start = ["--start", "2027-03-27T12:00:00Z"]
        #expect(
            try await clocks("--cron", "30 2 * * *", "--zone", "Europe/Berlin", start[0], start[1])
                == ["Sun 2027-03-28 03:00", "Mon 2027-03-29 02:30", "Tue 2027-03-30 02:30"]
        )
        #expect(
            try await clocks("--cron", "30 2 * * *", "--zone", "Asia/Shanghai", start[0], start[1]).first
                == "Sun 2027-03-28 02:30"
        )
        #expect(try await clocks("--every", "5m") == [])
    }

    @Test("config check tells what is wrong with periodic jobs by their place")
    func check() async throws {
        let good = ["SCHEDULE_NAME": "a", "SCHEDULE_TASK": "t", "SCHEDULE_CRON": "@daily"]
        #expect(try await ToolRun.run("config", "check", environment: good).status == 0)
        let bad = try await ToolRun.run(
            "config",
            "check",
            environment: good.merging(["SCHEDULE_CRON": "0 0 31 2 *"]) { $1 }
        )
        #expect(bad.status == 1)
        #expect(bad.complaints.contains("schedules[0].cron: never"))
        let json = try await ToolRun.run("config", "check", "-o", "json", environment: ["SCHEDULE_NAME": "a"])
        #expect(try json.json().array?.first?["key"] == "schedules[0].cron")
    }
}
