import JSON
import Testing

@testable import PluginKit

@Suite("What a plugin is told and answers")
struct MessageTests {
    /// A plugin that shows what it was told.
    private struct Shown: Plugin {
        static let manifest = Manifest(
            name: "shown",
            version: "1.0.0",
            permissions: [.messageText, .conversationState]
        )
        static let configurationSchema: JSONValue = [
            "type": "object", "properties": ["unit": ["type": "string", "default": "metric"]],
        ]

        func handle(_ message: Message) async throws -> Reply {
            struct Settings: Decodable { let unit: String }
            let settings = try message.configuration(as: Settings.self)
            let round = message.state?["round"]?.integer ?? 0
            return .text("\(message.language.rawValue) \(message.content) \(settings.unit) \(message.sender == nil)")
                .keeping(["round": .integer(round + 1)])
                .callingAgain("later", in: .milliseconds(1_500))
        }
    }

    @Test("in a unit test is what its permissions name, with the configuration's defaults")
    func trying() async throws {
        let first = try await Shown.reply(to: "hello", language: .english)
        #expect(first.parts == [.text("en hello metric true")])
        #expect(first.state == .replaced(["round": 1]))
        let second = try await Shown.reply(
            to: "hello",
            configuration: ["unit": "imperial"],
            with: ["state": ["round": 4], "message_content": nil]
        )
        #expect(second.parts == [.text("zh-CN  imperial true")])
        #expect(second.state == .replaced(["round": 5]))
    }

    @Test("is read from the contract's context, whole")
    func context() throws {
        let text = """
            {"contract_version":1,"request_id":"t-1","idempotency_key":"t-1/call","deadline":"2026-11-27T03:00:00.000Z",
            "language":"en","trigger":{"type":"pattern","matches":["北京",""]},"message_content":"天气 北京",
            "message":{"id":"om_1","type":"text","text":"天气 北京","created_at":1764200000000},
            "sender":{"open_id":"ou_1","name":"小王"},"chat":{"id":"oc_1","kind":"group","thread_id":"omt_1"},
            "mentions":[{"open_id":"ou_2","name":"小李"}],
            "attachments":[{"kind":"file","name":"a.txt","size":3,"content_base64":"YWJj"}],
            "conversation_id":"c","config":{"a":1},"state":{"b":2},"unknown":[null],
            "tool":{"name":"t","arguments":{"x":1}},"event":{"type":"e","body":{"y":2}},
            "schedule":{"name":"s","at":"2026-11-27T00:00:00Z"}}
            """
        let message = try Message(try #require(JSONValue(parsing: text).object))
        #expect(message.requestID == "t-1")
        #expect(message.idempotencyKey == "t-1/call")
        #expect(message.language == .english)
        #expect(message.cause.kind == .pattern)
        #expect(message.cause.matches == ["北京", ""])
        #expect(message.original?.createdAt == 1_764_200_000_000)
        #expect(message.sender?.openID == "ou_1")
        #expect(message.chat?.isGroup == true)
        #expect(message.chat?.threadID == "omt_1")
        #expect(message.mentions.map(\.name) == ["小李"])
        #expect(message.attachments.first?.content == Array("abc".utf8))
        #expect(message.configuration == ["a": 1])
        #expect(message.state == ["b": 2])
        #expect(message.tool?.arguments == ["x": 1])
        #expect(message.event?.body == ["y": 2])
        #expect(message.schedule?.name == "s")
    }

    @Test("names the place of what is not as the contract says")
    func badContext() throws {
        let context: JSONObject = ["mentions": [["open_id": 5]]]
        #expect(throws: BadContext(description: "/mentions/0/open_id: expected text")) { try Message(context) }
    }

    @Test("says how long the assistant waits, within bounds")
    func timeLeft() throws {
        #expect(try Message(["deadline": "2020-01-01T00:00:00Z"]).timeLeft() == .milliseconds(100))
        #expect(try Message(["deadline": "2199-01-01T00:00:00Z"]).timeLeft() == .seconds(10))
        #expect(try Message([:]).timeLeft(atMost: .seconds(3)) == .seconds(3))
    }

    @Test("is answered in the contract's form")
    func replies() {
        #expect(Reply.none.document == ["reply_message": nil])
        #expect(Reply.text("a").document == ["reply_message": ["text": "a"]])
        #expect(
            Reply.several(.markdown("a"), .card(["x": 1]), .file(name: "f", content: [97, 98, 99])).document
                == [
                    "reply_message": [
                        ["markdown": "a"], ["card": ["x": 1]], ["file": ["name": "f", "content_base64": "YWJj"]],
                    ]
                ]
        )
        #expect(
            Reply.toolResult("r", isError: true).forgettingState().callingAgain("m", in: .seconds(60)).document
                == [
                    "reply_message": nil, "state": nil, "jobs": [["delay": 60, "message_content": "m"]],
                    "tool_result": ["text": "r", "is_error": true],
                ]
        )
    }

    @Test(
        "is none beyond the contract's bounds",
        arguments: [
            (Reply.text(String(repeating: "长", count: 30_001)), "/reply_message/text"),
            (Reply.several(.text("a"), .file(name: "", content: [])), "/reply_message/1/file/name"),
            (Reply.none.keeping(["a": .string(String(repeating: "x", count: 64 << 10))]), "/state"),
            (Reply.none.callingAgain("a", in: .seconds(-1)), "/jobs/0/delay"),
            (Reply.none.callingAgain("a", in: .seconds(31 * 86_400)), "/jobs/0/delay"),
        ]
    )
    func badReplies(reply: Reply, pointer: String) throws {
        let error = #expect(throws: BadReply.self) { try reply.encoded() }
        #expect(error?.description.hasPrefix("\(pointer): expected ") == true)
    }
}
