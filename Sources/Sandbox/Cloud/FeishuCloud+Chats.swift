import JSON

/// What bots ask of chats and people (interface specification, section 5.6).
extension FeishuCloud {
    /// A chat; of one the bot is not in, only what anybody may see.
    func chat(_ id: String, for app: String) throws(APIError) -> JSONValue {
        let chat = try locked { (state) throws(APIError) -> Chat in
            guard let chat = state.directory.chats[id] else { throw .unknownChat }
            guard !chat.isDisbanded else { throw .dissolved }
            return chat
        }
        guard chat.bots.contains(app) else {
            return ["name": .string(chat.name), "avatar": "", "chat_mode": .string(Self.mode(of: chat))]
        }
        var data = summary(of: chat)
        data["chat_mode"] = .string(Self.mode(of: chat))
        data["group_message_type"] = chat.opensThreads ? "thread" : "chat"
        data["chat_type"] = "private"
        data["chat_tag"] = "inner"
        data["user_count"] = .string(String(chat.members.count))
        data["bot_count"] = .string(String(chat.bots.count))
        data["chat_id"] = nil
        return .object(data)
    }

    /// The groups the bot is in, never private chats.
    func chats(of app: String, size: Int, token: String?) throws(APIError) -> JSONValue {
        let all = withState { state in
            state.directory.chats.values.filter { $0.kind == .group && $0.bots.contains(app) && !$0.isDisbanded }
        }
        return try Self.page(all.sorted { $0.id < $1.id }, size: size, token: token) { .object(self.summary(of: $0)) }
    }

    /// The members of a chat, without its bots.
    func members(
        of id: String,
        for app: String,
        idType: String,
        size: Int,
        token: String?
    ) throws(APIError) -> JSONValue {
        let people = try locked { (state) throws(APIError) -> [Person] in
            try Self.accessible(id, for: app, in: state).members.compactMap { state.directory.people[$0] }
        }
        guard Person(name: "").identifier(ofType: idType) != nil else { throw .missingField("member_id_type") }
        var page =
            try Self.page(people, size: size, token: token) { person in
                [
                    "member_id_type": .string(idType),
                    "member_id": person.identifier(ofType: idType).map(JSONValue.string) ?? .null,
                    "name": .string(person.name), "tenant_key": .string(self.tenantKey),
                ]
            }.object ?? [:]
        page["member_total"] = .integer(Int64(people.count))
        return .object(page)
    }

    /// Makes a group with the bot in it. The same uuid within ten hours gives the same group.
    func createChat(_ body: JSONValue, uuid: String?, idType: String, by app: String) throws(APIError) -> JSONValue {
        let now = time.now()
        let (chat, revision) = try locked { (state) throws(APIError) -> (Chat, Int64) in
            let key = uuid.map { "\(app) \(body["owner_id"]?.string ?? "") \($0)" }
            if let key, case .repeated(let id) = state.newChats.begin(key, now: now),
                let chat = state.directory.chats[id]
            {
                return (chat, state.revision)
            }
            do throws(APIError) {
                let chat = try Self.create(body, idType: idType, by: app, in: &state)
                if let key { state.newChats.finish(key, messageID: chat.id) }
                return (chat, state.nextRevision())
            } catch {
                if let key { state.newChats.abandon(key) }
                throw error
            }
        }
        publish("chat", revision: revision) { chat.view }
        var data = summary(of: chat)
        data["chat_mode"] = "group"
        data["chat_type"] = body["chat_type"] ?? "private"
        data["chat_tag"] = "inner"
        return .object(data)
    }

    /// Makes the group of a call; 99992351 for a person nobody knows.
    private static func create(
        _ body: JSONValue,
        idType: String,
        by app: String,
        in state: inout State
    ) throws(APIError) -> Chat {
        let wanted = (body["user_id_list"]?.array ?? []).compactMap(\.string)
        guard wanted.count <= 50 else { throw .missingField("user_id_list") }
        var people: [Person] = []
        for id in [body["owner_id"]?.string].compactMap({ $0 }) + wanted {
            guard let person = state.directory.person(id, type: idType) else { throw .unknownUser }
            people.append(person)
        }
        let bots = Set((body["bot_id_list"]?.array ?? []).compactMap(\.string)).union([app])
        guard bots.allSatisfy({ state.apps[$0] != nil }) else { throw .missingField("bot_id_list") }
        let name = body["name"]?.string ?? "(无主题)"
        guard name.utf8.count <= 100, let chat = state.directory.addGroup(id: Identifier.chat(), name: name, bots: bots)
        else { throw .missingField("name") }
        for person in people { state.directory.join(person, chat.id) }
        state.directory.change(chat.id) { chat in
            chat.description = body["description"]?.string ?? ""
            chat.opensThreads = body["group_message_type"] == "thread"
        }
        return state.directory.chats[chat.id] ?? chat
    }

    /// Adds people to a group; those nobody knows are told in the answer.
    func addMembers(_ ids: [String], to id: String, idType: String, by app: String) throws(APIError) -> JSONValue {
        guard (1...50).contains(ids.count) else { throw .missingField("id_list") }
        let (chat, joined, unknown) = try locked { (state) throws(APIError) -> (Chat, [Person], [String]) in
            let before = try Self.accessible(id, for: app, in: state)
            var joined: [Person] = []
            var unknown: [String] = []
            for wanted in ids {
                if let person = state.directory.person(wanted, type: idType) {
                    state.directory.join(person, id)
                    if !before.members.contains(person.openID) { joined.append(person) }
                } else {
                    unknown.append(wanted)
                }
            }
            return (try Self.accessible(id, for: app, in: state), joined, unknown)
        }
        publish("chat", revision: withState { $0.nextRevision() }) { chat.view }
        tellOfMembers(joined, added: chat, by: app)
        return [
            "invalid_id_list": .array(unknown.map(JSONValue.string)), "not_existed_id_list": [],
            "pending_approval_id_list": [],
        ]
    }

    /// The bots in a group are told whom one of them added.
    private func tellOfMembers(_ people: [Person], added chat: Chat, by app: String) {
        guard !people.isEmpty else { return }
        // An event that finds no room is lost, as everything else that happens then.
        _ = try? notify(chat, "im.chat.member.user.added_v1", isEcho: true) { showsUserID in
            [
                "chat_id": .string(chat.id),
                "operator_id": [
                    "union_id": .string(Directory.botUnionID(of: app)),
                    "open_id": .string(Directory.botOpenID(of: app)),
                ],
                "external": false, "operator_tenant_key": .string(self.tenantKey), "name": .string(chat.name),
                "users": .array(
                    people.map {
                        [
                            "name": .string($0.name), "tenant_key": .string(self.tenantKey),
                            "user_id": $0.identifiers(showingUserID: showsUserID),
                        ]
                    }
                ),
            ]
        }
    }

    /// A person, as far as the app's scopes show.
    func user(_ id: String, idType: String, for app: String) throws(APIError) -> JSONValue {
        try locked { (state) throws(APIError) -> JSONValue in
            guard let person = state.directory.person(id, type: idType) else { throw .unknownUser }
            var user: JSONObject = ["union_id": .string(person.unionID), "open_id": .string(person.openID)]
            if state.grants(app, [Scopes.userID]) { user["user_id"] = .string(person.userID) }
            if state.grants(app, [Scopes.userName]) {
                user["name"] = .string(person.name)
                user["en_name"] = ""
                user["nickname"] = ""
                user["avatar"] = ["avatar_72": "", "avatar_240": "", "avatar_640": "", "avatar_origin": ""]
            }
            if state.grants(app, [Scopes.userDepartments]) {
                let departments = state.directory.departments[person.openID] ?? []
                user["department_ids"] = .array(departments.map(JSONValue.string))
            }
            user["status"] = [
                "is_frozen": false, "is_resigned": false, "is_activated": true, "is_exited": false,
                "is_unjoin": false,
            ]
            return ["user": .object(user)]
        }
    }

    /// A chat the app's bot is in; 232006, 232009 or 232011 otherwise.
    private static func accessible(_ id: String, for app: String, in state: State) throws(APIError) -> Chat {
        guard let chat = state.directory.chats[id] else { throw .unknownChat }
        guard !chat.isDisbanded else { throw .dissolved }
        guard chat.bots.contains(app) else { throw .outsideChat }
        return chat
    }

    private static func mode(of chat: Chat) -> String { chat.kind == .p2p ? "p2p" : "group" }

    private func summary(of chat: Chat) -> JSONObject {
        [
            "chat_id": .string(chat.id), "avatar": "", "name": .string(chat.kind == .p2p ? "" : chat.name),
            "description": .string(chat.description), "owner_id": .string(chat.ownerID ?? ""),
            "owner_id_type": "open_id", "external": false, "tenant_key": .string(tenantKey),
            "chat_status": "normal",
        ]
    }

    /// One page of a list; the token is the place of its first item.
    private static func page<Item>(
        _ all: [Item],
        size: Int,
        token: String?,
        _ show: (Item) -> JSONValue
    ) throws(APIError) -> JSONValue {
        guard (1...100).contains(size) else { throw .missingField("page_size") }
        let start = token.flatMap { $0.isEmpty ? 0 : Int($0) } ?? 0
        guard start >= 0 else { throw .missingField("page_token") }
        let items = all.dropFirst(start).prefix(size)
        let hasMore = all.count > start + items.count
        return [
            "items": .array(items.map(show)), "has_more": .bool(hasMore),
            "page_token": .string(hasMore ? String(start + items.count) : ""),
        ]
    }
}
