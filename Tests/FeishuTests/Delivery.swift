import Cryptography
import Feishu
import JSON

/// Builds a delivery as Feishu does, for the cases that no recording has.
struct Delivery {
    static let now: Int64 = 1_795_402_800
    static let app = FeishuApp(
        appID: "cli_df1c6017fb565253",
        appSecret: Secret("app secret"),
        encryptKey: Secret("Jfu4xzzUhrfWkHvzNfE2TsCU6LiSGVQZ"),
        verificationToken: Secret("Z6c3uSAzus5EdEjNRB5TVUJ9z9K45c5s")
    )
    static let openApp = FeishuApp(appID: app.appID, appSecret: app.appSecret, verificationToken: app.verificationToken)

    var body: [UInt8]
    var headers = EventHeaders()

    /// Encrypts `plaintext` as Feishu does.
    static func encrypted(_ plaintext: some Collection<UInt8>) throws -> Delivery {
        let iv = RandomBytes.generate(count: 16)
        let key = SHA256.hash((app.encryptKey?.value ?? "").utf8)
        let payload = Base64.encode(iv + (try AES256CBC.encrypt(key: key, iv: iv, plaintext: plaintext)))
        return Delivery(body: Array(#"{"encrypt":"\#(payload)"}"#.utf8))
    }

    /// Signs the body as it stands.
    func signed(timestamp: String = String(now), nonce: String = "n0nce") -> Delivery {
        let text = Array((timestamp + nonce + (Self.app.encryptKey?.value ?? "")).utf8) + body
        let signature = Hex.encode(SHA256.hash(text))
        return Delivery(body: body, headers: EventHeaders(timestamp: timestamp, nonce: nonce, signature: signature))
    }

    func verdict(for app: FeishuApp = Self.app) -> EventVerdict {
        EventReceiver(app: app).receive(body: body.span, headers: headers, now: Self.now)
    }
}

extension EventVerdict {
    /// The event, whatever is to be done with it.
    var received: ReceivedEvent? {
        switch self {
        case .event(let event), .callback(let event), .ignored(let event): event
        case .challenge, .refused: nil
        }
    }

    var refusal: EventRefusal? { if case .refused(_, let reason) = self { reason } else { nil } }
}
