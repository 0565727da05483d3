import JSON

extension FeishuCloud {
    private static let patchAge: Int64 = 14 * 24 * 3600 * 1000

    /// Replaces a card (PATCH).
    func patchCard(_ id: String, content: String, bytes: Int, by app: String) throws(APIError) {
        let value = try ContentRules.parse(content, type: "interactive", requestBytes: bytes)
        guard value["type"] != "card" else { throw .card("ErrCode: 200220; ErrMsg: a card entity cannot be patched; ") }
        let now = time.now()
        try change(id, by: app) { (message, state) throws(APIError) in
            guard message.type == "interactive", message.cardID == nil else { throw .notSupported }
            guard message.created > now - Self.patchAge else {
                throw .badRequest(230_031, "The message has been sent for more than 14 days.")
            }
            for card in [message.original, content] where !Self.isShared(card) {
                throw CardFault.notShared.inMessage
            }
            guard message.clicks == 0 else { throw .card("ErrCode: 11310; ErrMsg: card action is lock; ") }
            let rule = FrequencyLimiter.Rule(count: state.rates.messagePerSecond, milliseconds: 1000)
            guard state.limiter.admit("message " + id, rules: [rule], now: now) == nil else { throw .chatTooOften }
            message.original = content
            message.content = ContentEcho.echo(value, type: "interactive") { _ in "" }.content
            message.updated = now
        }
    }

    /// Edits a text or post (PUT).
    func edit(
        _ id: String,
        type: String,
        content: String,
        bytes: Int,
        by app: String
    ) throws(APIError) -> JSONValue {
        guard type == "text" || type == "post" else { throw .notSupported }
        let value = try ContentRules.parse(content, type: type, requestBytes: bytes)
        let now = time.now()
        let message = try change(id, by: app) { (message, state) throws(APIError) in
            guard message.type == type else { throw .notSupported }
            guard message.edits < 20 else { throw .tooManyEdits }
            let people = state.directory.people
            (message.content, message.mentions) = ContentEcho.echo(value, type: type) { people[$0]?.name ?? "" }
            message.original = content
            message.edits += 1
            message.updated = now
        }
        return resource(of: message)
    }

    /// Recalls a message of the bot's own (DELETE); the bots in the chat are told.
    func recall(_ id: String, by app: String) throws(APIError) {
        let now = time.now()
        let message = try change(id, by: app, refusal: .noRight) { (message, _) throws(APIError) in
            message.isRecalled = true
            message.updated = now
        }
        tellOfRecall(message, isEcho: true)
    }

    /// A bot reacts. The same reaction once more gives the first one's id.
    func addReaction(_ emoji: String, to id: String, by app: String) throws(APIError) -> JSONValue {
        guard Emoji.types.contains(emoji) else { throw .reactionTypeInvalid }
        let reaction = try react(emoji, to: id, by: .app(app))
        return Self.json(reaction)
    }

    /// A bot takes back a reaction of its own.
    func removeReaction(_ reactionID: String, from id: String, by app: String) throws(APIError) -> JSONValue {
        Self.json(try unreact(reactionID, from: id, by: .app(app)))
    }

    /// The reactions to a message, or those of one type.
    func reactions(of id: String, emoji: String?, by app: String) throws(APIError) -> JSONValue {
        guard let message = withState({ $0.messages[id] }) else { throw .reactionMessageMissing }
        let shown = message.reactions.filter { emoji == nil || $0.emoji == emoji }
        return ["items": .array(shown.map(Self.json)), "has_more": false, "page_token": ""]
    }

    static func json(_ reaction: Reaction) -> JSONValue {
        let by: JSONValue
        switch reaction.by {
        case .app(let id): by = ["operator_id": .string(id), "operator_type": "app"]
        case .person(let person): by = ["operator_id": .string(person.openID), "operator_type": "user"]
        }
        return [
            "reaction_id": .string(reaction.id), "operator": by, "action_time": .string(String(reaction.at)),
            "reaction_type": ["emoji_type": .string(reaction.emoji)],
        ]
    }

    /// Changes a message of the bot's own and tells the page.
    @discardableResult
    private func change(
        _ id: String,
        by app: String,
        refusal: APIError = .notSender,
        _ body: (inout CloudMessage, inout State) throws(APIError) -> Void
    ) throws(APIError) -> CloudMessage {
        let changed = try locked { (state) throws(APIError) -> (CloudMessage, Int64) in
            guard var message = state.messages[id] else { throw .deleted }
            guard message.sender == .app(app) else { throw refusal }
            guard !message.isRecalled else { throw .recalled }
            try body(&message, &state)
            state.messages[id] = message
            return (message, state.nextRevision())
        }
        publish(changed.0, revision: changed.1)
        return changed.0
    }

    /// Cards of schema 2.0 are shared unless they say otherwise, older ones only if they say so.
    private static func isShared(_ card: String) -> Bool {
        guard let value = try? JSONValue(parsing: card) else { return false }
        return value["config"]?["update_multi"]?.bool ?? (value["schema"]?.string == "2.0")
    }
}
