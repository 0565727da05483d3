package import JSON

/// What people do with groups and bots outside of messages; each tells the bots concerned.
extension FeishuCloud {
    /// Somebody makes a group; the bots in it are told that they were added.
    package func addGroup(
        named name: String,
        members: [String],
        apps: [String]?,
        by owner: String
    ) throws(ControlError) -> String {
        guard !name.isEmpty, name.utf8.count <= 100, members.count <= 500 else {
            throw .invalid("a group needs a name of 1 to 100 bytes and at most 500 members")
        }
        let bots = apps ?? [configuration.app.id]
        for bot in bots { _ = try app(bot) }
        let (chat, person, revision) = try locked { (state) throws(ControlError) -> (Chat, Person, Int64) in
            guard let person = state.directory.person(named: owner) else { throw .full("too many people") }
            guard let chat = state.directory.addGroup(id: Identifier.chat(), name: name, bots: Set(bots)) else {
                throw .full("too many chats")
            }
            state.directory.join(person, chat.id)
            for name in members {
                if let member = state.directory.person(named: name) { state.directory.join(member, chat.id) }
            }
            return (state.directory.chats[chat.id] ?? chat, person, state.nextRevision())
        }
        publish("chat", revision: revision) { chat.view }
        try notify(chat, "im.chat.member.bot.added_v1") { self.event(of: chat, by: person, $0) }
        return chat.id
    }

    /// Somebody adds a bot to a group or takes it out; the bot is told. Nothing happens when it is so already.
    package func setBot(
        isMember: Bool,
        of chatID: String,
        app appID: String? = nil,
        by name: String = defaultPerson
    ) throws(ControlError) {
        let app = try app(appID)
        var isChanged = false
        let (chat, person) = try changeChat(chatID, by: name) { chat, _ in
            isChanged = chat.bots.contains(app.id) != isMember
            if isMember { chat.bots.insert(app.id) } else { chat.bots.remove(app.id) }
        }
        guard isChanged, chat.kind == .group else { return }
        let type = isMember ? "im.chat.member.bot.added_v1" : "im.chat.member.bot.deleted_v1"
        try notify(chat, type, apps: [app.id]) { self.event(of: chat, by: person, $0) }
    }

    /// Somebody adds people to a group and takes others out.
    package func changeMembers(
        of chatID: String,
        adding added: [String],
        removing removed: [String],
        by name: String
    ) throws(ControlError) {
        guard added.count <= 500, removed.count <= 500 else { throw .invalid("at most 500 people at once") }
        let (joining, leaving) = withState { state in
            (
                added.compactMap { state.directory.person(named: $0) },
                removed.compactMap { state.directory.person(named: $0) }
            )
        }
        let (chat, person) = try changeChat(chatID, by: name) { chat, _ in
            chat.members += joining.map(\.openID).filter { !chat.members.contains($0) }
            let gone = Set(leaving.map(\.openID))
            chat.members.removeAll(where: gone.contains)
        }
        for (type, people) in [
            ("im.chat.member.user.added_v1", joining), ("im.chat.member.user.deleted_v1", leaving),
        ] where !people.isEmpty {
            try notify(chat, type) { self.event(of: chat, by: person, users: people, $0) }
        }
    }

    /// Somebody changes a group's settings: `name`, `description`, `owner` (a person's name), `group_message_type`
    /// (`chat` or `thread`), and `threads` (whether replies may open threads; no event tells of that).
    package func updateChat(_ chatID: String, _ settings: JSONValue, by name: String) throws(ControlError) {
        let owner = settings["owner"]?.string
        let newOwner = withState { state in owner.flatMap { state.directory.person(named: $0) } }
        var before: Chat?
        let (after, person) = try changeChat(chatID, by: name) { chat, _ in
            before = chat
            if let name = settings["name"]?.string, !name.isEmpty { chat.name = name }
            if let text = settings["description"]?.string { chat.description = text }
            if let type = settings["group_message_type"]?.string { chat.opensThreads = type == "thread" }
            if let allows = settings["threads"]?.bool { chat.allowsThreads = allows }
            if let newOwner { chat.ownerID = newOwner.openID }
        }
        guard let before, after.kind == .group else { return }
        let people = withState { $0.directory.people }
        try notify(after, "im.chat.updated_v1") { showsUserID in
            var event = EventEnvelope.ofGroup(
                after,
                operator: person,
                tenantKey: self.tenantKey,
                showingUserID: showsUserID
            )
            event["name"] = nil
            event["i18n_names"] = nil
            func changes(_ chat: Chat, from other: Chat) -> JSONValue {
                var object: JSONObject = [:]
                if chat.name != other.name {
                    object["name"] = .string(chat.name)
                    object["i18n_names"] = ["zh_cn": "", "en_us": "", "ja_jp": ""]
                }
                if chat.description != other.description { object["description"] = .string(chat.description) }
                if chat.ownerID != other.ownerID, let owner = chat.ownerID.flatMap({ people[$0] }) {
                    object["owner_id"] = owner.identifiers(showingUserID: showsUserID)
                }
                if chat.opensThreads != other.opensThreads {
                    object["group_message_type"] = chat.opensThreads ? "thread" : "chat"
                }
                return .object(object)
            }
            event["after_change"] = changes(after, from: before)
            event["before_change"] = changes(before, from: after)
            event["moderator_list"] = ["added_member_list": [], "removed_member_list": []]
            return .object(event)
        }
    }

    /// Somebody dissolves a group.
    package func disband(_ chatID: String, by name: String) throws(ControlError) {
        var wasDisbanded = false
        let (chat, person) = try changeChat(chatID, by: name) { chat, _ in
            wasDisbanded = chat.isDisbanded
            chat.isDisbanded = true
        }
        guard !wasDisbanded else { return }
        try notify(chat, "im.chat.disbanded_v1") { self.event(of: chat, by: person, $0) }
    }

    /// Somebody opens their private chat with a bot; the first time of all also tells with `p2p_chat_create`.
    package func enterPrivateChat(of name: String, with appID: String?) throws(ControlError) -> String {
        let app = try app(appID)
        let entered = try locked { (state) throws(ControlError) -> (Person, Chat, Bool, CloudMessage?, Int64) in
            guard let person = state.directory.person(named: name) else { throw .full("too many people") }
            let (chat, isNew) = state.directory.privateChat(with: person, app: app.id)
            let last = state.messages.last(in: chat.id)
            return (person, chat, isNew, last, state.nextRevision())
        }
        let (person, chat, isNew, last, revision) = entered
        publish("chat", revision: revision) { chat.view }
        let showsUserID = withState { $0.grants(app.id, [Scopes.userID]) }
        if isNew {
            let user: JSONValue = [
                "open_id": .string(person.openID), "user_id": .string(showsUserID ? person.userID : ""),
                "name": .string(person.name),
            ]
            let create: JSONValue = ["chat_id": .string(chat.id), "operator": user, "user": user]
            try deliver(create, ofType: "p2p_chat_create", schema: "1.0", to: app.id)
        }
        var event: JSONObject = [
            "chat_id": .string(chat.id), "operator_id": person.identifiers(showingUserID: showsUserID),
        ]
        if let last {
            event["last_message_id"] = .string(last.id)
            event["last_message_create_time"] = .string(String(last.created))
        }
        try deliver(.object(event), ofType: "im.chat.access_event.bot_p2p_chat_entered_v1", to: app.id)
        return chat.id
    }

    /// Somebody comes into departments, named by their open ids, and leaves all others.
    package func place(_ name: String, in departments: [String]) throws(ControlError) {
        guard departments.count <= 50 else { throw .invalid("at most 50 departments") }
        try locked { (state) throws(ControlError) in
            guard let person = state.directory.person(named: name) else { throw .full("too many people") }
            state.directory.place(person, in: departments)
        }
    }

    /// Somebody clicks an item of the bot's menu.
    package func clickMenu(_ key: String, by name: String, app appID: String?) throws(ControlError) -> String {
        guard (1...30).contains(key.count) else { throw .invalid("event_key must be 1 to 30 characters") }
        let app = try app(appID)
        guard let person = withState({ $0.directory.person(named: name) }) else { throw .full("too many people") }
        let (showsUserID, showsName) = withState { state in
            (state.grants(app.id, [Scopes.userID]), state.grants(app.id, [Scopes.menuOperatorName]))
        }
        var by: JSONObject = ["operator_id": person.identifiers(showingUserID: showsUserID)]
        if showsName { by["operator_name"] = .string(person.name) }
        return try deliver(
            ["operator": .object(by), "event_key": .string(key), "timestamp": .integer(time.now() / 1000)],
            ofType: "application.bot.menu_v6",
            to: app.id
        )
    }

    /// Changes a chat and tells the page; `.notFound` when it is not there.
    private func changeChat(
        _ id: String,
        by name: String,
        _ body: (inout Chat, Person) -> Void
    ) throws(ControlError) -> (Chat, Person) {
        let (chat, person, revision) = try locked { (state) throws(ControlError) -> (Chat, Person, Int64) in
            guard var chat = state.directory.chats[id] else { throw .notFound("no such chat: \(id)") }
            guard let person = state.directory.person(named: name) else { throw .full("too many people") }
            body(&chat, person)
            state.directory.change(id) { $0 = chat }
            return (chat, person, state.nextRevision())
        }
        publish("chat", revision: revision) { chat.view }
        return (chat, person)
    }

    private func event(
        of chat: Chat,
        by person: Person,
        users: [Person] = [],
        _ showsUserID: Bool
    ) -> JSONValue {
        var event = EventEnvelope.ofGroup(chat, operator: person, tenantKey: tenantKey, showingUserID: showsUserID)
        if !users.isEmpty {
            event["users"] = .array(
                users.map {
                    [
                        "name": .string($0.name), "tenant_key": .string(tenantKey),
                        "user_id": $0.identifiers(showingUserID: showsUserID),
                    ]
                }
            )
        }
        return .object(event)
    }
}
