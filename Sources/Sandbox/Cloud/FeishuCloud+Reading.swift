import JSON

extension FeishuCloud {
    /// One message, as the list the interface answers with: a merged forward comes with its parts. With `showsCard`, a
    /// card comes as it was sent instead of simplified.
    func message(_ id: String, for app: String, showsCard: Bool) throws(APIError) -> JSONValue {
        let message = try locked { (state) throws(APIError) -> CloudMessage in
            guard let message = state.messages[id] else { throw .deleted }
            guard state.directory.chats[message.chatID]?.bots.contains(app) == true else { throw .outsideGroup }
            return message
        }
        let parts = message.isRecalled ? [] : message.children
        return ["items": .array(([message] + parts).map { resource(of: $0, showsCard: showsCard) })]
    }

    private func resource(of message: CloudMessage, showsCard: Bool) -> JSONValue {
        guard showsCard, message.type == "interactive", !message.isRecalled else { return resource(of: message) }
        let now = time.now()
        var shown = withState { $0.shown(message, now: now) }
        shown.content = shown.original
        return shown.resource(tenantKey: tenantKey)
    }

    /// One page of a chat's or thread's history. `token` is what the page before gave.
    func history(
        container: String,
        isThread: Bool,
        start: Int64?,
        end: Int64?,
        descending: Bool,
        size: Int,
        token: String?,
        for app: String
    ) throws(APIError) -> JSONValue {
        guard (1...50).contains(size), let offset = token.map({ Int($0) }) ?? 0, offset >= 0 else {
            throw .invalidContent
        }
        guard !isThread || (start == nil && end == nil) else { throw .invalidContent }
        let page = try locked { (state) throws(APIError) -> (items: [CloudMessage], hasMore: Bool) in
            let page = state.messages.page(
                of: container,
                isThread: isThread,
                between: start.map { $0 * 1000 } ?? .min,
                and: end.map { $0 * 1000 + 999 } ?? .max,
                descending: descending,
                offset: offset,
                size: size
            )
            guard let chat = state.directory.chats[isThread ? page.items.first?.chatID ?? "" : container] else {
                if isThread { return page }
                throw .badReceiver
            }
            guard chat.bots.contains(app) else { throw .outsideGroup }
            guard chat.kind == .p2p || state.grants(app, Scopes.groupMessages) else { throw .noGroupHistory }
            return page
        }
        var answer: JSONObject = [
            "has_more": .bool(page.hasMore), "items": .array(page.items.map { resource(of: $0) }),
        ]
        if page.hasMore { answer["page_token"] = .string(String(offset + page.items.count)) }
        return .object(answer)
    }

    /// What a bot is told about itself.
    func botInfo(of app: String) -> JSONValue {
        [
            "activate_status": 2,
            "app_name": .string(configuration.apps.first { $0.id == app }?.name ?? ""),
            "avatar_url": "",
            "ip_white_list": [],
            "open_id": .string(Directory.botOpenID(of: app)),
        ]
    }
}
