import JSON

/// A chat as Feishu describes it. What the bot may not see is nil.
package struct FeishuChatInfo: Sendable, Equatable {
    package let chatID: String
    package let name: String?
    package let description: String?
    /// An open id; nil where a bot owns the chat.
    package let ownerID: String?
    /// `group`, `topic` or `p2p`.
    package let mode: String?
    /// `chat`, or `thread` where every message opens a thread.
    package let groupMessageType: String?
    /// Whether people of other companies are in it.
    package let isExternal: Bool
    /// Users, without bots.
    package let userCount: Int64?
    package let botCount: Int64?
    /// `normal`, `dissolved` or `dissolved_save`.
    package let status: String?

    init(chatID: String, _ json: JSONValue?) {
        self.chatID = chatID
        name = json?["name"]?.nonEmpty
        description = json?["description"]?.nonEmpty
        ownerID = json?["owner_id"]?.nonEmpty
        mode = json?["chat_mode"]?.nonEmpty
        groupMessageType = json?["group_message_type"]?.nonEmpty
        isExternal = json?["external"]?.bool ?? false
        userCount = json?["user_count"]?.lenientInteger
        botCount = json?["bot_count"]?.lenientInteger
        status = json?["chat_status"]?.nonEmpty
    }
}

/// One user in a chat.
package struct FeishuChatMember: Sendable, Equatable {
    package let openID: String
    package let name: String?
    /// The company that the user is of.
    package let tenantKey: String?

    init?(_ json: JSONValue) {
        guard let openID = json["member_id"]?.nonEmpty else { return nil }
        self.openID = openID
        name = json["name"]?.nonEmpty
        tenantKey = json["tenant_key"]?.nonEmpty
    }
}

/// Members of a chat, as many as were asked for.
package struct FeishuChatMembers: Sendable, Equatable {
    /// Users; bots are not listed.
    package let members: [FeishuChatMember]
    /// How many there are in all, by Feishu's count.
    package let total: Int64?
    /// Whether there are more than were asked for.
    package let isCut: Bool
}
