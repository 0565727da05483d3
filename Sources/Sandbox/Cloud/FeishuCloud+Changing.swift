import JSON

extension FeishuCloud {
    private static let patchAge: Int64 = 14 * 24 * 3600 * 1000

    /// Replaces a card (PATCH).
    func patchCard(_ id: String, content: String, bytes: Int) throws(APIError) {
        let value = try ContentRules.parse(content, type: "interactive", requestBytes: bytes)
        let now = time.now()
        try change(id) { (message, state) throws(APIError) in
            guard message.type == "interactive" else { throw .messageTypeNotAllowed }
            guard message.created > now - Self.patchAge else {
                throw .badRequest(230_031, "The message has been sent for more than 14 days.")
            }
            for card in [message.original, content] where !Self.isShared(card) {
                throw .card("ErrCode: 300302; ErrMsg: update_multi is false; ")
            }
            let rule = FrequencyLimiter.Rule(count: self.configuration.rates.messagePerSecond, milliseconds: 1000)
            guard state.limiter.admit("message " + id, rules: [rule], now: now) == nil else { throw .chatTooOften }
            message.original = content
            message.content = ContentEcho.echo(value, type: "interactive") { _ in "" }.content
            message.updated = now
        }
    }

    /// Edits a text or post (PUT).
    func edit(_ id: String, type: String, content: String, bytes: Int) throws(APIError) -> JSONValue {
        guard type == "text" || type == "post" else { throw .messageTypeNotAllowed }
        let value = try ContentRules.parse(content, type: type, requestBytes: bytes)
        let now = time.now()
        let message = try change(id) { (message, state) throws(APIError) in
            guard message.type == type else { throw .messageTypeNotAllowed }
            guard message.edits < 20 else { throw .tooManyEdits }
            let people = state.directory.people
            (message.content, message.mentions) = ContentEcho.echo(value, type: type) { people[$0]?.name ?? "" }
            message.original = content
            message.edits += 1
            message.updated = now
        }
        return resource(of: message)
    }

    /// Recalls a message of the bot's own (DELETE).
    func recall(_ id: String) throws(APIError) {
        let now = time.now()
        _ = try change(id, refusal: .noRight) { (message, _) throws(APIError) in
            message.isRecalled = true
            message.updated = now
        }
    }

    func addReaction(_ emoji: String, to id: String) throws(APIError) -> JSONValue {
        guard !emoji.isEmpty, emoji.utf8.count <= 64 else { throw .reactionTypeInvalid }
        let reaction = Reaction(id: Identifier.reaction(), emoji: emoji, at: time.now())
        try changeReactions(of: id) { (reactions) throws(APIError) in
            guard reactions.count < 100 else { throw .badRequest(231_015, "Repeated request in progress.") }
            reactions.append(reaction)
        }
        return json(reaction)
    }

    func removeReaction(_ reactionID: String, from id: String) throws(APIError) -> JSONValue {
        var removed: Reaction?
        try changeReactions(of: id) { (reactions) throws(APIError) in
            guard let index = reactions.firstIndex(where: { $0.id == reactionID }) else { throw .reactionMissing }
            removed = reactions.remove(at: index)
        }
        return removed.map(json) ?? [:]
    }

    func reactions(of id: String) throws(APIError) -> JSONValue {
        guard let message = withState({ $0.messages[id] }) else { throw .reactionMessageMissing }
        return ["items": .array(message.reactions.map(json)), "has_more": false]
    }

    private func json(_ reaction: Reaction) -> JSONValue {
        [
            "reaction_id": .string(reaction.id),
            "operator": ["operator_id": .string(configuration.app.id), "operator_type": "app"],
            "action_time": .string(String(reaction.at)),
            "reaction_type": ["emoji_type": .string(reaction.emoji)],
        ]
    }

    private func changeReactions(
        of id: String,
        _ body: (inout [Reaction]) throws(APIError) -> Void
    ) throws(APIError) {
        let changed = try locked { (state) throws(APIError) -> (CloudMessage, Int64) in
            guard var message = state.messages[id] else { throw .reactionMessageMissing }
            guard !message.isRecalled else { throw .recalled }
            try body(&message.reactions)
            state.messages[id] = message
            return (message, state.nextRevision())
        }
        publish("message", view(of: changed.0), revision: changed.1)
    }

    /// Changes a message of the bot's own and tells the page.
    @discardableResult
    private func change(
        _ id: String,
        refusal: APIError = .notSender,
        _ body: (inout CloudMessage, inout State) throws(APIError) -> Void
    ) throws(APIError) -> CloudMessage {
        let changed = try locked { (state) throws(APIError) -> (CloudMessage, Int64) in
            guard var message = state.messages[id] else { throw .deleted }
            guard message.sender == .app else { throw refusal }
            guard !message.isRecalled else { throw .recalled }
            try body(&message, &state)
            state.messages[id] = message
            return (message, state.nextRevision())
        }
        publish("message", view(of: changed.0), revision: changed.1)
        return changed.0
    }

    /// Cards of schema 2.0 are shared unless they say otherwise, older ones only if they say so.
    private static func isShared(_ card: String) -> Bool {
        guard let value = try? JSONValue(parsing: card) else { return false }
        return value["config"]?["update_multi"]?.bool ?? (value["schema"]?.string == "2.0")
    }
}
