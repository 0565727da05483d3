import Foundation
import JSON
import Platform
import Redis
import TestSupport
import Testing

@testable import OperatorTool

@Suite("The audit log on the command line")
struct AuditCommandTests {
    /// Three records: one of 1970, two of now.
    private func withRecords(_ body: (RedisServer) async throws -> Void) async throws {
        try await RedisServer.with { server in
            try await append(
                AuditEntry(actor: "bob", action: "queue.purge", target: "minutes", outcome: .ok),
                to: server,
                at: AuditTime(milliseconds: 1_000)
            )
            let install = AuditEntry(
                actor: "alice",
                role: "admin",
                address: "192.0.2.7",
                action: "plugins.install",
                target: "weather",
                outcome: .refused,
                requestID: "r-1",
                detail: "no\u{1B}[2J second step"
            )
            try await append(install, to: server)
            try await append(AuditEntry(actor: "bob", action: "plugins.enable", outcome: .ok), to: server)
            try await body(server)
        }
    }

    private func append(_ entry: AuditEntry, to server: RedisServer, at time: AuditTime = .now()) async throws {
        let redis = try RedisClient(
            configuration: try RedisConfiguration(url: server.url),
            logger: RedisAccess.silentLogger
        )
        defer { redis.close() }
        try await RedisAuditLog(redis: redis, now: { time }).append(entry)
    }

    private func numbers(_ run: ToolRun) throws -> [Int64?]? { try run.json().array?.map { $0["seq"]?.integer } }

    @Test("tail shows the last records with the newest at the end, chosen, and nothing that drives the terminal")
    func tail() async throws {
        try await withRecords { server in
            let all = try await server.tool("audit", "tail", "-o", "json")
            #expect(try numbers(all) == [1, 2, 3])
            #expect(try all.json().array?[1]["detail"] == "no\u{1B}[2J second step")
            #expect(try numbers(await server.tool("audit", "tail", "-n", "2", "-o", "json")) == [2, 3])
            #expect(try numbers(await server.tool("audit", "tail", "--actor", "bob", "-o", "json")) == [1, 3])
            #expect(try numbers(await server.tool("audit", "tail", "--action", "plugins.", "-o", "json")) == [2, 3])
            #expect(try numbers(await server.tool("audit", "tail", "--outcome", "refused", "-o", "json")) == [2])
            #expect(try numbers(await server.tool("audit", "tail", "--since", "1h", "-o", "json")) == [2, 3])
            let text = try await server.tool("audit", "tail", "--actor", "alice")
            #expect(text.output.hasPrefix("SEQ   AT "))
            #expect(text.output.contains("plugins.install   weather   refused   r-1          no·[2J second step\n"))
        }
    }

    @Test("tail --follow shows what is recorded, until it is interrupted")
    func follow() async throws {
        try await withRecords { server in
            let terminal = try TerminalRun(["audit", "tail", "-n", "1", "-f"], environment: ["REDIS_URL": server.url])
            try await terminal.says("plugins.enable")
            try await append(AuditEntry(actor: "carol", action: "token.issue", outcome: .ok), to: server)
            try await terminal.says("token.issue")
            #expect(!terminal.screen.contains("weather"))
            terminal.interrupt()
            #expect(try await terminal.ended() == 0)
        }
    }

    @Test("verify says what is whole, and of what is not the first record and what is wrong with it")
    func verify() async throws {
        try await withRecords { server in
            let whole = try await server.tool("audit", "verify", "-o", "json")
            #expect(whole.status == 0)
            #expect(try whole.json()["whole"] == true)
            #expect(try whole.json()["records"] == 3)
            try await server.fill([RedisCommand("XDEL", "{audit}:log", "2-0")])
            let broken = try await server.tool("audit", "verify", "-o", "json")
            #expect(broken.status == 1)
            #expect(try broken.json()["problem"] == "missing")
            #expect(try broken.json()["record"] == 2)
            let text = try await server.tool("audit", "verify")
            #expect(text.output.contains("REASON    record 2 is missing\n"))
        }
    }

    @Test("an export is a chain that can be verified without Redis, and held against it")
    func export() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "export-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await withRecords { server in
            let since = try await server.tool("audit", "export", "--since", "1h")
            #expect(since.output.split(separator: "\n").count == 2)
            let all = try await server.tool("audit", "export")
            try all.output.write(toFile: path, atomically: true, encoding: .utf8)
            let run = try await ToolRun.run("audit", "verify", "--file", path, "-o", "json")
            #expect(run.status == 0)
            #expect(try run.json()["records"] == 3)
            #expect(try await server.tool("audit", "verify", "--file", path, "--compare").status == 0)
            try await server.fill([RedisCommand("XDEL", "{audit}:log", "2-0")])
            let compared = try await server.tool("audit", "verify", "--file", path, "--compare", "-o", "json")
            #expect(compared.status == 1)
            #expect(try compared.json()["record"] == 2)
            try all.output.replacing("alice", with: "malice").write(toFile: path, atomically: true, encoding: .utf8)
            let changed = try await ToolRun.run("audit", "verify", "--file", path, "-o", "json")
            #expect(changed.status == 1)
            #expect(try changed.json()["problem"] == "altered")
            let absent = try await ToolRun.run("audit", "verify", "--file", path + ".none")
            #expect(absent.status == 1)
            #expect(absent.complaints.contains("cannot be opened"))
        }
    }

    @Test("prune asks, removes what is old, and is recorded with who did it")
    func prune() async throws {
        try await withRecords { server in
            let unasked = try await server.tool("audit", "prune", "--keep", "30")
            #expect(unasked.status == 2)
            #expect(unasked.complaints.contains("--yes"))
            let terminal = try TerminalRun(["audit", "prune", "--keep", "30"], environment: ["REDIS_URL": server.url])
            try await terminal.says("older than 30 days for good? [y/N]")
            terminal.type("\n")
            #expect(try await terminal.ended() == 1)
            let run = try await server.tool("audit", "prune", "--keep", "30", "--yes")
            #expect(run.output == "REMOVED\n      1\n")
            let left = try await server.tool("audit", "tail", "-o", "json")
            #expect(try numbers(left) == [2, 3, 4])
            #expect(try left.json().array?.last?["action"] == "audit.prune")
            #expect(try left.json().array?.last?["actor"]?.string?.hasPrefix("local:") == true)
            #expect(try await server.tool("audit", "verify").status == 0)
        }
    }

    @Test("without Redis the status says that it is unreachable")
    func unreachable() async throws {
        let run = try await ToolRun.run("audit", "verify", environment: ["REDIS_URL": "redis://127.0.0.1:1/0"])
        #expect(run.status == 3)
    }
}
