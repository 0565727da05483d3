import JSON

extension FeishuCloud {
    /// Puts a person's message into the chat and sends the events about it on their way.
    ///
    /// - Throws: `.invalid` for a text that is empty or over 150 KB, a count out of range, or a chat that is gone;
    ///   `.notFound` for an unknown chat, app or message to reply to; `.full` when too much is under way.
    package func say(_ utterance: Utterance) throws(ControlError) -> Spoken {
        try Self.check(utterance)
        let app = try app(utterance.app)
        let now = time.now()
        let said = try locked { (state) throws(ControlError) -> Said in
            guard let person = state.directory.person(named: utterance.person) else { throw .full("too many people") }
            let chat = try state.chat(of: utterance, person: person, app: app.id)
            guard !chat.isDisbanded else { throw .invalid("the group was disbanded") }
            state.directory.join(person, chat.id)
            let address = address(utterance, in: chat, &state)
            var message = CloudMessage(
                id: Identifier.message(),
                chatID: chat.id,
                sender: .person(person),
                type: utterance.special?.type ?? "text",
                original: "",
                content: "",
                mentions: address.mentions,
                created: now,
                updated: now
            )
            let text: JSONValue = ["text": .string(address.text)]
            message.content = (utterance.special?.content ?? text).text
            message.original = message.content
            message.children = utterance.forwarded.map { CloudMessage(forwarding: $0, in: message.id) }
            if let id = utterance.replyTo {
                guard let parent = state.messages[id], parent.chatID == chat.id else {
                    throw .notFound("no such message in this chat: \(id)")
                }
                let tree = state.openTree(under: parent, inThread: utterance.inThread)
                (message.parentID, message.rootID, message.threadID) = (tree.parentID, tree.rootID, tree.threadID)
            } else if chat.opensThreads {
                message.threadID = Identifier.thread()
            }
            state.messages.append(message)
            return Said(
                message: message,
                person: person,
                chat: chat,
                address: address,
                revision: state.nextRevision()
            )
        }
        publish(said.message, revision: said.revision)
        let eventID = try tell(of: said, copies: utterance.copies)
        return Spoken(messageID: said.message.id, chatID: said.chat.id, eventID: eventID)
    }

    /// A message that was just written, with all its events need.
    private struct Said {
        let message: CloudMessage
        let person: Person
        let chat: Chat
        let address: Address
        let revision: Int64
    }

    /// Tells each bot that may hear of the message; returns the first event's id, the main app's before others.
    private func tell(of said: Said, copies: Int) throws(ControlError) -> String? {
        let main = configuration.app.id
        let listeners = withState { state in
            said.chat.bots.sorted { ($0 == main ? 0 : 1, $0) < ($1 == main ? 0 : 1, $1) }
                .filter { Self.hears(said, app: $0, in: state) }
                .map { ($0, state.grants($0, [Scopes.userID])) }
        }
        var first: String?
        for (app, showsUserID) in listeners {
            let event = EventEnvelope.received(
                said.message,
                from: said.person.identifiers(showingUserID: showsUserID),
                in: said.chat,
                mentions: said.address.inEvent(tenantKey: tenantKey, showingUserID: showsUserID),
                tenantKey: tenantKey
            )
            let id = try deliver(
                event,
                ofType: "im.message.receive_v1",
                to: app,
                message: said.message.id,
                copies: copies
            )
            first = first ?? id
        }
        return first
    }

    /// Scopes decide which messages a bot hears of (interface specification, section 3.1).
    private static func hears(_ said: Said, app: String, in state: State) -> Bool {
        if said.chat.kind == .p2p { return state.grants(app, Scopes.privateMessages) }
        if state.grants(app, Scopes.groupMessages) { return true }
        let bot = Directory.botOpenID(of: app)
        let isMeant = said.address.mentionsAll || said.address.mentions.contains { $0.id == bot }
        return isMeant && state.grants(app, Scopes.groupMentions)
    }

    private func address(_ utterance: Utterance, in chat: Chat, _ state: inout State) -> Address {
        var leading: [Address.Target] = []
        if chat.kind == .group, utterance.mentionsBot {
            let id = chat.bots.contains(configuration.app.id) ? configuration.app.id : chat.bots.min()
            if let id { leading.append(target(bot: id)) }
        }
        for name in utterance.mentions {
            guard let person = state.directory.person(named: name) else { continue }
            leading.append(Self.target(person))
        }
        let directory = state.directory
        return Address(utterance.text, leading: leading, findsMentions: utterance.findsMentions) { id in
            directory.app(ofBot: id).map { target(bot: $0) } ?? directory.people[id].map(Self.target)
        }
    }

    func target(bot app: String) -> Address.Target {
        Address.Target(
            openID: Directory.botOpenID(of: app),
            unionID: Directory.botUnionID(of: app),
            userID: "",
            name: configuration.apps.first { $0.id == app }?.name ?? app,
            isBot: true
        )
    }

    static func target(_ person: Person) -> Address.Target {
        Address.Target(
            openID: person.openID,
            unionID: person.unionID,
            userID: person.userID,
            name: person.name,
            isBot: false
        )
    }

    /// Judges names, counts and sizes.
    private static func check(_ utterance: Utterance) throws(ControlError) {
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
    }
}

extension FeishuCloud.State {
    /// The chat somebody writes into.
    fileprivate mutating func chat(
        of utterance: Utterance,
        person: Person,
        app: String
    ) throws(ControlError) -> Chat {
        if let id = utterance.chatID {
            guard let chat = directory.chats[id] else { throw .notFound("no such chat: \(id)") }
            guard chat.kind == .group || chat.members == [person.openID] else {
                throw .invalid("this private chat is somebody else's")
            }
            return chat
        }
        if let name = utterance.group {
            guard let group = directory.group(named: name) else { throw .full("too many chats") }
            return group
        }
        return directory.privateChat(with: person, app: app).chat
    }
}
