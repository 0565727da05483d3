import JSON

extension FeishuCloud {
    private static let reactionLimit = 100

    /// Adds a reaction and tells the page and the bots in the chat.
    func react(_ emoji: String, to id: String, by actor: Actor) throws(APIError) -> Reaction {
        let now = time.now()
        let (reaction, isNew) = try change(id) { (message) throws(APIError) -> (Reaction, Bool) in
            if let known = message.reactions.first(where: { $0.emoji == emoji && $0.by == actor }) {
                return (known, false)
            }
            guard message.reactions.count < Self.reactionLimit else {
                throw .badRequest(231_015, "Repeated request in progress.")
            }
            let reaction = Reaction(id: Identifier.reaction(), emoji: emoji, at: now, by: actor)
            message.reactions.append(reaction)
            return (reaction, true)
        }
        if isNew { tell(of: reaction, on: id, "im.message.reaction.created_v1") }
        return reaction
    }

    /// Takes a reaction of one's own away.
    func unreact(_ reactionID: String, from id: String, by actor: Actor) throws(APIError) -> Reaction {
        let removed = try change(id) { (message) throws(APIError) -> Reaction in
            guard let index = message.reactions.firstIndex(where: { $0.id == reactionID }) else {
                throw .reactionMissing
            }
            guard message.reactions[index].by == actor else { throw .reactionNotOwn }
            return message.reactions.remove(at: index)
        }
        tell(of: removed, on: id, "im.message.reaction.deleted_v1")
        return removed
    }

    private func tell(of reaction: Reaction, on id: String, _ type: String) {
        let chat = withState { state in state.messages[id].flatMap { state.directory.chats[$0.chatID] } }
        guard let chat else { return }
        let event = { (showsUserID: Bool) -> JSONValue in
            var object: JSONObject = [
                "message_id": .string(id), "reaction_type": ["emoji_type": .string(reaction.emoji)],
            ]
            switch reaction.by {
            case .app(let app):
                object["operator_type"] = "app"
                object["app_id"] = .string(app)
            case .person(let person):
                object["operator_type"] = "user"
                object["user_id"] = person.identifiers(showingUserID: showsUserID)
            }
            object["action_time"] = .string(String(reaction.at))
            return .object(object)
        }
        // An event that finds no room is lost, as everything else that happens then.
        _ = try? notify(chat, type, isEcho: reaction.by.isApp, event)
    }

    /// Changes a message's reactions and tells the page; 231003 when it is not there or was recalled.
    private func change<Value>(
        _ id: String,
        _ body: (inout CloudMessage) throws(APIError) -> Value
    ) throws(APIError) -> Value {
        let (value, message, revision) = try locked { (state) throws(APIError) -> (Value, CloudMessage, Int64) in
            guard var message = state.messages[id] else { throw .reactionMessageMissing }
            guard !message.isRecalled else { throw .reactionMessageMissing }
            let value = try body(&message)
            state.messages[id] = message
            return (value, message, state.nextRevision())
        }
        publish(message, revision: revision)
        return value
    }
}
