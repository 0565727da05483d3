import JSON
import TestSupport

/// The `event` of an `im.message.receive_v1` about a message that the sandbox knows.
struct MessageEvent {
    let messageID: String
    let chatID: String
    var text: String
    var chatType = "p2p"

    init(messageID: String, chatID: String = "oc_00000000000000000000000000000000", text: String = "What can you do?") {
        self.messageID = messageID
        self.chatID = chatID
        self.text = text
    }

    init(_ utterance: SandboxControl.Utterance, text: String, chatType: String = "p2p") {
        self.init(messageID: utterance.messageID, chatID: utterance.chatID, text: text)
        self.chatType = chatType
    }

    var json: JSONValue {
        let content: JSONValue = ["text": .string(text)]
        return [
            "sender": ["sender_id": ["open_id": "ou_00000000000000000000000000000001"], "sender_type": "user"],
            "message": [
                "message_id": .string(messageID), "chat_id": .string(chatID), "chat_type": .string(chatType),
                "message_type": "text", "content": .string(content.text), "create_time": "1795402800000",
            ],
        ]
    }

    /// As it comes in an envelope of schema 2.0.
    func envelope(
        eventID: String,
        token: String = AssistantSystem.App.verificationToken
    ) -> JSONValue {
        [
            "schema": "2.0",
            "header": [
                "event_id": .string(eventID), "event_type": "im.message.receive_v1", "create_time": "1795402800000",
                "token": .string(token), "app_id": .string(AssistantSystem.App.id), "tenant_key": "0000000000000001",
            ],
            "event": json,
        ]
    }
}
