import JSON
import Testing

@testable import Plugins

@Suite("What a plugin sees of an event")
struct PermittedEventTests {
    private func seen(_ event: JSONObject, _ permitted: Set<PluginPermission>) -> JSONObject {
        PermittedEvent(permitted: permitted).body(event)
    }

    private static let everything = Set(PluginPermission.allCases)

    private static let joined: JSONObject = [
        "chat_id": "oc_1", "name": "Falcon", "external": false,
        "operator_id": ["open_id": "ou_1", "union_id": "on_1", "user_id": "maya"],
        "users": [["name": "Bo", "tenant_key": "t", "user_id": ["open_id": "ou_2"]]],
    ]

    @Test("people take message.sender, chats message.chat, all else message.text")
    func parts() {
        #expect(seen(Self.joined, Self.everything) == Self.joined)
        #expect(seen(Self.joined, [.messageText]) == ["name": "Falcon", "external": false])
        #expect(seen(Self.joined, [.messageChat]) == ["chat_id": "oc_1"])
        #expect(
            seen(Self.joined, [.messageSender]) == [
                "operator_id": ["open_id": "ou_1", "union_id": "on_1", "user_id": "maya"],
                "users": [["name": "Bo", "tenant_key": "t", "user_id": ["open_id": "ou_2"]]],
            ]
        )
        #expect(seen(Self.joined, [.conversationState, .enqueueJobs, .configurationSecrets]) == [:])
    }

    private static let message: JSONObject = [
        "sender": ["sender_id": ["open_id": "ou_1"], "sender_type": "user"],
        "message": [
            "message_id": "om_1", "chat_id": "oc_1", "chat_type": "group", "message_type": "post",
            "content": #"{"content":[[{"tag":"at","user_id":"ou_9","user_name":"Ed"},{"tag":"text","text":"hi"}]]}"#,
            "mentions": [["key": "@_user_1", "id": ["open_id": "ou_9"], "name": "Ed"]],
        ],
    ]

    @Test("a message is text, sender, chat and mentions, also within its text of JSON")
    func messages() {
        #expect(seen(Self.message, Self.everything) == Self.message)
        let text: JSONObject = [
            "message": [
                "message_id": "om_1", "message_type": "post",
                "content": #"{"content":[[{"tag":"text","text":"hi"}]]}"#,
            ]
        ]
        #expect(seen(Self.message, [.messageText]) == text)
        #expect(
            seen(Self.message, [.messageMentions]) == [
                "message": ["mentions": [["key": "@_user_1", "id": ["open_id": "ou_9"], "name": "Ed"]]]
            ]
        )
        #expect(
            seen(Self.message, [.messageSender])["sender"] == ["sender_id": ["open_id": "ou_1"], "sender_type": "user"]
        )
        #expect(seen(Self.message, [.messageSender])["message"]?["mentions"] == nil)
    }

    @Test("ids of people and chats are known in members that nobody has heard of, and in lists of them")
    func unknownMembers() {
        let event: JSONObject = [
            "reviewer": "ou_1", "places": ["oc_1", "oc_2"], "invited": ["who": "on_3", "why": "review"],
            "profile": ["open_id": "ou_4", "email": "a@b.example", "nickname": "Al"], "count": 2, "note": "ou",
        ]
        #expect(seen(event, [.messageText]) == ["invited": ["why": "review"], "count": 2, "note": "ou"])
        #expect(seen(event, [.messageChat]) == ["places": ["oc_1", "oc_2"]])
        #expect(
            seen(event, [.messageSender]) == [
                "reviewer": "ou_1", "invited": ["who": "on_3"],
                "profile": ["open_id": "ou_4", "email": "a@b.example", "nickname": "Al"],
            ]
        )
    }

    @Test("no permission gives what would let a plugin act on a card")
    func tokens() {
        let click: JSONObject = [
            "operator": ["open_id": "ou_1"], "token": "c-1", "action": ["value": ["choice": "yes"], "tag": "button"],
            "context": ["open_message_id": "om_1", "open_chat_id": "oc_1"],
        ]
        let seen = seen(click, Self.everything)
        #expect(seen["token"] == nil && seen["action"]?["value"]?["choice"] == "yes")
    }

    @Test("what is no JSON, or broken, stays the text that it is")
    func texts() {
        let event: JSONObject = ["a": "{not json", "b": "[]", "c": #"{"text":"x"}"#]
        #expect(seen(event, [.messageText]) == event)
        #expect(seen(event, [.messageSender]) == [:])
    }

    @Test("a call carries an event by what its plugin may see")
    func call() throws {
        var call = PluginCall(
            requestID: "t",
            idempotencyKey: "t/call",
            language: "en",
            cause: .event(type: "im.chat.member.user.added_v1", body: Self.joined)
        )
        call.chat = .init(id: "oc_1", isGroup: true)
        let bytes = try call.body(permitted: [.messageText], deadline: .init(seconds: 0, nanoseconds: 0))
        let body = try JSONValue(parsing: bytes)
        #expect(body["event"]?["type"] == "im.chat.member.user.added_v1")
        #expect(body["event"]?["body"] == ["name": "Falcon", "external": false])
        #expect(body["chat"] == nil)
    }
}
