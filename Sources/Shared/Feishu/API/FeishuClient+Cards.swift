import Cryptography
package import JSON

/// Cards that Feishu keeps as entities (CardKit), which can grow while they are read.
///
/// Each operation on a card has a `sequence` of its own: 1 or more, larger than that of every operation on this card
/// before, whichever kind they were. Its `uuid`, of at most 64 characters, makes a repetition harmless; without one it
/// is made of the card and the sequence, so that the same operation tried again is known to be the same.
extension FeishuClient {
    /// Makes a card entity of JSON 2.0 and returns its id (`POST /cardkit/v1/cards`).
    ///
    /// The entity can be sent once, with `OutgoingMessage.card(id:)`, and lives 14 days.
    ///
    /// - Throws: A `FeishuError`; of the reason `.tooLarge` without a call for a card of over 30 KB.
    package func createCard(json: JSONValue) async throws(FeishuError) -> String {
        let body: JSONValue = ["type": "card_json", "data": .string(try Self.cardText(json))]
        let answer = try await call(FeishuRequest("POST", "cardkit", "v1", "cards", body: body))
        guard let id = answer["data"]?["card_id"]?.nonEmpty else {
            throw FeishuError(kind: .badResponse, message: "a card without an id", mayHaveHappened: true)
        }
        return id
    }

    /// Shows a longer text in an element of a streaming card
    /// (`PUT /cardkit/v1/cards/:card_id/elements/:element_id/content`).
    ///
    /// `text` is all of the text so far, in Markdown or plain as the element is; what is shown already is not typed
    /// anew. It is asked for when the call's turn has come, so that what was added meanwhile goes with it. A text that a
    /// longer one will follow is `.sheddable`, the last one `.required`. `patience` is how long the call may wait for its
    /// turn and for rate limits, if not as long as the client's do: a place in the queue is kept for those only who wait.
    ///
    /// - Throws: A `FeishuError`, such as `.rateLimited` where its turn comes too late, or of the reason
    ///   `.streamingClosed`.
    package func streamContent(
        cardID: String,
        elementID: String,
        sequence: Int32,
        uuid: String? = nil,
        urgency: CallUrgency = .sheddable,
        patience: Duration? = nil,
        text: @Sendable () async -> String
    ) async throws(FeishuError) {
        let call = Self.content(cardID: cardID, elementID: elementID, body: nil, urgency: urgency).governed
        _ = try await perform(call, patience: patience) { token throws(FeishuError) in
            let text = await text()
            guard text.utf8.count <= Self.maximumCardBytes else { throw Self.cardTooLarge }
            let members: JSONObject = ["content": .string(text)]
            let body = Self.operation(members, "c", cardID: cardID, sequence: sequence, uuid: uuid)
            let request = Self.content(cardID: cardID, elementID: elementID, body: body, urgency: urgency)
            return try await endpoint.exchange(request, token: token.value)
        }
    }

    /// Shows a text that is known before its turn has come; see the form with a closure.
    package func streamContent(
        cardID: String,
        elementID: String,
        text: String,
        sequence: Int32,
        uuid: String? = nil,
        urgency: CallUrgency = .sheddable,
        patience: Duration? = nil
    ) async throws(FeishuError) {
        guard text.utf8.count <= Self.maximumCardBytes else { throw Self.cardTooLarge }
        try await streamContent(
            cardID: cardID,
            elementID: elementID,
            sequence: sequence,
            uuid: uuid,
            urgency: urgency,
            patience: patience,
            text: { text }
        )
    }

    /// Changes settings of a card, those named only (`PATCH /cardkit/v1/cards/:card_id/settings`).
    ///
    /// Such as `{"config":{"streaming_mode":false,"summary":{"content":"…"}}}`.
    package func changeCardSettings(
        cardID: String,
        settings: JSONValue,
        sequence: Int32,
        uuid: String? = nil
    ) async throws(FeishuError) {
        let members: JSONObject = ["settings": .string(settings.text)]
        let body = Self.operation(members, "s", cardID: cardID, sequence: sequence, uuid: uuid)
        try await operate(FeishuRequest("PATCH", "cardkit", "v1", "cards", .id(cardID), "settings", body: body), cardID)
    }

    /// Ends a card's streaming, and sets what the list of chats shows of it.
    package func closeStreaming(
        cardID: String,
        summary: String,
        sequence: Int32,
        uuid: String? = nil
    ) async throws(FeishuError) {
        let config: JSONValue = ["streaming_mode": false, "summary": ["content": .string(summary)]]
        try await changeCardSettings(cardID: cardID, settings: ["config": config], sequence: sequence, uuid: uuid)
    }

    /// Puts another card in a card's place (`PUT /cardkit/v1/cards/:card_id`).
    ///
    /// - Throws: A `FeishuError`; of the reason `.tooLarge` without a call for a card of over 30 KB.
    package func replaceCard(
        cardID: String,
        json: JSONValue,
        sequence: Int32,
        uuid: String? = nil
    ) async throws(FeishuError) {
        let card: JSONValue = ["type": "card_json", "data": .string(try Self.cardText(json))]
        let body = Self.operation(["card": card], "r", cardID: cardID, sequence: sequence, uuid: uuid)
        try await operate(FeishuRequest("PUT", "cardkit", "v1", "cards", .id(cardID), body: body), cardID)
    }

    /// Puts another card in the place of one that was clicked, after the click was answered
    /// (`POST /interactive/v1/card/update`).
    ///
    /// The token of a click serves 30 minutes and twice. Only cards of JSON 1.0 that are not shared take `openIDs`, of
    /// those who see the new card.
    package func updateClickedCard(
        token: String,
        json: JSONValue,
        openIDs: [String] = []
    ) async throws(FeishuError) {
        _ = try Self.cardText(json)
        var body: JSONObject = ["token": .string(token), "card": json]
        if !openIDs.isEmpty { body["open_ids"] = .array(openIDs.map(JSONValue.string)) }
        _ = try await call(FeishuRequest("POST", "interactive", "v1", "card", "update", body: .object(body)))
    }

    // MARK: Parts

    /// The largest card, in bytes of its JSON.
    package static let maximumCardBytes = 30_000

    static let cardTooLarge = FeishuError(
        kind: .content,
        message: "the card is over \(maximumCardBytes) bytes",
        reason: .tooLarge
    )

    static func cardText(_ json: JSONValue) throws(FeishuError) -> String {
        let bytes = json.bytes
        guard bytes.count <= maximumCardBytes else { throw cardTooLarge }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The body of an operation. `letter` begins the uuid that is made, as it does in Feishu's SDKs.
    static func operation(
        _ members: JSONObject,
        _ letter: String,
        cardID: String,
        sequence: Int32,
        uuid: String?
    ) -> JSONValue {
        var body = members
        body["sequence"] = .integer(Int64(sequence))
        body["uuid"] = .string(uuid ?? "\(letter)_\(cardID)_\(sequence)")
        return .object(body)
    }

    private static func content(
        cardID: String,
        elementID: String,
        body: JSONValue?,
        urgency: CallUrgency
    ) -> FeishuRequest {
        var request = FeishuRequest(
            "PUT",
            "cardkit",
            "v1",
            "cards",
            .id(cardID),
            "elements",
            .id(elementID),
            "content",
            body: body
        )
        request.subjects = [.card(cardID)]
        request.urgency = urgency
        return request
    }

    func operate(_ request: FeishuRequest, _ cardID: String) async throws(FeishuError) {
        var request = request
        request.subjects = [.card(cardID)]
        _ = try await call(request)
    }
}
