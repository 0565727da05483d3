import Assistant
import Feishu
import JSON
import Testing
import TestSupport

@Suite("Message routes")
struct MessageRouteTests {
    @Test("a direct text is answered, whoever it mentions")
    func direct() {
        #expect(route(.message(text: "你好")) == .answer("你好"))
        #expect(route(.message(text: "  ")) == .command(.help, text: ""))
    }

    @Test("in a group only what mentions the bot is answered, without the mention")
    func group() {
        #expect(route(.message(text: "大家好", chat: "group")) == .ignored(.notAddressed))
        #expect(route(.message(text: "@_user_1 今天周几", chat: "group", mentions: ["ou_bot"])) == .answer("今天周几"))
        #expect(
            route(.message(text: "@_user_1 今天周几", chat: "group", mentions: ["ou_other"])) == .ignored(.notAddressed)
        )
        #expect(route(.message(text: "@_all 今天周几", chat: "group")) == .ignored(.notAddressed))
        let message = MessageReceived(envelope: .message(text: "@_user_1 hi", chat: "group", mentions: ["ou_bot"]))
        #expect(message.map { MessageRoute($0, botID: nil) } == .ignored(.notAddressed))
    }

    @Test(
        "who sends the bot what it cannot read is told; in a group it stays silent, and stickers ask for nothing",
        arguments: ["media", "location", "folder", "share_chat", "share_user", "interactive", "todo"]
    )
    func unreadable(type: String) {
        #expect(route(.message(content: #"{"file_key":"file_1"}"#, type: type)) == .unreadable)
        let group = MessageReceived(envelope: .message(content: "{}", type: type, chat: "group"))
        var settings = AssistantSettings()
        settings.groupPolicy = .always
        #expect(group.map { MessageRoute($0, botID: "ou_bot", settings: settings) } == .ignored(.noText))
    }

    @Test("bots, messages without text and messages without an id are left alone")
    func ignored() {
        #expect(route(.message(text: "hi", sender: "bot")) == .ignored(.notFromUser))
        #expect(route(.message(text: "hi", sender: "app")) == .ignored(.notFromUser))
        #expect(route(.message(content: #"{"file_key":"file_1"}"#, type: "sticker")) == .ignored(.noText))
        #expect(route(.message(text: "hi", id: "")) == .ignored(.noMessageID))
    }

    @Test(
        "minutes are asked for by command or by a transcript",
        arguments: [
            ("/minutes\n张伟：好", MessageRoute.minutes("张伟：好")), ("/minutes", .command(.minutes(""), text: "/minutes")),
            ("/Minutes A: b", .minutes("A: b")),
            ("纪要\n张伟：好", .minutes("张伟：好")), ("会议纪要：\n张伟：好", .minutes("张伟：好")), ("帮我整理会议纪要：张伟：好", .minutes("张伟：好")),
            ("会议纪要", .command(.minutes(""), text: "会议纪要")), ("会议纪要怎么写？", .answer("会议纪要怎么写？")),
            ("/minutesfoo", .answer("/minutesfoo")),
            ("纪要写得不错，谢谢", .answer("纪要写得不错，谢谢")), (Transcripts.chinese, .minutes(Transcripts.chinese)),
            (Transcripts.english, .minutes(Transcripts.english)),
        ]
    )
    func minutes(text: String, expected: MessageRoute) {
        #expect(route(.message(text: text)) == expected)
    }

    @Test("rich text is read like text")
    func post() {
        let content = #"{"title":"","content":[[{"tag":"text","text":"今天"}],[{"tag":"text","text":"周几"}]]}"#
        #expect(route(.message(content: content, type: "post")) == .answer("今天\n周几"))
    }

    private func route(_ envelope: JSONValue) -> MessageRoute? {
        MessageReceived(envelope: envelope).map { MessageRoute($0, botID: "ou_bot") }
    }
}

extension JSONValue {
    /// A delivered text message.
    static func message(
        text: String,
        chat: String = "p2p",
        mentions: [String] = [],
        sender: String = "user",
        id: String = "om_1"
    ) -> JSONValue {
        message(
            content: JSONValue.object(["text": .string(text)]).text,
            type: "text",
            chat: chat,
            mentions: mentions,
            sender: sender,
            id: id
        )
    }

    static func message(
        content: String,
        type: String,
        chat: String = "p2p",
        mentions: [String] = [],
        sender: String = "user",
        id: String = "om_1"
    ) -> JSONValue {
        let list = mentions.enumerated().map { index, openID -> JSONValue in
            ["key": .string("@_user_\(index + 1)"), "id": ["open_id": .string(openID)], "name": "name"]
        }
        return [
            "schema": "2.0",
            "header": ["event_id": "e1", "event_type": "im.message.receive_v1", "app_id": "cli_1"],
            "event": [
                "sender": ["sender_id": ["open_id": "ou_1"], "sender_type": .string(sender)],
                "message": [
                    "message_id": .string(id), "chat_id": "oc_1", "chat_type": .string(chat),
                    "message_type": .string(type),
                    "content": .string(content), "mentions": .array(list),
                ],
            ],
        ]
    }
}
