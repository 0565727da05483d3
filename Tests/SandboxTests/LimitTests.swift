import FeishuSandbox
import JSON
import Testing

@Suite("Limits and content rules", .timeLimit(.minutes(1)))
struct LimitTests {
    @Test("the sixth message into a chat within a second is refused with 230020, and welcome a second later")
    func chatRate() async throws {
        let time = TestTime()
        try await RunningSandbox.with(time: time.cloudTime) { sandbox in
            let token = try await sandbox.token()
            let spoken = try sandbox.say()
            var codes: [Int64?] = []
            for _ in 0..<6 { codes.append(try await sandbox.send(to: spoken.chatID, token: token).code) }
            #expect(codes == [0, 0, 0, 0, 0, 230_020])
            time.advance(.seconds(1))
            #expect(try await sandbox.send(to: spoken.chatID, token: token).code == 0)
        }
    }

    @Test("the fifty-first call of an interface within a second gets 429 and the seconds to wait")
    func interfaceRate() async throws {
        let time = TestTime()
        try await RunningSandbox.with(time: time.cloudTime) { sandbox in
            let token = try await sandbox.token()
            for _ in 0..<50 {
                #expect(try await sandbox.call("GET", "/open-apis/bot/v3/info", token: token).status == 200)
            }
            let refused = try await sandbox.call("GET", "/open-apis/bot/v3/info", token: token)
            #expect(refused.status == 429)
            #expect(refused.code == 99_991_400)
            #expect(refused.header("x-ogw-ratelimit-reset") == "1")
        }
    }

    /// A message and the code it is answered with.
    struct Content: Sendable, CustomTestStringConvertible {
        let type: String
        let json: String
        let code: Int64

        var testDescription: String { "\(type) \(json.prefix(60))" }

        init(_ type: String, _ json: String, _ code: Int64) {
            self.type = type
            self.json = json
            self.code = code
        }
    }

    static let contents: [Content] = [
        Content("text", #"{"text": "fine"}"#, 0),
        Content("text", #"{"text": ""}"#, 230_001),
        Content("text", #"{"words": "x"}"#, 230_001),
        Content("text", #"{"text": "\#(letters(140 * 1024))"}"#, 0),
        Content("text", #"{"text": "\#(letters(151 * 1024))"}"#, 230_025),
        Content("post", #"{"zh_cn": {"title": "t", "content": [[{"tag": "md", "text": "**x**"}]]}}"#, 0),
        Content("post", #"{"content": [[{"tag": "text", "text": "no locale"}]]}"#, 230_001),
        Content("post", #"{"zh_cn": {"content": [[{"tag": "script", "text": "x"}]]}}"#, 230_001),
        Content("post", #"{"zh_cn": {"content": [[{"tag": "md", "text": "\#(letters(31_000))"}]]}}"#, 230_025),
        Content("interactive", #"{"schema": "2.0", "body": {"elements": [{"tag": "note"}]}}"#, 230_099),
        Content("interactive", #"{"schema": "2.0", "elements": []}"#, 230_099),
        Content("interactive", #"{"type": "card", "data": {"card_id": "1"}}"#, 230_099),
        Content("interactive", #"{"type": "template", "data": {"template_id": "AAq1"}}"#, 0),
        Content("interactive", tables(4), 230_099),
        Content("interactive", tables(3), 0),
        Content("image", #"{"image_key": "img_v3_x"}"#, 230_001),
        Content("image", "{}", 230_001),
        Content("hologram", #"{"text": "x"}"#, 230_001),
    ]

    @Test("content is judged by its type", arguments: contents)
    func content(_ content: Content) async throws {
        try await RunningSandbox.with { sandbox in
            let token = try await sandbox.token()
            let spoken = try sandbox.say()
            let value = try JSONValue(parsing: content.json)
            let answer = try await sandbox.send(to: spoken.chatID, type: content.type, content: value, token: token)
            #expect(answer.code == content.code)
        }
    }

    @Test("content that is not JSON in a string, and a uuid over 50 characters, are refused")
    func shapes() async throws {
        try await RunningSandbox.with { sandbox in
            let token = try await sandbox.token()
            let spoken = try sandbox.say()
            let path = "/open-apis/im/v1/messages?receive_id_type=chat_id"
            let object: JSONValue = [
                "receive_id": .string(spoken.chatID), "msg_type": "text", "content": ["text": "an object"],
            ]
            #expect(try await sandbox.call("POST", path, object, token: token).code == 99_992_402)
            let text: JSONValue = [
                "receive_id": .string(spoken.chatID), "msg_type": "text", "content": "not JSON",
            ]
            #expect(try await sandbox.call("POST", path, text, token: token).code == 230_001)
            let long = String(repeating: "u", count: 51)
            #expect(try await sandbox.send(to: spoken.chatID, uuid: long, token: token).code == 99_992_402)
        }
    }

    private static func letters(_ count: Int) -> String { String(repeating: "x", count: count) }

    /// A card with so many Markdown tables, and one more inside a code fence, which does not count.
    private static func tables(_ count: Int) -> String {
        let table = #"| a | b |\n| --- | --- |\n| 1 | 2 |\n\n"#
        let markdown = String(repeating: table, count: count) + "```\\n\(table)```"
        return #"{"schema": "2.0", "body": {"elements": [{"tag": "markdown", "content": "\#(markdown)"}]}}"#
    }
}
