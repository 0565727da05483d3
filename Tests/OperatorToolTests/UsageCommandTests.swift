import Assistant
import JSON
import JobQueue
import LanguageModel
import Redis
import TestSupport
import Testing

@testable import OperatorTool

@Suite("Usage on the command line")
struct UsageCommandTests {
    /// Notes two requests of today.
    private func spend(_ server: RedisServer) async throws {
        let redis = try RedisClient(
            configuration: try RedisConfiguration(url: server.url),
            logger: RedisAccess.silentLogger
        )
        defer { redis.close() }
        let ledger = RedisUsageLedger(
            redis: redis,
            prices: ["big": .init(input: 1_000, output: 2_000)],
            calendar: UsageCalendar(utcOffset: .seconds(8 * 3_600)),
            now: { WireTime.now.milliseconds }
        )
        for (user, model) in [("ou_a", "big"), ("ou_b", "small")] {
            let account = UsageAccount(appID: "cli_1", userID: user, chatID: "oc_1")
            let usage = ChatUsage(promptTokens: 1_000, completionTokens: user == "ou_a" ? 250 : 0)
            try await ledger.record(usage, of: model, for: account, key: user)
        }
    }

    @Test("what was spent is listed by user, with requests, tokens and cost")
    func table() async throws {
        try await RedisServer.with { server in
            try await spend(server)
            let run = try await server.tool("usage", "--by", "user", "--app", "cli_1", "--days", "2")
            #expect(
                run.output == """
                    USER   REQUESTS   PROMPT   COMPLETION   TOKENS   COST (CNY)
                    ou_a          1     1000          250     1250          1.5
                    ou_b          1     1000            0     1000            0

                    """
            )
        }
    }

    @Test("a program gets it as JSON")
    func json() async throws {
        try await RedisServer.with { server in
            try await spend(server)
            let run = try await server.tool("usage", "--by", "model", "--app", "cli_1", "-n", "1", "--output", "json")
            let expected: JSONValue = [
                [
                    "model": "big", "requests": 1, "prompt_tokens": 1_000, "completion_tokens": 250, "tokens": 1_250,
                    "cost": 1.5,
                ]
            ]
            #expect(try run.json() == expected)
        }
    }

    @Test("without an app there is nothing to tell")
    func noApp() async throws {
        let run = try await ToolRun.run("usage")
        #expect(run.status == 2)
        #expect(run.complaints.contains("--app"))
    }
}
