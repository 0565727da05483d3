import Cryptography
import JSON

/// Judges what is delivered to one app's event URL: genuine or not, and what it is.
///
/// Pure: no clock, no network, no memory of earlier deliveries. Safe to share between threads. The order of the checks
/// and the answers follow Feishu's SDKs, tightened: clear text, unsigned or stale deliveries are refused.
package final class EventReceiver: Sendable {
    /// No identifier is longer than this, in bytes; longer ones are refused, since they become Redis keys.
    static let maximumIdentifierBytes = 256

    package let app: FeishuApp
    private let encryption: EventEncryption?
    private let handledTypes: Set<String>

    /// Event types that are not among `handledTypes` are ignored.
    package init(app: FeishuApp, handledTypes: Set<String> = EventType.known) {
        self.app = app
        self.handledTypes = handledTypes
        encryption = app.encryptKey.map(EventEncryption.init)
    }

    /// Judges one delivery: the request's body byte for byte, its headers, and the time in Unix seconds.
    package func receive(body: Span<UInt8>, headers: EventHeaders, now: Int64) -> EventVerdict {
        do throws(EventRefusal) {
            guard let encryption else { return try receivePlain(body, headers: headers, now: now) }
            guard let signature = headers.signature else { return try receiveUnsigned(body, encryption: encryption) }
            if signature.utf8.count == EventSignature.oldCardByteCount {
                return try receiveOldCard(body, fields: try EventFields(body), headers: headers, now: now)
            }
            try EventSignature.check(headers, now: now) { timestamp, nonce in
                EventSignature.sha256(timestamp: timestamp, nonce: nonce, key: encryption.encryptKey, body: body)
            }
            guard let payload = try EncryptedBody.payload(of: body) else { throw .notEncrypted }
            let plaintext = try encryption.decrypt(payload)
            return try judge(plaintext, fields: try EventFields(plaintext.span))
        } catch {
            return .refused(status: error.status, reason: error)
        }
    }

    /// Without an Encrypt Key nothing is signed: the token has to do.
    private func receivePlain(
        _ body: Span<UInt8>,
        headers: EventHeaders,
        now: Int64
    ) throws(EventRefusal) -> EventVerdict {
        let fields = try EventFields(body)
        guard !fields.hasEncrypt else { throw .noEncryptKey }
        guard app.verificationToken != nil else { throw .unauthenticatable }
        if fields.isOldCard { return try receiveOldCard(body, fields: fields, headers: headers, now: now) }
        return try judge(Array(body), fields: fields)
    }

    /// Unsigned and with an Encrypt Key set: it can only be an encrypted url_verification. Everything else gets one
    /// answer, whether or not it decrypts, so that nobody can use the difference to decrypt what he intercepted.
    private func receiveUnsigned(_ body: Span<UInt8>, encryption: EventEncryption) throws(EventRefusal) -> EventVerdict
    {
        let payload: [UInt8]?
        do throws(EventRefusal) {
            payload = try EncryptedBody.payload(of: body)
        } catch {
            throw error == .malformed ? error : .missingSignature
        }
        guard let payload, let plaintext = try? encryption.decrypt(payload),
            let fields = try? EventFields(plaintext.span), fields.isVerification(in: plaintext)
        else { throw .missingSignature }
        return try judge(plaintext, fields: fields)
    }

    /// `card.action.trigger_v1`: clear text, signed with SHA-1 and the Verification Token.
    private func receiveOldCard(
        _ body: Span<UInt8>,
        fields: EventFields,
        headers: EventHeaders,
        now: Int64
    ) throws(EventRefusal) -> EventVerdict {
        guard fields.isOldCard, let token = app.verificationToken else { throw .badSignature }
        try EventSignature.check(headers, now: now) { timestamp, nonce in
            EventSignature.sha1(timestamp: timestamp, nonce: nonce, token: token, body: body)
        }
        let places = ReceivedEvent.Places(
            tenantKey: fields.tenantKey,
            messageID: fields.openMessageID,
            chatID: fields.openChatID,
            cardAction: fields.cardAction
        )
        try Self.checkLengths(places)
        let plaintext = Array(body)
        return .callback(
            ReceivedEvent(
                appID: app.appID,
                eventID: Self.digest(of: plaintext),
                type: EventType.oldCardAction,
                plaintext: plaintext,
                places: places,
                signedAt: headers.timestamp.flatMap { EventTime.milliseconds($0) }
            )
        )
    }

    /// Tells the envelopes apart, checks token and app, and picks out the fields.
    private func judge(_ plaintext: [UInt8], fields: EventFields) throws(EventRefusal) -> EventVerdict {
        if fields.isVerification(in: plaintext) {
            try check(fields.token, in: plaintext)
            return .challenge(response: fields.challengeResponse(in: plaintext))
        }
        let isSecond = fields.schema != nil
        guard let type = isSecond ? fields.headerType : fields.uuid != nil ? fields.innerType : nil else {
            throw .malformed
        }
        try check(isSecond ? fields.headerToken : fields.token, in: plaintext)
        if let appID = isSecond ? fields.headerAppID : fields.innerAppID, appID.text(in: plaintext) != app.appID {
            throw .wrongApp
        }
        let eventID = isSecond ? fields.eventID : fields.uuid
        let places = ReceivedEvent.Places(
            tenantKey: fields.headerTenantKey ?? fields.innerTenantKey,
            createdAt: isSecond ? fields.createTime : fields.timestamp,
            messageID: fields.messageID,
            chatID: fields.chatID,
            threadID: fields.threadID,
            rootID: fields.rootID,
            content: fields.content,
            cardAction: fields.cardAction,
            tokens: fields.tokens
        )
        try Self.checkLengths(places)
        try Self.checkLength(type)
        try Self.checkLength(eventID)
        return verdict(
            for: ReceivedEvent(
                appID: app.appID,
                eventID: eventID?.text(in: plaintext) ?? Self.digest(of: plaintext),
                type: type.text(in: plaintext),
                plaintext: plaintext,
                places: places
            )
        )
    }

    private func verdict(for event: ReceivedEvent) -> EventVerdict {
        if event.type == EventType.cardAction { return .callback(event) }
        return handledTypes.contains(event.type) ? .event(event) : .ignored(event)
    }

    private func check(_ token: JSONStringSlice?, in plaintext: [UInt8]) throws(EventRefusal) {
        guard let expected = app.verificationToken else { return }
        let isEqual =
            if let token, !token.hasEscapes {
                constantTimeEquals(expected.value.utf8.span, plaintext.span.extracting(token.range))
            } else {
                constantTimeEquals(expected.value.utf8, (token?.text(in: plaintext) ?? "").utf8)
            }
        guard isEqual else { throw .wrongToken }
    }

    private static func checkLengths(_ places: ReceivedEvent.Places) throws(EventRefusal) {
        try checkLength(places.messageID)
        try checkLength(places.chatID)
        try checkLength(places.threadID)
        try checkLength(places.rootID)
        try checkLength(places.tenantKey)
    }

    private static func checkLength(_ identifier: JSONStringSlice?) throws(EventRefusal) {
        if let identifier, identifier.range.count > maximumIdentifierBytes { throw .malformed }
    }

    /// Stands in for an id that Feishu left out: the same for the same text.
    private static func digest(of plaintext: [UInt8]) -> String { Hex.encode(SHA256.hash(plaintext).prefix(16)) }
}

extension EventFields {
    /// Whether Feishu checks the URL with it.
    func isVerification(in plaintext: [UInt8]) -> Bool {
        schema == nil && challenge != nil && outerType?.text(in: plaintext) == "url_verification"
    }

    /// Whether it is the old, flat card callback.
    var isOldCard: Bool { schema == nil && uuid == nil && hasAction && openMessageID != nil }

    /// The answer that proves the URL ours.
    func challengeResponse(in plaintext: [UInt8]) -> [UInt8] {
        var response = Array(#"{"challenge":"#.utf8)
        JSONText.appendQuoted(challenge?.text(in: plaintext) ?? "", to: &response)
        response.append(UInt8(ascii: "}"))
        return response
    }
}

extension [UInt8] {
    /// A copy of what the span shows.
    fileprivate init(_ span: Span<UInt8>) { self = span.withUnsafeBytes { Array($0) } }
}
