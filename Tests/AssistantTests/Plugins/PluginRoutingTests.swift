import JSON
import LanguageModel
import Plugins
import Testing

@testable import Assistant

@Suite("Which plugin a message is for")
struct PluginRoutingTests {
    private static let triggers: JSONObject = [
        "triggers": [
            ["type": "command", "name": "Weather", "aliases": ["天气"]],
            ["type": "keyword", "words": ["rain", "下雨", "5G"]],
            ["type": "pattern", "pattern": "^forecast for (\\w+)(?: on (\\w+))?$"],
        ]
    ]

    private func routing(_ condition: HostedPlugin.Condition = .ready) throws -> PluginRouting {
        PluginBoard([try .sample("weather", Self.triggers, condition)]).routing
    }

    @Test(
        "a command is known by either slash, in any case, by its aliases, and by what follows",
        arguments: [
            ("/weather 北京", "北京"), ("／天气　北京", "北京"), ("/天气：北京", "北京"), ("/WEATHER", ""),
            ("/weather: Paris\nnow", "Paris\nnow"),
        ]
    )
    func commands(text: String, rest: String) throws {
        let name = try #require(PluginName("weather"))
        let expected = PluginRouting.Decision.run(
            name,
            .command(name: "Weather", arguments: rest),
            content: rest
        )
        #expect(try routing().command(text) == expected)
    }

    @Test("what only looks like a command is none", arguments: ["weather 北京", "天气 北京", "/weathers", " /other", "/"])
    func noCommands(text: String) throws { #expect(try routing().command(text) == nil) }

    @Test(
        "a keyword stands alone in Latin script, and anywhere in Chinese",
        arguments: [
            ("Will it RAIN?", "rain"), ("明天下雨吗", "下雨"), ("会rain吗", "rain"), ("5G信号", "5G"), ("rain", "rain"),
            ("train, rain", "rain"),
        ]
    )
    func keywords(text: String, word: String) throws {
        let name = try #require(PluginName("weather"))
        #expect(try routing().mention(in: text) == .run(name, .keyword(word: word), content: text))
    }

    @Test("a keyword within another word is none", arguments: ["the train", "rainy", "brain", "15G", "5Gs", ""])
    func noKeywords(text: String) throws { #expect(try routing().mention(in: text) == nil) }

    @Test("a pattern gives its groups, empty where one took no part, and goes before keywords")
    func patterns() throws {
        let name = try #require(PluginName("weather"))
        #expect(
            try routing().mention(in: "forecast for rain")
                == .run(
                    name,
                    .pattern(matches: ["forecast for rain", "rain", ""]),
                    content: "forecast for rain"
                )
        )
    }

    @Test("of several plugins the first by name is called, and no other")
    func order() throws {
        let board = PluginBoard([try .sample("b", Self.triggers), try .sample("a", Self.triggers)])
        guard case .run(let first, _, _)? = board.routing.command("/weather") else {
            Issue.record("not routed")
            return
        }
        #expect(first.rawValue == "a")
        guard case .run(let second, _, _)? = board.routing.mention(in: "rain") else {
            Issue.record("not routed")
            return
        }
        #expect(second.rawValue == "a")
    }

    @Test("a chat has its plugins only: a command of another is that of the next, words call no other")
    func choice() throws {
        let board = PluginBoard([try .sample("a", Self.triggers), try .sample("b", Self.triggers)])
        func called(_ decision: PluginRouting.Decision?) -> String? {
            if case .run(let name, _, _)? = decision { name.rawValue } else { nil }
        }
        for (names, expected) in [(["a"], "a"), (["b"], "b"), (["b", "none"], "b"), (["none"], nil), (["c"], nil)] {
            let choice = PluginChoice(names)
            #expect(called(board.routing.command("/weather", of: choice)) == expected)
            #expect(called(board.routing.command("/天气", of: choice)) == expected)
            #expect(called(board.routing.mention(in: "rain", of: choice)) == expected)
            #expect(called(board.routing.mention(in: "forecast for rain", of: choice)) == expected)
            let lines = AssistantTexts(.english).pluginCommands(board, of: choice).split(separator: "\n")
            #expect(lines.count == (expected == nil ? 0 : 2))
        }
    }

    @Test(
        "the command of one that cannot be called is known, its words are not",
        arguments: [
            HostedPlugin.Condition.disabled, .failing,
        ]
    )
    func unavailable(condition: HostedPlugin.Condition) throws {
        let name = try #require(PluginName("weather"))
        #expect(try routing(condition).command("/weather") == .unavailable(name, condition))
        #expect(try routing(condition).mention(in: "rain") == nil)
        #expect(try routing(condition).mention(in: "forecast for rain") == nil)
    }

    @Test("a long text is material: neither words nor patterns are looked for in it")
    func longText() throws {
        let text = "rain " + String(repeating: "x", count: PluginRouting.longestText)
        #expect(try routing().mention(in: text) == nil)
    }

    @Test("the help names the commands of plugins that run, in the language, with nothing marked up")
    func help() throws {
        let board = PluginBoard([try .sample("weather", Self.triggers), try .sample("off", [:], .disabled)])
        #expect(
            AssistantTexts(.english).pluginCommands(board) == "Plugins:\n- `/Weather` (/天气): Tells the \\*weather\\*"
        )
        #expect(AssistantTexts(.chinese).pluginCommands(board) == "插件：\n- `/Weather`（/天气）：查询天气")
        #expect(AssistantTexts(.english).pluginCommands(PluginBoard()).isEmpty)
        let many = try (10..<40).map { try HostedPlugin.sample("p\($0)") }
        #expect(AssistantTexts(.english).pluginCommands(PluginBoard(many)).split(separator: "\n").count == 21)
    }

    @Test("a card of a plugin mentions nobody and presses none of our buttons")
    func cards() {
        let card: JSONValue = [
            "elements": [
                ["tag": "markdown", "content": "<at id=all></at>"],
                ["tag": "button", "value": ["action": "approve", "task": "t1", "mine": "yes"]],
            ]
        ]
        let harmless = SkillVoice.harmless(card)
        #expect(harmless["elements"]?.array?[0]["content"]?.string == "<\u{200B}at id=all><\u{200B}/at>")
        #expect(harmless["elements"]?.array?[1]["value"] == ["task": "t1", "mine": "yes"])
    }
}
