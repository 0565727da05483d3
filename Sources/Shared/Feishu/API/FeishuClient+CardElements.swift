package import JSON

/// Where new elements go on a card.
package enum CardPlace: Sendable, Equatable {
    /// At the end of the card, or of the container with this id.
    case end(of: String?)
    case before(String)
    case after(String)

    /// `type` and `target_element_id`.
    fileprivate var members: JSONObject {
        switch self {
        case .end(nil): ["type": "append"]
        case .end(let container?): ["type": "append", "target_element_id": .string(container)]
        case .before(let element): ["type": "insert_before", "target_element_id": .string(element)]
        case .after(let element): ["type": "insert_after", "target_element_id": .string(element)]
        }
    }
}

/// One of several changes that are made to a card at once.
package struct CardChange: Sendable, Equatable {
    /// `action` and `params`.
    let json: JSONValue

    private init(_ action: JSONValue, _ parameters: JSONObject) {
        json = ["action": action, "params": .object(parameters)]
    }

    /// Changes the settings that are named.
    package static func changeSettings(_ settings: JSONValue) -> CardChange {
        CardChange("partial_update_setting", ["settings": settings])
    }

    package static func add(_ elements: [JSONValue], at place: CardPlace) -> CardChange {
        var parameters = place.members
        parameters["elements"] = .array(elements)
        return CardChange("add_elements", parameters)
    }

    package static func delete(_ elementIDs: [String]) -> CardChange {
        CardChange("delete_elements", ["element_ids": .array(elementIDs.map(JSONValue.string))])
    }

    /// Changes those members of an element that are named.
    package static func patch(_ elementID: String, with part: JSONValue) -> CardChange {
        CardChange("partial_update_element", ["element_id": .string(elementID), "partial_element": part])
    }

    package static func replace(_ elementID: String, with element: JSONValue) -> CardChange {
        CardChange("update_element", ["element_id": .string(elementID), "element": element])
    }
}

/// Parts of card entities. For `sequence` and `uuid` see the other operations on cards.
extension FeishuClient {
    /// Makes several changes as one operation (`POST /cardkit/v1/cards/:card_id/batch_update`).
    package func updateCard(
        cardID: String,
        actions: [CardChange],
        sequence: Int32,
        uuid: String? = nil
    ) async throws(FeishuError) {
        let text = try Self.cardText(.array(actions.map(\.json)))
        let body = Self.operation(["actions": .string(text)], "b", cardID: cardID, sequence: sequence, uuid: uuid)
        let request = FeishuRequest("POST", "cardkit", "v1", "cards", .id(cardID), "batch_update", body: body)
        try await operate(request, cardID)
    }

    /// Adds elements (`POST /cardkit/v1/cards/:card_id/elements`).
    package func addCardElements(
        cardID: String,
        elements: [JSONValue],
        at place: CardPlace = .end(of: nil),
        sequence: Int32,
        uuid: String? = nil
    ) async throws(FeishuError) {
        var members = place.members
        members["elements"] = .string(try Self.cardText(.array(elements)))
        let body = Self.operation(members, "a", cardID: cardID, sequence: sequence, uuid: uuid)
        try await operate(FeishuRequest("POST", "cardkit", "v1", "cards", .id(cardID), "elements", body: body), cardID)
    }

    /// Changes those members of an element that are named (`PATCH /cardkit/v1/cards/:card_id/elements/:element_id`).
    package func patchCardElement(
        cardID: String,
        elementID: String,
        part: JSONValue,
        sequence: Int32,
        uuid: String? = nil
    ) async throws(FeishuError) {
        let members: JSONObject = ["partial_element": .string(try Self.cardText(part))]
        let body = Self.operation(members, "p", cardID: cardID, sequence: sequence, uuid: uuid)
        try await operate(Self.element("PATCH", cardID, elementID, body), cardID)
    }

    /// Puts another element in an element's place (`PUT /cardkit/v1/cards/:card_id/elements/:element_id`).
    package func replaceCardElement(
        cardID: String,
        elementID: String,
        element: JSONValue,
        sequence: Int32,
        uuid: String? = nil
    ) async throws(FeishuError) {
        let members: JSONObject = ["element": .string(try Self.cardText(element))]
        let body = Self.operation(members, "u", cardID: cardID, sequence: sequence, uuid: uuid)
        try await operate(Self.element("PUT", cardID, elementID, body), cardID)
    }

    /// Takes an element away (`DELETE /cardkit/v1/cards/:card_id/elements/:element_id`).
    package func deleteCardElement(
        cardID: String,
        elementID: String,
        sequence: Int32,
        uuid: String? = nil
    ) async throws(FeishuError) {
        let body = Self.operation([:], "d", cardID: cardID, sequence: sequence, uuid: uuid)
        try await operate(Self.element("DELETE", cardID, elementID, body), cardID)
    }

    private static func element(_ method: String, _ cardID: String, _ id: String, _ body: JSONValue) -> FeishuRequest {
        FeishuRequest(method, "cardkit", "v1", "cards", .id(cardID), "elements", .id(id), body: body)
    }
}
