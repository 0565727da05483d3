package import JSON

/// What somebody writes, as the chat page or a test says it.
package struct Utterance: Sendable {
    package var person: String
    /// The group's name; nil for the private chat with the bot.
    package var group: String?
    package var text: String
    /// Others (besides the bot) who are mentioned at the start.
    package var mentions: [String] = []
    /// Whether a message in a group mentions the bot. Without, the bot never hears of it.
    package var mentionsBot = true
    package var replyTo: String?
    /// How many times at once the event is delivered.
    package var copies = 1
    /// Another type than text, with its content, such as `image` and `{"image_key":"…"}`.
    package var special: (type: String, content: JSONValue)?

    package init(person: String, text: String, group: String? = nil) {
        self.person = person
        self.text = text
        self.group = group
    }
}

/// What became of an utterance.
package struct Spoken: Sendable {
    package let messageID: String
    package let chatID: String
    /// nil when the bot is not told.
    package let eventID: String?
}

/// Why the control interface refused something.
package enum ControlError: Error, Equatable {
    case invalid(String)
    case notFound(String)
    case full(String)
}

extension FeishuCloud {
    /// Puts a person's message into the chat and sends the event about it on its way.
    ///
    /// - Throws: `.invalid` for a text that is empty or over 150 KB, or a count out of range; `.notFound` for an
    ///   unknown message to reply to; `.full` when too much is under way.
    package func say(_ utterance: Utterance) throws(ControlError) -> Spoken {
        guard (1...1_000).contains(utterance.copies) else { throw .invalid("copies must be 1 to 1000") }
        guard !utterance.person.isEmpty, utterance.person.utf8.count <= 100,
            (utterance.group?.utf8.count ?? 0) <= 100, utterance.mentions.count <= 50
        else { throw .invalid("names must be 1 to 100 bytes, mentions at most 50") }
        if utterance.special == nil {
            guard !utterance.text.isEmpty else { throw .invalid("the text is empty") }
            guard utterance.text.utf8.count <= ContentRules.textLimit else {
                throw .invalid("the text is over 150 KB, the most Feishu lets a person send")
            }
        }
        let now = time.now()
        let prepared: Result<(CloudMessage, Person, Chat, [JSONValue], Int64), ControlError> = withState {
            state in
            guard let person = state.directory.person(named: utterance.person) else {
                return .failure(.full("too many people"))
            }
            let chat: Chat
            if let name = utterance.group {
                guard let group = state.directory.group(named: name) else { return .failure(.full("too many chats")) }
                chat = group
            } else {
                chat = state.directory.privateChat(with: person)
            }
            var parent: CloudMessage?
            if let id = utterance.replyTo {
                guard let known = state.messages[id], known.chatID == chat.id else {
                    return .failure(.notFound("no such message in this chat: \(id)"))
                }
                parent = known
            }
            let addressed = Self.address(utterance, directory: &state.directory, appName: configuration.app.name)
            let content = utterance.special?.content ?? ["text": .string(addressed.text)]
            let message = CloudMessage(
                id: Identifier.message(),
                chat: chat,
                rootID: parent.map { $0.rootID ?? $0.id },
                parentID: parent?.id,
                threadID: parent?.threadID,
                sender: .person(person),
                type: utterance.special?.type ?? "text",
                original: content.text,
                content: content.text,
                mentions: addressed.mentions,
                created: now,
                updated: now
            )
            state.messages.append(message)
            return .success((message, person, chat, addressed.eventMentions, state.nextRevision()))
        }
        let (message, person, chat, mentions, revision) = try prepared.get()
        publish("message", view(of: message), revision: revision)
        guard chat.kind == .p2p || utterance.mentionsBot else {
            return Spoken(messageID: message.id, chatID: chat.id, eventID: nil)
        }
        let event = EventEnvelope.received(message, from: person, in: chat, mentions: mentions, tenantKey: tenantKey)
        let id = try deliver(event, ofType: "im.message.receive_v1", message: message.id, copies: utterance.copies)
        return Spoken(messageID: message.id, chatID: chat.id, eventID: id)
    }

    /// A person takes a message back; the bot is told with `im.message.recalled_v1`.
    package func recallByPerson(_ id: String) throws(ControlError) -> String {
        let now = time.now()
        let recalled: (CloudMessage, Int64)? = withState { state in
            guard var message = state.messages[id], message.sender != .app, !message.isRecalled else { return nil }
            message.isRecalled = true
            message.updated = now
            state.messages[id] = message
            return (message, state.nextRevision())
        }
        guard let (message, revision) = recalled else { throw .notFound("no such message of a person: \(id)") }
        publish("message", view(of: message), revision: revision)
        let event: JSONValue = [
            "message_id": .string(id), "chat_id": .string(message.chatID), "recall_time": .string(String(now)),
            "recall_type": "message_owner",
        ]
        return try deliver(event, ofType: "im.message.recalled_v1", message: nil, copies: 1)
    }

    /// Puts the mentions before the text, as keys.
    private static func address(
        _ utterance: Utterance,
        directory: inout Directory,
        appName: String
    ) -> (text: String, mentions: [Mention], eventMentions: [JSONValue]) {
        var mentions: [Mention] = []
        var eventMentions: [JSONValue] = []
        func add(openID: String, unionID: String, userID: String, name: String, type: String, tenant: String) {
            let key = "@_user_\(mentions.count + 1)"
            mentions.append(Mention(key: key, id: openID, name: name))
            eventMentions.append(
                [
                    "key": .string(key),
                    "id": [
                        "union_id": .string(unionID), "user_id": .string(userID), "open_id": .string(openID),
                    ],
                    "mentioned_type": .string(type),
                    "name": .string(name),
                    "tenant_key": .string(tenant),
                ]
            )
        }
        let tenant = directory.tenantKey
        if utterance.group != nil, utterance.mentionsBot {
            add(
                openID: directory.botOpenID,
                unionID: directory.botUnionID,
                userID: "",
                name: appName,
                type: "bot",
                tenant: tenant
            )
        }
        for name in utterance.mentions {
            guard let person = directory.person(named: name) else { continue }
            add(
                openID: person.openID,
                unionID: person.unionID,
                userID: person.userID,
                name: name,
                type: "user",
                tenant: tenant
            )
        }
        let keys = mentions.map { $0.key + " " }.joined()
        return (keys + utterance.text, mentions, eventMentions)
    }
}
