import FeishuSandbox
import JSON
import Testing

@Suite("Rules for cards", .timeLimit(.minutes(1)))
struct CardRuleTests {
    /// A card, and the codes with which CardKit and a message answer it.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let json: String
        let inCardKit: Int64
        let inMessage: Int64
        /// What the message's refusal must name.
        var detail = ""

        var testDescription: String { name }

        init(_ name: String, elements: String, _ inCardKit: Int64, _ inMessage: Int64, _ detail: String = "") {
            self.init(
                name,
                json: #"{"schema":"2.0","body":{"elements":[\#(elements)]}}"#,
                inCardKit,
                inMessage,
                detail
            )
        }

        init(_ name: String, json: String, _ inCardKit: Int64, _ inMessage: Int64, _ detail: String = "") {
            self.name = name
            self.json = json
            self.inCardKit = inCardKit
            self.inMessage = inMessage
            self.detail = detail
        }
    }

    private static let markdown = #"{"tag":"markdown","content":"x"}"#

    private static func many(_ count: Int) -> String {
        Array(repeating: #"{"tag":"hr"}"#, count: count).joined(separator: ",")
    }

    private static func tables(_ count: Int) -> String {
        let table = #"| a | b |\n| --- | --- |\n| 1 | 2 |\n\n"#
        return #"{"tag":"markdown","content":"\#(String(repeating: table, count: count))"}"#
    }

    static let cases: [Case] = [
        Case("a small card", elements: markdown, 0, 0),
        Case("schema 1.0", json: #"{"elements":[\#(markdown)]}"#, 300_303, 0),
        Case(
            "a property nobody knows",
            elements: #"{"tag":"markdown","content":"x","colour":"red"}"#,
            200_220,
            230_099,
            "colour"
        ),
        Case(
            "a property of the card",
            json: #"{"schema":"2.0","elements":[],"body":{"elements":[\#(markdown)]}}"#,
            200_220,
            230_099,
            "200621"
        ),
        Case(
            "a setting nobody knows",
            json: #"{"schema":"2.0","config":{"wide_screen_mode":true},"body":{"elements":[\#(markdown)]}}"#,
            200_220,
            230_099,
            "wide_screen_mode"
        ),
        Case(
            "a card that is not shared",
            json: #"{"schema":"2.0","config":{"update_multi":false},"body":{"elements":[\#(markdown)]}}"#,
            300_302,
            230_099,
            "300302"
        ),
        Case(
            "a header colour nobody knows",
            json: #"{"schema":"2.0","header":{"template":"pink"},"body":{"elements":[]}}"#,
            200_220,
            230_099,
            "template"
        ),
        Case("a note", elements: #"{"tag":"note"}"#, 200_861, 230_099, "200861"),
        Case(
            "an action block",
            elements: #"{"tag":"action","actions":[]}"#,
            200_861,
            230_099,
            "unsupported tag action"
        ),
        Case("a tag nobody knows", elements: #"{"tag":"hologram"}"#, 200_220, 230_099, "hologram"),
        Case("an element without a tag", elements: #"{"content":"x"}"#, 200_220, 230_099),
        Case("no element", elements: "", 300_307, 0),
        Case("200 components", elements: many(200), 0, 0),
        Case("201 components", elements: many(201), 300_305, 230_099, "11310"),
        Case("3 tables", elements: tables(3), 0, 0),
        Case(
            "4 tables",
            elements: tables(4),
            230_099,
            230_099,
            "ErrCode: 11310; ErrMsg: card table number over limit; ErrorValue: table;"
        ),
        Case(
            "the same element_id twice",
            elements: #"{"tag":"hr","element_id":"a"},{"tag":"hr","element_id":"a"}"#,
            300_301,
            230_099,
            "300301"
        ),
        Case("an element_id of 20 characters", elements: #"{"tag":"hr","element_id":"a2345678901234567890"}"#, 0, 0),
        Case(
            "an element_id of 21 characters",
            elements: #"{"tag":"hr","element_id":"a23456789012345678901"}"#,
            200_220,
            230_099,
            "element_id"
        ),
        Case("an element_id that starts with a digit", elements: #"{"tag":"hr","element_id":"1a"}"#, 200_220, 230_099),
        Case(
            "a form whose input has no name",
            elements: #"{"tag":"form","name":"f","elements":[{"tag":"input"}]}"#,
            200_220,
            230_099,
            "name"
        ),
        Case("what is no card", json: "[]", 200_220, 230_099, "200621"),
        Case("30 KB", elements: #"{"tag":"markdown","content":"\#(String(repeating: "字", count: 9_900))"}"#, 0, 0),
        Case(
            "more than 30 KB",
            elements: #"{"tag":"markdown","content":"\#(String(repeating: "字", count: 10_500))"}"#,
            200_860,
            230_025
        ),
    ]

    @Test("a card is judged alike by CardKit and in a message, each with its codes", arguments: cases)
    func card(_ card: Case) async throws {
        try await RunningSandbox.with { sandbox in
            let token = try await sandbox.token()
            let spoken = try sandbox.say()
            let created = try await sandbox.call(
                "POST",
                "/open-apis/cardkit/v1/cards",
                ["type": "card_json", "data": .string(card.json)],
                token: token
            )
            #expect(created.code == card.inCardKit)
            let sent = try await sandbox.send(
                to: spoken.chatID,
                type: "interactive",
                content: try JSONValue(parsing: card.json),
                token: token
            )
            #expect(sent.code == card.inMessage)
            if !card.detail.isEmpty { #expect(sent.json["msg"]?.string?.contains(card.detail) == true) }
        }
    }

    @Test("streaming a fourth table or more than 30 KB is refused, and the card stays as it was")
    func streamed() async throws {
        try await RunningSandbox.with { sandbox in
            let token = try await sandbox.token()
            let id = try await sandbox.createCard(token: token)
            let table = "| a | b |\n| --- | --- |\n| 1 | 2 |\n\n"
            let four = try await sandbox.stream(String(repeating: table, count: 4), into: id, 1, token: token)
            #expect(four.code == 230_099)
            #expect(four.json["msg"]?.string?.contains("11310") == true)
            let big = try await sandbox.stream(String(repeating: "字", count: 10_300), into: id, 1, token: token)
            #expect(big.code == 200_860)
            #expect(try sandbox.text(of: id) == "…")
        }
    }

    @Test("a card message is patched, five times a second, for fourteen days, and never when it shows an entity")
    func patches() async throws {
        let time = TestTime()
        try await RunningSandbox.with(time: time.cloudTime) { sandbox in
            var token = try await sandbox.token()
            let spoken = try sandbox.say()
            let card = RunningSandbox.card(text: "x", streams: false)
            let sent = try await sandbox.send(to: spoken.chatID, type: "interactive", content: card, token: token)
            let path = "/open-apis/im/v1/messages/\(try #require(sent.json["data"]?["message_id"]?.string))"
            let body: JSONValue = ["content": .string(card.text)]
            var codes: [Int64?] = []
            for _ in 0..<6 { codes.append(try await sandbox.call("PATCH", path, body, token: token).code) }
            #expect(codes == [0, 0, 0, 0, 0, 230_020])
            let id = try await sandbox.createCard(token: token)
            let entity = try await sandbox.sendCard(id, replyTo: spoken.messageID, token: token)
            let shown = try #require(entity.json["data"]?["message_id"]?.string)
            #expect(
                try await sandbox.call("PATCH", "/open-apis/im/v1/messages/\(shown)", body, token: token).code
                    == 230_054
            )
            time.advance(.seconds(14 * 24 * 3600))
            token = try await sandbox.token()
            #expect(try await sandbox.call("PATCH", path, body, token: token).code == 230_031)
        }
    }
}
