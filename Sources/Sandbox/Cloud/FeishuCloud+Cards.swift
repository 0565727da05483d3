import JSON

/// One CardKit operation: what goes with each beside its own fields.
struct CardOperation {
    let cardID: String
    let appID: String
    let sequence: Int64
    let uuid: String?
    /// A digest of the whole request, by which a repetition under the same uuid is known.
    let fingerprint: String
}

/// CardKit: card entities and streaming (interface specification, section 6.3).
extension FeishuCloud {
    /// Makes an entity of a card's JSON (`card_json`) or of a template.
    ///
    /// - Returns: its `card_id`.
    func createCard(type: String, data: String, by app: String) throws(APIError) -> String {
        let card = try Self.card(type: type, data: data)
        let now = time.now()
        let entity = CardEntity(id: Identifier.card(), appID: app, card: card, now: now)
        withState { state in
            state.cards.append(entity)
            state.meter.count(about: entity.id)
        }
        return entity.id
    }

    /// Streams the whole text so far into an element.
    func streamText(_ text: String, into element: String, _ operation: CardOperation) throws(APIError) {
        try perform(operation, kind: .stream(element, text)) { (entity, now) throws(APIError) in
            switch entity.streaming(now: now) {
            case .on: break
            case .off: throw .streamingClosed
            case .timedOut: throw .streamingTimedOut
            }
            guard let found = CardTree.find(element, in: entity.card) else { throw .elementMissing }
            guard let tag = found["tag"]?.string, tag == "markdown" || tag == "plain_text" else {
                throw .notTextElement
            }
            let changed = CardTree.replace(element, in: entity.card) { old in
                var object = old.object ?? [:]
                object["content"] = .string(text)
                return [.object(object)]
            }
            guard let changed else { throw .elementMissing }
            try Self.check(changed)
            entity.replaceElements(changed)
        }
    }

    /// Changes members of the card's `config`, streaming mode and summary above all.
    func changeSettings(_ settings: String, _ operation: CardOperation) throws(APIError) {
        try perform(operation, kind: .whole) { (entity, now) throws(APIError) in
            guard let value = try? JSONValue(parsing: settings) else { throw .badCardParameter }
            try Self.apply(settings: value, to: &entity, now: now)
        }
    }

    /// Puts another card in the entity's place.
    func replaceCard(_ card: JSONValue?, _ operation: CardOperation) throws(APIError) {
        try perform(operation, kind: .whole) { (entity, now) throws(APIError) in
            guard let type = card?["type"]?.string, let data = card?["data"]?.string else { throw .badCardParameter }
            entity.replace(try Self.card(type: type, data: data), now: now)
        }
    }

    /// Several changes in one, all or none.
    func updateCard(actions: String, _ operation: CardOperation) throws(APIError) {
        try perform(operation, kind: .whole) { (entity, now) throws(APIError) in
            guard let list = (try? JSONValue(parsing: actions))?.array, !list.isEmpty else { throw .badCardParameter }
            for item in list {
                guard let name = item["action"]?.string, let change = CardChange(action: name, params: item["params"])
                else { throw .badCardParameter }
                try Self.apply(change, to: &entity, now: now)
            }
        }
    }

    /// One change of the elements.
    func changeElements(_ change: CardChange?, _ operation: CardOperation) throws(APIError) {
        try perform(operation, kind: .whole) { (entity, now) throws(APIError) in
            guard let change else { throw .badCardParameter }
            try Self.apply(change, to: &entity, now: now)
        }
    }

    // MARK: Inside

    /// What the page is told: the whole card, or one element's text.
    private enum Kind {
        case whole
        case stream(String, String)
    }

    /// Checks all that is common to operations on an entity, applies one, and tells the page.
    private func perform(
        _ operation: CardOperation,
        kind: Kind,
        _ body: (inout CardEntity, Int64) throws(APIError) -> Void
    ) throws(APIError) {
        let now = time.now()
        let done = try locked { (state) throws(APIError) -> (CloudMessage?, Int64)? in
            guard var entity = state.cards[operation.cardID] else { throw .cardMissing }
            guard entity.appID == operation.appID else { throw .foreignCard }
            guard now - entity.created < CardEntity.lifetime else { throw .cardExpired }
            let rule = FrequencyLimiter.Rule(count: state.rates.cardPerSecond, milliseconds: 1000)
            guard state.limiter.admit("card " + entity.id, rules: [rule], now: now) == nil else {
                throw .chatTooOften
            }
            if let uuid = operation.uuid, let known = entity.operation(uuid) {
                guard known == operation.fingerprint else { throw .operationConflict }
                return nil
            }
            guard entity.clicks == 0 else { throw .interactionInProgress }
            guard operation.sequence > entity.sequence else { throw .sequenceNotRising }
            try body(&entity, now)
            entity.note(
                sequence: operation.sequence,
                uuid: operation.uuid,
                fingerprint: operation.fingerprint,
                at: now
            )
            state.cards[entity.id] = entity
            guard let id = entity.messageID, var message = state.messages[id] else { return (nil, 0) }
            message.updated = now
            state.messages[id] = message
            return (message, state.nextRevision())
        }
        guard let done, let message = done.0 else { return }
        switch kind {
        case .whole: publish(message, revision: done.1)
        case .stream(let element, let text):
            publish("stream", revision: done.1) {
                [
                    "message_id": .string(message.id), "card_id": .string(operation.cardID),
                    "element_id": .string(element), "content": .string(text),
                    "sequence": .integer(operation.sequence),
                ]
            }
        }
    }

    /// Reads the card of a call: JSON of schema 2.0, or a template.
    private static func card(type: String, data: String) throws(APIError) -> JSONValue {
        guard type == "card_json" || type == "template" else { throw .badCardParameter }
        guard data.utf8.count <= CardRules.sizeLimit else { throw .cardTooBig }
        guard let card = try? JSONValue(parsing: data, maximumDepth: 64), card.object != nil else {
            throw .cardContentInvalid
        }
        if type == "template" {
            guard card["template_id"]?.string != nil else { throw .cardContentInvalid }
            return ["type": "template", "data": card]
        }
        try check(card)
        return card
    }

    /// Judges a card with CardKit's own codes.
    static func check(_ card: JSONValue) throws(APIError) {
        // A template's card is not known here, so that nothing can be said against it.
        guard card["type"] != "template" else { return }
        do throws(CardFault) { try CardRules.checkEntity(card) } catch { throw error.inCardKit }
    }

    /// Changes the card's config; naming streaming mode opens it anew or closes it.
    private static func apply(settings: JSONValue, to entity: inout CardEntity, now: Int64) throws(APIError) {
        guard let config = settings["config"]?.object else { throw .badCardParameter }
        let changed = entity.current(now: now).settingConfig(config)
        try check(changed)
        if config["streaming_mode"] == nil {
            entity.replaceElements(changed)
        } else {
            entity.replace(changed, now: now)
        }
    }

    /// Makes one change; 300313 when an element is not there.
    private static func apply(_ change: CardChange, to entity: inout CardEntity, now: Int64) throws(APIError) {
        if case .settings(let settings) = change {
            try apply(settings: settings, to: &entity, now: now)
            return
        }
        guard let changed = change.applied(to: entity.card) else { throw .elementMissing }
        try check(changed)
        entity.replaceElements(changed)
    }
}
