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
            #expect(refused.response.header(named: "x-ogw-ratelimit-reset") == "1")
        }
    }

    @Test(
        "content is judged by its type",
        arguments: [
            ("text", ["text": "fine"] as JSONValue, 0 as Int64),
            ("text", ["text": ""], 230_001),
            ("text", ["words": "x"], 230_001),
            ("text", ["text": .string(String(repeating: "x", count: 140 * 1024))], 0),
            ("text", ["text": .string(String(repeating: "x", count: 151 * 1024))], 230_025),
            ("post", ["zh_cn": ["title": "t", "content": [[["tag": "md", "text": "**x**"]]]]], 0),
            ("post", ["content": [[["tag": "text", "text": "no locale"]]]], 230_001),
            ("post", ["zh_cn": ["content": [[["tag": "script", "text": "x"]]]]], 230_001),
            ("post", ["zh_cn": ["content": [[["tag": "md", "text": .string(String(repeating: "x", count: 31_000))]]]]], 230_025),
            ("interactive", ["schema": "2.0", "body": ["elements": [["tag": "note"]]]], 230_099),
            ("interactive", ["schema": "2.0", "elements": []], 230_099),
            ("interactive", ["type": "card", "data": ["card_id": "1"]], 0),
            (
                "interactive",
                ["schema": "2.0", "body": ["elements": [["tag": "markdown", "content": .string(tables(4))]]]],
                230_099
            ),
            (
                "interactive",
                ["schema": "2.0", "body": ["elements": [["tag": "markdown", "content": .string(tables(3))]]]], 0
            ),
            ("image", ["image_key": "img_v3_x"], 0),
            ("image", [:], 230_001),
            ("hologram", ["text": "x"], 230_001),
        ]
    )
    func content(type: String, content: JSONValue, code: Int64) async throws {
        try await RunningSandbox.with { sandbox in
            let token = try await sandbox.token()
            let spoken = try sandbox.say()
            let answer = try await sandbox.send(to: spoken.chatID, type: type, content: content, token: token)
            #expect(answer.code == code)
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

    private static func tables(_ count: Int) -> String {
        String(repeating: "| a | b |\n| --- | --- |\n| 1 | 2 |\n\n", count: count)
            + "```\n| a |\n| --- |\n```"
    }
}
