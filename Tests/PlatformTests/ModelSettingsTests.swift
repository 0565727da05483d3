import Cryptography
import Testing

@testable import Platform

@Suite("Settings of models and tools")
struct ModelSettingsTests {
    @Test("models have what they were given, and a name of their own")
    func models() throws {
        let yaml = """
            llm:
              providers:
                - {kind: openai, base_url: "https://a/v1", model: big, name: main, reads_images: true,
                   first_token_timeout: 5, requests_per_minute: 60, input_price: 0.5}
                - {kind: openai, base_url: "https://b/v1", model: small}
                - kind: offline
              budgets: {user_tokens: 1000, total_cost: 12.5, utc_offset: -3.5}
              transcription: {base_url: "https://a/v1", api_key: key}
            """
        let configuration = try ConfigurationSources(yaml: yaml).load()
        let providers = configuration.modelProviders
        #expect(providers.map(\.name) == ["main", "small", "offline"])
        #expect(providers[0].readsImages && !providers[1].readsImages)
        #expect(providers[0].firstTokenTimeout == .seconds(5) && providers[1].firstTokenTimeout == .seconds(60))
        #expect(providers[0].requestsPerMinute == 60 && providers[0].inputPrice == 0.5)
        let models = configuration.models
        #expect(models.budgets.userTokens == 1_000 && models.budgets.totalCost == 12.5)
        #expect(models.budgets.utcOffset == .seconds(-12_600))
        #expect(models.transcription?.apiKey == Secret("key") && models.transcription?.model == "whisper-1")
        #expect(try ConfigurationSources(yaml: "").load().models.transcription == nil)
    }

    @Test(
        "what cannot be is told",
        arguments: [
            (
                "llm: {providers: [{kind: openai, model: a, base_url: \"https://a\"}, {kind: openai, model: A, base_url: \"https://b\"}]}",
                "llm.providers[1].name"
            ),
            ("llm: {providers: [{kind: openai, model: a}]}", "llm.providers[0].base_url"),
            ("llm: {budgets: {user_tokens: -1}}", "llm.budgets.user_tokens"),
            ("tools: {mcp_servers: [{url: \"https://a\"}]}", "tools.mcp_servers[0].name"),
            ("tools: {mcp_servers: [{name: a}]}", "tools.mcp_servers[0].url"),
            ("tools: {mcp_servers: [{name: a, url: \"https://a\", command: b}]}", "tools.mcp_servers[0].url"),
            ("tools: {mcp_servers: [{name: a, command: b}, {name: a, command: c}]}", "tools.mcp_servers[1].name"),
        ]
    )
    func problems(yaml: String, key: String) {
        let problems = ConfigurationSources(yaml: yaml).problems()
        #expect(problems.count == 1 && problems[0].hasPrefix(key))
    }

    @Test("tool servers are addressed by URL or by command, and say which tools are sensitive")
    func tools() throws {
        let yaml = """
            tools:
              mcp_servers:
                - {name: wiki, url: "https://h/mcp", authorization: Bearer x, allowed_tools: [a/b, c], sensitive_tools: [c]}
                - {name: local, command: python3 -m server --quiet, timeout: 3}
            """
        let servers = try ConfigurationSources(yaml: yaml).load().toolServers
        #expect(servers.map(\.address) == [.url("https://h/mcp"), .command(["python3", "-m", "server", "--quiet"])])
        #expect(servers[0].allowedTools == ["a/b", "c"] && servers[0].sensitiveTools == ["c"])
        #expect(servers[1].allowedTools == nil && servers[1].timeout == .seconds(3))
        #expect(!"\(servers)".contains("Bearer x"))
    }
}
