import Cryptography
import FoundationEssentials
import JSON
import Platform

/// Makes deliveries as Feishu does: encrypted and signed where the app has an Encrypt Key, in clear text where not.
///
/// Source: Feishu, "Event security verification" and "Encrypt Key".
struct DeliveryProbe {
    struct Delivery {
        let body: [UInt8]
        var headers: [(String, String)] = []
    }

    private let app: Configuration.Feishu.App

    init(_ app: Configuration.Feishu.App) { self.app = app }

    private var token: JSONValue { .string(app.verificationToken?.value ?? "") }

    /// What is sent when the URL is saved in the console. It is never signed.
    func challenge(_ word: String) -> Delivery {
        Delivery(body: sealed(["challenge": .string(word), "token": token, "type": "url_verification"]))
    }

    /// The same without encryption, though the app has a key: to be refused.
    func clearChallenge() -> Delivery {
        let json: JSONValue = ["challenge": "doctor", "token": token, "type": "url_verification"]
        return Delivery(body: json.bytes)
    }

    func event(type: String) -> Delivery { signed(sealed(envelope(type, [:]))) }

    /// A click on a button that no card of ours has.
    func click() -> Delivery {
        let event: JSONValue = [
            "operator": ["open_id": "ou_doctor"], "token": "c-doctor",
            "action": ["tag": "button", "value": ["action": "doctor"]],
            "context": ["open_message_id": "om_doctor", "open_chat_id": "oc_doctor"],
        ]
        return signed(sealed(envelope("card.action.trigger", event)))
    }

    /// A delivery by somebody who does not know the keys.
    func forged() -> Delivery {
        var body = envelope("ai_assistant.doctor", [:])
        if case .object(var object) = body, var header = object["header"]?.object {
            header["token"] = "not the token"
            object["header"] = .object(header)
            body = .object(object)
        }
        return signed(sealed(body), with: "not the key")
    }

    private func envelope(_ type: String, _ event: JSONValue) -> JSONValue {
        [
            "schema": "2.0",
            "header": [
                "event_id": .string(Hex.encode(RandomBytes.generate(count: 16))), "event_type": .string(type),
                "create_time": .string("\(Self.now)000"), "token": token, "app_id": .string(app.appID),
                "tenant_key": "doctor",
            ],
            "event": event,
        ]
    }

    private func sealed(_ json: JSONValue) -> [UInt8] {
        guard let key = app.encryptKey else { return json.bytes }
        let iv = RandomBytes.generate(count: 16)
        // A key of 32 bytes and an IV of 16 are always taken.
        guard let sealed = try? AES256CBC.encrypt(key: SHA256.hash(key.value.utf8), iv: iv, plaintext: json.bytes)
        else {
            return json.bytes
        }
        let body: JSONValue = ["encrypt": .string(Base64.encode(iv + sealed))]
        return body.bytes
    }

    private func signed(_ body: [UInt8], with other: String? = nil) -> Delivery {
        guard let key = app.encryptKey else { return Delivery(body: body) }
        let (timestamp, nonce) = ("\(Self.now)", Hex.encode(RandomBytes.generate(count: 8)))
        let text = Array((timestamp + nonce + (other ?? key.value)).utf8) + body
        return Delivery(
            body: body,
            headers: [
                ("X-Lark-Request-Timestamp", timestamp), ("X-Lark-Request-Nonce", nonce),
                ("X-Lark-Signature", Hex.encode(SHA256.hash(text))),
            ]
        )
    }

    /// Unix seconds.
    private static var now: Int64 { Int64(Date().timeIntervalSince1970) }
}
