import JSON

extension AssistantParts {
    /// Whether an event may call plugins: as for messages, the lists of who may use the assistant have its person or its
    /// chat, its group is one that the assistant speaks in, and no bot is behind it, which would make loops.
    ///
    /// Where there are lists, an event that names neither a person nor a chat calls none.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - appID: Whose event it is.
    /// - Returns: Whether plugins may be told of it.
    /// - Throws: Errors of the chat platform, where departments count, and of Redis, where groups are off.
    func servesPlugins(on event: AutomationEvent, ofApp appID: String) async throws -> Bool {
        guard !event.isByBot, try await admits(event.personID, in: event.chatID, ofApp: appID) else { return false }
        guard let chatID = event.chatID, !event.isOfDirectChat,
            profiles.profiles.settings(appID: appID, chatID: chatID).groupPolicy == .off
        else { return true }
        // Most events do not say of which kind their chat is.
        guard let person = event.personID else { return false }
        return try await messages.directChat(of: person, inApp: appID) == chatID
    }
}

extension AutomationEvent {
    private static let people = [
        "/event/sender/sender_id", "/event/operator/operator_id", "/event/operator/id", "/event/operator",
        "/event/operator_id", "/event/user", "/event/user_id", "/event",
    ]

    /// Who did it, by open id; nil where Feishu does not say.
    var personID: String? {
        Self.people.lazy.compactMap { text(at: "\($0)/open_id") }.first
    }

    /// Whether a bot wrote the message or put the emoji on it, be it this one or another.
    var isByBot: Bool {
        ["/event/sender/sender_type", "/event/operator_type"].contains { text(at: $0) == "app" }
    }

    /// Whether it is known to be of a chat of one person with the bot.
    var isOfDirectChat: Bool {
        text(at: "/event/message/chat_type") == "p2p" || type == "p2p_chat_create"
            || type == "im.chat.access_event.bot_p2p_chat_entered_v1"
    }

    private func text(at pointer: String) -> String? {
        JSONPointer(pointer)?.value(in: json)?.string.flatMap { $0.isEmpty ? nil : $0 }
    }
}
