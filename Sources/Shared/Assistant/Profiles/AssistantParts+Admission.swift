extension AssistantParts {
    /// Whether somebody may use the assistant in a chat.
    ///
    /// - Parameters:
    ///   - userID: Open id; nil where that is not known.
    ///   - chatID: Where.
    ///   - appID: Of the bot.
    /// - Returns: Whether a list that is in force now has them, or there is none.
    /// - Throws: Errors of the platform, where departments count.
    func admits(_ userID: String?, in chatID: String?, ofApp appID: String) async throws -> Bool {
        let allowed = profiles.profiles.settings(appID: appID, chatID: chatID).allowed
        if allowed.isOpen || chatID.map({ allowed.chats.contains($0) }) ?? false { return true }
        guard let userID else { return false }
        if allowed.users.contains(userID) { return true }
        guard !allowed.departments.isEmpty else { return false }
        return try await !chat.departments(ofUser: userID, inApp: appID).isDisjoint(with: allowed.departments)
    }
}
