import Cryptography
import JSON

/// Builds events as the real cloud writes them (interface specification, sections 2.4 and 3.1).
enum EventEnvelope {
    /// Schema 2.0.
    static func current(
        id: String,
        type: String,
        event: JSONValue,
        app: SandboxApp,
        tenantKey: String,
        now: Int64
    ) -> JSONValue {
        [
            "schema": "2.0",
            "header": [
                "event_id": .string(id),
                "event_type": .string(type),
                "create_time": .string(String(now)),
                "token": .string(app.verificationToken.value),
                "app_id": .string(app.id),
                "tenant_key": .string(tenantKey),
            ],
            "event": event,
        ]
    }

    /// Schema 1.0: the type, app and tenant are inside the event.
    static func old(
        id: String,
        type: String,
        event: JSONValue,
        app: SandboxApp,
        tenantKey: String,
        now: Int64
    ) -> JSONValue {
        var inner = event.object ?? [:]
        inner["type"] = .string(type)
        inner["app_id"] = .string(app.id)
        inner["tenant_key"] = .string(tenantKey)
        let fraction = String(now % 1000 + 1000).dropFirst()
        return [
            "ts": .string("\(now / 1000).\(fraction)000"),
            "uuid": .string(id),
            "token": .string(app.verificationToken.value),
            "type": "event_callback",
            "event": .object(inner),
        ]
    }

    /// What the console sends when an event URL is saved.
    static func challenge(_ challenge: String, app: SandboxApp) -> JSONValue {
        [
            "challenge": .string(challenge), "token": .string(app.verificationToken.value), "type": "url_verification",
        ]
    }

    /// The `event` of `im.message.receive_v1`; `sender` are its identifiers, `mentions` as events carry them.
    static func received(
        _ message: CloudMessage,
        from sender: JSONValue,
        in chat: Chat,
        mentions: [JSONValue],
        tenantKey: String
    ) -> JSONValue {
        var object: JSONObject = ["message_id": .string(message.id)]
        object["root_id"] = message.rootID.map(JSONValue.string)
        object["parent_id"] = message.parentID.map(JSONValue.string)
        object["create_time"] = .string(String(message.created))
        object["update_time"] = .string(String(message.updated))
        object["chat_id"] = .string(chat.id)
        object["thread_id"] = message.threadID.map(JSONValue.string)
        object["chat_type"] = .string(chat.kind.rawValue)
        object["message_type"] = .string(message.type)
        object["content"] = .string(message.content)
        if !mentions.isEmpty { object["mentions"] = .array(mentions) }
        return [
            "sender": [
                "sender_id": sender,
                "sender_type": message.sender.isApp ? "bot" : "user",
                "tenant_key": .string(tenantKey),
            ],
            "message": .object(object),
        ]
    }

    /// The fields that events about a group share.
    static func ofGroup(_ chat: Chat, operator person: Person, tenantKey: String, showingUserID: Bool) -> JSONObject {
        [
            "chat_id": .string(chat.id),
            "operator_id": person.identifiers(showingUserID: showingUserID),
            "external": false,
            "operator_tenant_key": .string(tenantKey),
            "name": .string(chat.name),
            "i18n_names": ["zh_cn": .string(chat.name), "en_us": "", "ja_jp": ""],
        ]
    }
}
