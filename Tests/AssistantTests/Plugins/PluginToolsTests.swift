import JSON
import Plugins
import TestSupport
import Testing
import ToolProtocol

@testable import Assistant

@Suite("Tools of plugins")
struct PluginToolsTests {
    private static let tools: JSONObject = [
        "triggers": [
            ["type": "tool", "name": "current", "description": "Now", "parameters": ["type": "object"]],
            ["type": "tool", "name": "erase", "description": "Erases", "sensitive": true],
        ]
    ]

    @Test("are offered while the plugin can be called, sensitive as it says")
    func offered() async throws {
        let plugins = FakePlugins([try .sample("weather", Self.tools), try .sample("off", Self.tools, .disabled)])
        let tools = ToolSet([PluginTools(host: plugins, language: "en")], logger: .silent)
        let offered = await tools.tools()
        #expect(offered.map(\.name) == ["plugins__weather_current", "plugins__weather_erase"])
        #expect(offered.map(\.isSensitive) == [false, true])
    }

    @Test(
        "a call gives the plugin's result, or what it said",
        arguments: [
            (#"{"tool_result": {"text": "20 °C", "is_error": false}}"#, ToolResult(text: "20 °C")),
            (#"{"tool_result": {"text": "no city", "is_error": true}}"#, ToolResult(text: "no city", isError: true)),
            (#"{"reply_message": ["a", {"markdown": "b"}]}"#, ToolResult(text: "a\n\nb")),
        ]
    )
    func results(reply: String, result: ToolResult) async throws {
        let reply = try JSONValue(parsing: Array(reply.utf8))
        let plugins = FakePlugins([try .sample("weather", Self.tools)]) { _, _ in .success(reply) }
        let server = PluginTools(host: plugins, language: "en")
        #expect(try await server.call("weather/current", ["city": "Beijing"]) == result)
        #expect(plugins.calls.map(\.cause) == [.tool(name: "current", arguments: ["city": "Beijing"])])
    }

    @Test("arguments that do not hold to the schema are told to the model, and the plugin is not called")
    func arguments() async throws {
        let parameters: JSONValue = [
            "type": "object", "properties": ["city": ["type": "string"]], "required": ["city"],
        ]
        let triggers: JSONObject = [
            "triggers": [["type": "tool", "name": "current", "description": "Now", "parameters": parameters]]
        ]
        let plugins = FakePlugins([try .sample("weather", triggers)])
        let server = PluginTools(host: plugins, language: "en")
        for wrong in [["city": 7], [:]] as [JSONObject] {
            let result = try await server.call("weather/current", wrong)
            #expect(result.isError && result.text.contains("city"), "\(result.text)")
        }
        #expect(plugins.calls.isEmpty)
        #expect(try await !server.call("weather/current", ["city": "Oslo"]).isError)
    }

    @Test("a tool that is not in the manifest is not called", arguments: ["weather/other", "weather", "none/current"])
    func unknown(name: String) async throws {
        let plugins = FakePlugins([try .sample("weather", Self.tools)])
        await #expect(throws: ToolProtocolError(.unknownTool, server: name)) {
            try await PluginTools(host: plugins, language: "en").call(name, [:])
        }
        #expect(plugins.calls.isEmpty)
    }
}
