import JSON
import Testing

@testable import Plugins

@Suite("A plugin's manifest")
struct ManifestTests {
    private static let least: JSONObject = ["contract_version": 1, "name": "weather", "version": "1.2.0"]

    /// The smallest manifest with other members.
    private static func document(_ members: JSONObject) -> JSONValue {
        var object = least
        for member in members.members { object[member.key] = member.value }
        return .object(object)
    }

    @Test("without all that is optional it has the defaults of the contract")
    func defaults() throws {
        let manifest = try PluginManifest(.object(Self.least))
        #expect(manifest.name.rawValue == "weather" && manifest.version == SemanticVersion("1.2.0"))
        #expect(manifest.chineseDescription == "weather" && manifest.englishDescription == "weather")
        #expect(manifest.command == [] && manifest.permissions == [.messageText])
        #expect(manifest.triggers == [.command(name: "weather", aliases: [])])
        #expect(manifest.timeout == .seconds(10) && manifest.concurrency == 8 && manifest.memoryBytes == 256 << 20)
        #expect(!manifest.isIdempotent && !manifest.isSensitive && manifest.migrations == [])
        #expect(manifest.document == Self.least)
    }

    @Test("all that it may say is read")
    func whole() throws {
        let parameters: JSONObject = ["type": "object", "properties": ["city": ["type": "string"]]]
        let manifest = try PluginManifest(
            Self.document([
                "description": ["zh-CN": "查询天气", "en": "Tells the weather"], "command": ["python3", "weather.py"],
                "permissions": .array(PluginPermission.allCases.map { .string($0.rawValue) }),
                "triggers": [
                    ["type": "command", "name": "weather", "aliases": ["天气"]],
                    ["type": "keyword", "words": ["天气", "雨"]],
                    ["type": "pattern", "pattern": "^天气 (.+)$"], ["type": "event", "event_types": ["im.x_v1"]],
                    ["type": "schedule", "name": "morning", "cron": "0 8 * * *", "chat_ids": ["oc_x"]],
                    [
                        "type": "tool", "name": "current_weather", "description": "Weather of a city",
                        "parameters": .object(parameters), "sensitive": true,
                    ],
                    ["type": "tool", "name": "now", "description": "The time"],
                ],
                "timeout": 0.25, "concurrency": 1_000, "idempotent": true, "sensitive": true,
                "memory_bytes": 16_777_216,
                "migrations": [["from": "<2.0.0", "rename": ["/key": "/api_key"]]], "unknown": [1],
            ])
        )
        #expect(manifest.chineseDescription == "查询天气" && manifest.englishDescription == "Tells the weather")
        #expect(manifest.command == ["python3", "weather.py"])
        #expect(manifest.permissions == Set(PluginPermission.allCases))
        let tools = [
            PluginTool(
                name: "current_weather",
                description: "Weather of a city",
                parameters: parameters,
                isSensitive: true
            ),
            PluginTool(name: "now", description: "The time", parameters: ["type": "object"], isSensitive: false),
        ]
        #expect(
            manifest.triggers == [
                .command(name: "weather", aliases: ["天气"]), .keyword(words: ["天气", "雨"]), .pattern("^天气 (.+)$"),
                .event(types: ["im.x_v1"]), .schedule(name: "morning", cron: "0 8 * * *", chatIDs: ["oc_x"]),
                .tool(tools[0]), .tool(tools[1]),
            ]
        )
        #expect(manifest.tools == tools)
        #expect(manifest.timeout == .milliseconds(250) && manifest.concurrency == 1_000)
        #expect(manifest.isIdempotent && manifest.isSensitive && manifest.memoryBytes == 16 << 20)
        #expect(manifest.migrations.count == 1)
    }

    @Test("a description in one language is one in both")
    func descriptions() throws {
        #expect(try PluginManifest(Self.document(["description": "x"])).chineseDescription == "x")
        #expect(try PluginManifest(Self.document(["description": ["zh-CN": "天"]])).englishDescription == "天")
        #expect(try PluginManifest(Self.document(["description": ["en": "x"]])).chineseDescription == "x")
        #expect(try PluginManifest(Self.document(["description": ["fr": "x"]])).englishDescription == "weather")
    }

    @Test("each thing that is wrong is named with its place", arguments: wrongMembers)
    func problems(members: JSONObject, pointers: [String]) throws {
        let problems = try #require(throws: ContractProblems.self) { try PluginManifest(Self.document(members)) }
        #expect(problems.problems.map(\.pointer) == pointers, "\(problems)")
    }

    @Test("all that is wrong is named at once, without the values")
    func all() throws {
        let document: JSONValue = [
            "name": "Hunter2!", "version": "hunter2", "timeout": "hunter2", "command": ["a", 1],
        ]
        let problems = try #require(throws: ContractProblems.self) { try PluginManifest(document) }
        #expect(
            problems.problems.map(\.pointer) == ["/contract_version", "/name", "/version", "/command/1", "/timeout"]
        )
        #expect(!problems.description.lowercased().contains("hunter2"))
    }

    @Test("what is no object, or too large, is refused")
    func others() throws {
        for document: JSONValue in [
            [], "x", nil, Self.document(["x": .string(String(repeating: "x", count: 262_144))]),
        ] {
            let problems = try #require(throws: ContractProblems.self) { try PluginManifest(document) }
            #expect(problems.problems.map(\.pointer) == [""])
        }
    }
}

private func trigger(_ members: JSONObject) -> JSONObject { ["triggers": [.object(members)]] }

private let wrongMembers: [(JSONObject, [String])] = [
    (["contract_version": 2], ["/contract_version"]), (["contract_version": "1"], ["/contract_version"]),
    (["name": "Weather"], ["/name"]), (["version": "1.2"], ["/version"]), (["description": 1], ["/description"]),
    (["description": ""], ["/description"]), (["description": ["en": 1]], ["/description/en"]),
    (["description": "a\u{1B}[31m"], ["/description"]), (["description": "a\u{9B}31m"], ["/description"]),
    (["command": "python3"], ["/command"]), (["command": ["a", ""]], ["/command/1"]),
    (["command": .array(Array(repeating: "a", count: 65))], ["/command"]),
    (["permissions": ["message.text", "root"]], ["/permissions/1"]),
    (["permissions": "message.text"], ["/permissions"]),
    (["timeout": 0.05], ["/timeout"]), (["timeout": 301], ["/timeout"]), (["timeout": "10"], ["/timeout"]),
    (["concurrency": 0], ["/concurrency"]), (["concurrency": 1.5], ["/concurrency"]),
    (["concurrency": 1_001], ["/concurrency"]), (["idempotent": 1], ["/idempotent"]),
    (["sensitive": "no"], ["/sensitive"]),
    (["memory_bytes": 1_024], ["/memory_bytes"]), (["triggers": 1], ["/triggers"]),
    (["triggers": [1]], ["/triggers/0"]),
    (["triggers": .array(Array(repeating: ["type": "keyword", "words": ["a"]], count: 65))], ["/triggers"]),
    (trigger(["type": "other"]), ["/triggers/0/type"]), (trigger([:]), ["/triggers/0/type"]),
    (trigger(["type": "command"]), ["/triggers/0/name"]),
    (trigger(["type": "command", "name": "a b"]), ["/triggers/0/name"]),
    (trigger(["type": "command", "name": "/a"]), ["/triggers/0/name"]),
    (trigger(["type": "command", "name": "a", "aliases": ["b", "c d"]]), ["/triggers/0/aliases/1"]),
    (trigger(["type": "command", "name": "a", "aliases": ["a"]]), ["/triggers"]),
    (trigger(["type": "keyword"]), ["/triggers/0/words", "/triggers/0/words"]),
    (trigger(["type": "keyword", "words": []]), ["/triggers/0/words"]),
    (trigger(["type": "pattern"]), ["/triggers/0/pattern"]),
    (trigger(["type": "pattern", "pattern": "("]), ["/triggers/0/pattern"]),
    (trigger(["type": "pattern", "pattern": "(?=a)"]), ["/triggers/0/pattern"]),
    (trigger(["type": "event", "event_types": []]), ["/triggers/0/event_types"]),
    (trigger(["type": "schedule", "name": "a"]), ["/triggers/0/cron"]),
    (trigger(["type": "schedule", "cron": "* * * * *"]), ["/triggers/0/name"]),
    (trigger(["type": "schedule", "name": "a", "cron": "* * * * *", "chat_ids": "oc_x"]), ["/triggers/0/chat_ids"]),
    (trigger(["type": "tool", "description": "x"]), ["/triggers/0/name"]),
    (trigger(["type": "tool", "name": "a b", "description": "x"]), ["/triggers/0/name"]),
    (trigger(["type": "tool", "name": "天气", "description": "x"]), ["/triggers/0/name"]),
    (trigger(["type": "tool", "name": "a"]), ["/triggers/0/description"]),
    (trigger(["type": "tool", "name": "a", "description": "x", "parameters": []]), ["/triggers/0/parameters"]),
    (
        trigger([
            "type": "tool", "name": "a", "description": "x",
            "parameters": ["type": "text", "properties": ["a/b": ["pattern": "("]]],
        ]), ["/triggers/0/parameters/type", "/triggers/0/parameters/properties/a~1b/pattern"]
    ),
    (
        [
            "triggers": [
                ["type": "tool", "name": "a", "description": "x"], ["type": "command", "name": "a"],
                ["type": "tool", "name": "a", "description": "y"],
            ]
        ], ["/triggers"]
    ),
    (["migrations": 1], ["/migrations"]), (["migrations": [1]], ["/migrations/0/from"]),
    (["migrations": [["from": "*"], ["from": "new"]]], ["/migrations/1/from"]),
    (["migrations": [["from": "*", "rename": ["key": "/a"]]]], ["/migrations/0/rename/key"]),
    (["migrations": [["from": "*", "rename": ["/key": "/a/b"]]]], ["/migrations/0/rename/~1key"]),
    (["migrations": [["from": "*", "rename": ["/a"]]]], ["/migrations/0/rename"]),
    (["migrations": [["from": "*", "remove": ["/a", 1]]]], ["/migrations/0/remove/1"]),
    (["migrations": [["from": "*", "remove": "/a"]]], ["/migrations/0/remove"]),
    (["migrations": [["from": "*", "set": ["": 1]]]], ["/migrations/0/set/"]),
    (["migrations": [["from": "*", "set": 1]]], ["/migrations/0/set"]),
]
