import Cryptography
import Feishu
import JSON
import Testing

@Suite("Judging deliveries")
struct EventReceiverTests {
    static let verification =
        #"{"challenge":"c\"\\\u0007é 中","token":"Z6c3uSAzus5EdEjNRB5TVUJ9z9K45c5s","type":"url_verification"}"#

    @Test("every recorded plaintext passes, encrypted and signed", arguments: try Fixture.names("event_"))
    func recordings(name: String) throws {
        let isChallenge = name == "event_url_verification"
        let isOldCard = name == "event_card_action_trigger_v1_old"
        let plaintext = try Fixture.bytes(name)
        let verdict = try Delivery.encrypted(plaintext).signed().verdict()
        switch verdict {
        case .challenge: #expect(isChallenge)
        case .event, .callback, .ignored:
            #expect(verdict.received?.plaintext == plaintext)
            #expect(verdict.received?.createdAt.map { $0 / 1_000_000 } == 1_795_402)
            #expect(verdict.received?.tenantKey == "15b59eb376740ebe")
        // The old card callback comes in clear text or not at all.
        case .refused(_, let reason): #expect(isOldCard && reason == .malformed)
        }
    }

    @Test("a message's fields are those that route it")
    func fields() throws {
        let event = try #require(
            Delivery.encrypted(try Fixture.bytes("event_im_message_receive_v1_text_thread_reply")).signed().verdict()
                .received
        )
        let message = try Fixture.json("event_im_message_receive_v1_text_thread_reply")["event"]?["message"]
        #expect(event.type == EventType.messageReceived)
        #expect(event.messageID == message?["message_id"]?.string)
        #expect(event.chatID == message?["chat_id"]?.string)
        #expect(event.threadID == message?["thread_id"]?.string)
        #expect(event.rootID == message?["root_id"]?.string)
        #expect(event.conversationKey == event.threadID)
        #expect(event.threadID != nil)
    }

    @Test(
        "what may be stored is the plaintext without the Verification Token",
        arguments: [
            "event_im_message_receive_v1_text_p2p", "event_p2p_chat_create_v1schema",
            "event_card_action_trigger_form",
        ]
    )
    func storable(name: String) throws {
        let event = try #require(Delivery.encrypted(try Fixture.bytes(name)).signed().verdict().received)
        let token = try #require(Delivery.app.verificationToken).value
        let text = String(decoding: event.plaintext, as: UTF8.self)
        #expect(text.contains(token))
        var storable: [UInt8] = []
        event.appendStorable(to: &storable)
        #expect(String(decoding: storable, as: UTF8.self) == text.replacing(token, with: ""))
    }

    @Test("a conversation is the thread, else the tree, else the chat")
    func conversation() throws {
        func key(_ more: String) throws -> String? {
            let message = #"{"message_id":"m","chat_id":"c"\#(more)}"#
            let token = try #require(Delivery.app.verificationToken).value
            let header = #"{"event_id":"e","event_type":"im.message.receive_v1","token":"\#(token)"}"#
            let text = #"{"schema":"2.0","header":\#(header),"event":{"message":\#(message)}}"#
            return try Delivery.encrypted(text.utf8).signed().verdict().received?.conversationKey
        }
        #expect(try key(#","thread_id":"t","root_id":"r""#) == "t")
        #expect(try key(#","root_id":"r""#) == "r")
        #expect(try key("") == "c")
    }

    @Test("a challenge is answered with its value escaped, whatever characters it has")
    func challenge() throws {
        let expected = try JSONValue(parsing: Self.verification)["challenge"]
        let clear = Delivery(body: Array(Self.verification.utf8)).verdict(for: Delivery.openApp)
        let encrypted = try Delivery.encrypted(Self.verification.utf8)
        for verdict in [clear, encrypted.verdict(), encrypted.signed().verdict()] {
            guard case .challenge(let response) = verdict else {
                Issue.record("\(verdict)")
                continue
            }
            #expect(try JSONValue(parsing: response)["challenge"] == expected)
        }
    }

    @Test("with an Encrypt Key only the encrypted url_verification may come unsigned")
    func unsigned() throws {
        let event = try Fixture.bytes("event_im_message_receive_v1_text_p2p")
        #expect(Delivery(body: Array(Self.verification.utf8)).verdict().refusal == .missingSignature)
        #expect(Delivery(body: event).verdict().refusal == .missingSignature)
        #expect(try Delivery.encrypted(event).verdict().refusal == .missingSignature)
        #expect(Delivery(body: Array(#"{"encrypt":"AAAA"}"#.utf8)).verdict().refusal == .missingSignature)
        let wrongToken = Self.verification.replacing("Z6c3", with: "ABCD")
        #expect(try Delivery.encrypted(wrongToken.utf8).verdict().refusal == .wrongToken)
    }

    @Test("clear text is refused where an Encrypt Key is set, even signed")
    func signedClearText() throws {
        let delivery = Delivery(body: try Fixture.bytes("event_im_message_receive_v1_text_p2p")).signed()
        #expect(delivery.verdict() == .refused(status: 400, reason: .notEncrypted))
    }

    @Test(
        "the window is 8 hours back and 10 minutes ahead",
        arguments: [
            (0, true), (8 * 3600, true), (8 * 3600 + 1, false), (-600, true), (-601, false), (Int64.max / 4, false),
        ] as [(Int64, Bool)]
    )
    func window(age: Int64, accepted: Bool) throws {
        let event = try Delivery.encrypted(try Fixture.bytes("event_im_message_receive_v1_text_p2p"))
        let verdict = event.signed(timestamp: String(Delivery.now - age)).verdict()
        #expect(verdict.refusal == (accepted ? nil : .staleTimestamp))
    }

    @Test(
        "a timestamp that is no number is stale",
        arguments: ["", "abc", "-1795402800", "1795402800x", "１７９５４０２８００", "99999999999999999999"]
    )
    func oddTimestamps(timestamp: String) throws {
        let event = try Delivery.encrypted(try Fixture.bytes("event_im_message_receive_v1_text_p2p"))
        #expect(event.signed(timestamp: timestamp).verdict() == .refused(status: 401, reason: .staleTimestamp))
    }

    @Test("a signature without its timestamp, or in capitals, is refused")
    func incompleteSignatures() throws {
        var delivery = try Delivery.encrypted(try Fixture.bytes("event_im_message_receive_v1_text_p2p")).signed()
        let signature = delivery.headers.signature
        delivery.headers.signature = signature?.uppercased()
        #expect(delivery.verdict().refusal == .badSignature)
        delivery.headers.signature = ""
        #expect(delivery.verdict().refusal == .badSignature)
        delivery.headers.signature = signature
        delivery.headers.timestamp = nil
        #expect(delivery.verdict().refusal == .staleTimestamp)
    }

    @Test("another app's event is refused, even with the right keys")
    func otherApp() throws {
        let text = String(decoding: try Fixture.bytes("event_im_message_receive_v1_text_p2p"), as: UTF8.self)
        let other = text.replacing("cli_df1c6017fb565253", with: "cli_0000000000000000")
        #expect(try Delivery.encrypted(other.utf8).signed().verdict() == .refused(status: 403, reason: .wrongApp))
    }

    @Test("an app with neither key nor token accepts nothing, since anybody could be Feishu")
    func noCredentials() throws {
        let app = FeishuApp(
            appID: "cli_df1c6017fb565253",
            appSecret: Secret("s"),
            encryptKey: Secret(""),
            verificationToken: Secret("")
        )
        let delivery = Delivery(body: try Fixture.bytes("event_im_message_receive_v1_text_p2p"))
        #expect(delivery.verdict(for: app) == .refused(status: 403, reason: .unauthenticatable))
    }

    @Test("an event without an id gets one from its text, the same each time")
    func missingEventID() throws {
        let text =
            #"{"schema":"2.0","header":{"event_type":"card.action.trigger","token":"Z6c3uSAzus5EdEjNRB5TVUJ9z9K45c5s"}}"#
        let first = try Delivery.encrypted(text.utf8).signed().verdict()
        let second = try Delivery.encrypted(text.utf8).signed(nonce: "other").verdict()
        #expect(first == second)
        #expect(first.received?.eventID.count == 32)
        guard case .callback = first else {
            Issue.record("\(first)")
            return
        }
    }

    @Test(
        "what is no envelope is malformed",
        arguments: [
            "", "[]", "null", "\"x\"", "{", "{}", #"{"schema":"2.0"}"#, #"{"schema":"2.0","header":[]}"#,
            #"{"uuid":"u"}"#,
            #"{"uuid":"u","event":{}}"#, #"{"type":"url_verification"}"#, "{}{}", "hello",
            #"{"schema":"2.0","header":{"event_type":"\#(String(repeating: "x", count: 257))","token":"Z6c3uSAzus5EdEjNRB5TVUJ9z9K45c5s"}}"#,
            String(repeating: #"{"event":"#, count: 300) + String(repeating: "}", count: 300),
        ]
    )
    func malformed(text: String) throws {
        #expect(try Delivery.encrypted(text.utf8).signed().verdict() == .refused(status: 400, reason: .malformed))
        #expect(Delivery(body: Array(text.utf8)).verdict(for: Delivery.openApp).refusal == .malformed)
    }

    @Test("a payload may be written with JSON escapes")
    func escapedPayload() throws {
        let event = try Fixture.bytes("event_im_message_receive_v1_text_p2p")
        let plain = String(decoding: try Delivery.encrypted(event).body, as: UTF8.self)
        let escaped = Delivery(body: Array(plain.replacing("/", with: #"\/"#).utf8)).signed()
        #expect(escaped.verdict().received?.plaintext == event)
    }

    @Test("header names are read without regard to case")
    func headerNames() {
        let headers = EventHeaders([
            (name: "X-LARK-REQUEST-TIMESTAMP", value: "1"), (name: "x-lark-request-nonce", value: "2"),
            (name: "X-Lark-Signature", value: "3"), (name: "Content-Type", value: "4"),
        ])
        #expect(headers == EventHeaders(timestamp: "1", nonce: "2", signature: "3"))
    }
}
