import JSON

extension FeishuCloud {
    /// One message, as the list the interface answers with.
    func message(_ id: String) throws(APIError) -> JSONValue {
        guard let message = withState({ $0.messages[id] }) else { throw .deleted }
        return ["items": [resource(of: message)]]
    }

    /// One page of a chat's or thread's history. `token` is what the page before gave.
    func history(
        container: String,
        isThread: Bool,
        start: Int64?,
        end: Int64?,
        descending: Bool,
        size: Int,
        token: String?
    ) throws(APIError) -> JSONValue {
        guard (1...50).contains(size), let offset = token.map({ Int($0) }) ?? 0, offset >= 0 else {
            throw .invalidContent
        }
        guard !isThread || (start == nil && end == nil) else { throw .invalidContent }
        let page = try locked { (state) throws(APIError) -> (items: [CloudMessage], hasMore: Bool) in
            if !isThread {
                guard let chat = state.directory.chats[container] else { throw .badReceiver }
                guard !chat.botIsOutside else { throw .outsideGroup }
            }
            return state.messages.page(
                of: container,
                isThread: isThread,
                between: start.map { $0 * 1000 } ?? .min,
                and: end.map { $0 * 1000 + 999 } ?? .max,
                descending: descending,
                offset: offset,
                size: size
            )
        }
        var answer: JSONObject = ["has_more": .bool(page.hasMore), "items": .array(page.items.map(resource))]
        if page.hasMore { answer["page_token"] = .string(String(offset + page.items.count)) }
        return .object(answer)
    }

    /// What the bot is told about itself.
    var botInfo: JSONValue {
        [
            "activate_status": 2,
            "app_name": .string(configuration.app.name),
            "avatar_url": "",
            "ip_white_list": [],
            "open_id": .string(withState { $0.directory.botOpenID }),
        ]
    }
}
