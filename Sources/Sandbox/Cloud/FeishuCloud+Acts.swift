import JSON

/// What people do to messages that are there.
extension FeishuCloud {
    /// A person (the sender, unless named) takes a message back; the bots in the chat are told with
    /// `im.message.recalled_v1`. The owner of a group may recall anybody's.
    ///
    /// - Returns: the first event's id, or an empty text when no bot is told.
    /// - Throws: `.notFound` when there is no such message, or it is not theirs to recall.
    @discardableResult
    package func recallByPerson(_ id: String, by name: String? = nil) throws(ControlError) -> String {
        let now = time.now()
        let (message, type, revision) = try locked { (state) throws(ControlError) -> (CloudMessage, String, Int64) in
            guard var message = state.messages[id], !message.isRecalled else {
                throw .notFound("no such message: \(id)")
            }
            let person = name.flatMap { state.directory.person(named: $0) }
            var type = "message_owner"
            if case .person(let sender) = message.sender, person == nil || person == sender {
            } else {
                let owner = state.directory.chats[message.chatID]?.ownerID
                guard let person, owner == person.openID else {
                    throw .notFound("no such message of a person: \(id)")
                }
                type = "group_owner"
            }
            message.isRecalled = true
            message.updated = now
            state.messages[id] = message
            return (message, type, state.nextRevision())
        }
        publish(message, revision: revision)
        return tellOfRecall(message, type: type) ?? ""
    }

    @discardableResult
    func tellOfRecall(_ message: CloudMessage, type: String = "message_owner", isEcho: Bool = false) -> String? {
        guard let chat = withState({ $0.directory.chats[message.chatID] }) else { return nil }
        let event: JSONValue = [
            "message_id": .string(message.id), "chat_id": .string(message.chatID),
            "recall_time": .string(String(message.updated)), "recall_type": .string(type),
        ]
        // An event that finds no room is lost, as everything else that happens then.
        return (try? notify(chat, "im.message.recalled_v1", isEcho: isEcho) { _ in event })?.first
    }

    /// A person edits a text of their own. No event tells of that: only reading the message shows it.
    package func editByPerson(_ id: String, text: String) throws(ControlError) {
        guard !text.isEmpty, text.utf8.count <= ContentRules.textLimit else {
            throw .invalid("the text must be 1 byte to 150 KB")
        }
        let now = time.now()
        let (message, revision) = try locked { (state) throws(ControlError) -> (CloudMessage, Int64) in
            guard var message = state.messages[id], !message.sender.isApp, !message.isRecalled, message.type == "text"
            else { throw .notFound("no such text of a person: \(id)") }
            guard message.edits < 20 else { throw .invalid("a message can be edited twenty times") }
            let content: JSONValue = ["text": .string(text)]
            message.content = content.text
            message.original = message.content
            message.mentions.removeAll { !text.contains($0.key) }
            message.edits += 1
            message.updated = now
            state.messages[id] = message
            return (message, state.nextRevision())
        }
        publish(message, revision: revision)
    }

    /// A person adds a reaction, or takes it away.
    package func reactByPerson(
        _ id: String,
        emoji: String,
        by name: String,
        isAdded: Bool
    ) throws(ControlError) -> String {
        guard Emoji.types.contains(emoji) else { throw .invalid("no such reaction: \(emoji)") }
        guard let person = withState({ $0.directory.person(named: name) }) else { throw .full("too many people") }
        do throws(APIError) {
            if isAdded { return try react(emoji, to: id, by: .person(person)).id }
            let own = withState { state in
                state.messages[id]?.reactions.first { $0.emoji == emoji && $0.by == .person(person) }
            }
            guard let own else { throw .reactionMissing }
            return try unreact(own.id, from: id, by: .person(person)).id
        } catch {
            throw .notFound(error.message)
        }
    }

    /// A person forwards messages together into a chat; the bots there see one `merge_forward`.
    package func forward(_ ids: [String], as utterance: Utterance) throws(ControlError) -> Spoken {
        guard (1...100).contains(ids.count) else { throw .invalid("1 to 100 messages can be forwarded together") }
        let now = time.now()
        let children = try locked { (state) throws(ControlError) -> [CloudMessage] in
            var children: [CloudMessage] = []
            for id in ids {
                guard let message = state.messages[id], !message.isRecalled else {
                    throw .notFound("no such message: \(id)")
                }
                children.append(state.shown(message, now: now))
            }
            return children
        }
        var merged = utterance
        merged.special = ("merge_forward", ["content": "Merged and Forwarded Message"])
        merged.forwarded = children
        return try say(merged)
    }

    /// A person read messages of the bot in their private chat.
    package func read(_ ids: [String], by name: String) throws(ControlError) -> String {
        let now = time.now()
        let found = withState { state -> (Person, String)? in
            guard let person = state.directory.person(named: name),
                let message = ids.first.flatMap({ state.messages[$0] }),
                case .app(let app) = message.sender,
                state.directory.chats[message.chatID]?.members == [person.openID]
            else { return nil }
            return (person, app)
        }
        guard let (person, app) = found else { throw .notFound("no such message of a bot in this person's chat") }
        let showsUserID = withState { $0.grants(app, [Scopes.userID]) }
        return try deliver(
            [
                "reader": [
                    "reader_id": person.identifiers(showingUserID: showsUserID), "read_time": .string(String(now)),
                    "tenant_key": .string(tenantKey),
                ],
                "message_id_list": .array(ids.map(JSONValue.string)),
            ],
            ofType: "im.message.message_read_v1",
            to: app
        )
    }
}
