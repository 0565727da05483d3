import JSON

extension FeishuClient {
    /// Messages of a chat, the oldest first (`GET /im/v1/messages`). In groups it needs the permission
    /// `im:message.group_msg`.
    ///
    /// - Parameters:
    ///   - chatID: the chat.
    ///   - span: seconds since 1970.
    ///   - maximum: how many at most; later ones are left out.
    /// - Returns: messages that were not recalled.
    /// - Throws: `FeishuError`.
    package func messages(
        inChat chatID: String,
        during span: Range<Int>,
        atMost maximum: Int
    ) async throws(FeishuError) -> [FeishuMessage] {
        var messages: [FeishuMessage] = []
        var page: String?
        // Pages have up to 50; the bound on calls is for an API that always has a further page.
        for _ in 0..<max(1, maximum / 50 + 2) {
            var query = [
                ("container_id_type", "chat"), ("container_id", chatID), ("start_time", "\(span.lowerBound)"),
                ("end_time", "\(span.upperBound)"), ("sort_type", "ByCreateTimeAsc"), ("page_size", "50"),
            ]
            if let page { query.append(("page_token", page)) }
            let data = try await call(FeishuRequest("GET", "im", "v1", "messages", query: query))["data"]
            messages += (data?["items"]?.array ?? []).compactMap(FeishuMessage.init).filter { !$0.isDeleted }
            page = data?["page_token"]?.nonEmpty
            if messages.count >= maximum || data?["has_more"]?.bool != true || page == nil { break }
        }
        return Array(messages.prefix(maximum))
    }
}
