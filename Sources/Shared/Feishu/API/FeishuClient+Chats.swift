import JSON

/// Chats and the people in them.
extension FeishuClient {
    /// Asks what a chat is (`GET /im/v1/chats/:chat_id`).
    package func chat(withID chatID: String) async throws(FeishuError) -> FeishuChatInfo {
        let answer = try await call(FeishuRequest("GET", "im", "v1", "chats", .id(chatID)))
        return FeishuChatInfo(chatID: chatID, answer["data"])
    }

    /// Asks who is in a chat, page by page (`GET /im/v1/chats/:chat_id/members`). Each hundred costs a call.
    package func members(ofChat chatID: String, atMost maximum: Int = 500) async throws(FeishuError)
        -> FeishuChatMembers
    {
        var members: [FeishuChatMember] = []
        var total: Int64?
        var pageToken = ""
        // A page can hold fewer than were asked for, so pages are counted, too.
        for _ in 0..<(max(maximum, 1) + 99) / 100 * 2 {
            let size = min(max(maximum - members.count, 1), 100)
            var query = [("member_id_type", "open_id"), ("page_size", "\(size)")]
            if !pageToken.isEmpty { query.append(("page_token", pageToken)) }
            let request = FeishuRequest("GET", "im", "v1", "chats", .id(chatID), "members", query: query)
            let page = try await call(request)["data"]
            members += (page?["items"]?.array ?? []).compactMap(FeishuChatMember.init)
            total = page?["member_total"]?.lenientInteger ?? total
            guard page?["has_more"]?.bool == true, let next = page?["page_token"]?.nonEmpty else {
                return FeishuChatMembers(
                    members: Array(members.prefix(maximum)),
                    total: total,
                    isCut: members.count > maximum
                )
            }
            guard members.count < maximum else { break }
            pageToken = next
        }
        return FeishuChatMembers(members: Array(members.prefix(maximum)), total: total, isCut: true)
    }

    /// Asks for a user's name (`GET /contact/v3/users/:user_id`); nil where the app may see the user but not the name.
    ///
    /// - Throws: A `FeishuError`, `.permission` for a user outside the range of the app's contacts.
    package func userName(ofOpenID openID: String) async throws(FeishuError) -> String? {
        let query = [("user_id_type", "open_id")]
        let user = try await call(FeishuRequest("GET", "contact", "v3", "users", .id(openID), query: query))["data"]?[
            "user"
        ]
        return user?["name"]?.nonEmpty ?? user?["nickname"]?.nonEmpty ?? user?["en_name"]?.nonEmpty
    }

    /// Asks for the departments that a user is directly in (`GET /contact/v3/users/:user_id`), by their open ids.
    ///
    /// - Throws: A `FeishuError`, `.permission` for a user outside the range of the app's contacts.
    package func departments(ofOpenID openID: String) async throws(FeishuError) -> [String] {
        let query = [("user_id_type", "open_id"), ("department_id_type", "open_department_id")]
        let answer = try await call(FeishuRequest("GET", "contact", "v3", "users", .id(openID), query: query))
        return (answer["data"]?["user"]?["department_ids"]?.array ?? []).compactMap(\.nonEmpty)
    }
}
