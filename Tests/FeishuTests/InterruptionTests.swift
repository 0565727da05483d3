import Feishu
import JSON
import Testing

@Suite("Events that interrupt their conversation")
struct InterruptionTests {
    static func received(_ json: JSONValue) throws -> ReceivedEvent {
        try #require(Delivery.encrypted(json.bytes).signed().verdict().received)
    }

    static func message(content: JSONValue, type: String = "text") throws -> ReceivedEvent {
        try received([
            "schema": "2.0",
            "header": [
                "event_id": "e1", "event_type": "im.message.receive_v1", "create_time": "1795402800000",
                "token": "Z6c3uSAzus5EdEjNRB5TVUJ9z9K45c5s", "app_id": "cli_df1c6017fb565253",
            ],
            "event": [
                "message": [
                    "message_id": "om_1", "chat_id": "oc_1", "message_type": .string(type), "content": content,
                ]
            ],
        ])
    }

    @Test(
        "a message that is nothing but a stop command interrupts",
        arguments: [
            "/stop", "stop", "STOP", "停止", "停", "停下", "/停止", "／stop", " @_user_1 /stop ", "@_user_1 停止",
            "@_user_12 @_all 停",
        ]
    )
    func stops(text: String) throws {
        let content: JSONValue = ["text": .string(text)]
        #expect(try Self.message(content: .string(content.text)).isInterruption)
    }

    @Test("it does so also where Feishu escapes each character")
    func escaped() throws {
        #expect(try Self.message(content: #"{"text":"\u505c\u6b62"}"#).isInterruption)
    }

    @Test(
        "every other message waits for its turn",
        arguments: [
            "", "stop it", "stop the meeting at five", "停止吗", "//stop", "/stop now", "@_user_1", "/", "please 停",
            "stop" + String(repeating: " ", count: 80),
        ]
    )
    func others(text: String) throws {
        let content: JSONValue = ["text": .string(text)]
        #expect(try !Self.message(content: .string(content.text)).isInterruption)
    }

    @Test(
        "a content of any other shape waits, too",
        arguments: ["stop", "", "[]", "{", #"{"text":7}"#, #"{"text":null}"#]
    )
    func shapes(content: String) throws {
        #expect(try !Self.message(content: .string(content)).isInterruption)
    }

    @Test("clicks and recalls interrupt, and no other recorded event does", arguments: try Fixture.names("event_"))
    func recorded(name: String) throws {
        guard let event = try Delivery.encrypted(Fixture.bytes(name)).signed().verdict().received else { return }
        #expect(event.isInterruption == (name.contains("card_action") || name.contains("recalled")))
    }

    @Test("what a button wants is read where the author says so, and nowhere else")
    func cardActions() throws {
        let names = ["select", "form"]
        let actions = try names.map { name in
            try #require(
                Delivery.encrypted(try Fixture.bytes("event_card_action_trigger_\(name)")).signed().verdict().received
            ).cardAction
        }
        #expect(actions == ["model", "feedback"])
        let header: JSONValue = [
            "event_type": "card.action.trigger", "token": "Z6c3uSAzus5EdEjNRB5TVUJ9z9K45c5s",
            "app_id": "cli_df1c6017fb565253",
        ]
        let odd: [JSONValue] = [
            ["value": "stop"], ["value": ["a": ["action": "stop"]]], ["action": "stop"], "stop", [["value": "stop"]],
            ["value": ["action": ["stop": 1]]], ["value": ["action": .string(String(repeating: "s", count: 65))]],
        ]
        for action in odd {
            let event = try Self.received(["schema": "2.0", "header": header, "event": ["action": action]])
            #expect(event.cardAction == nil)
            #expect(event.isInterruption)
        }
    }
}
