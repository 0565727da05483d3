/// Does what `/minutes auto` asks, and says what it did.
///
/// Safe to run twice: on stays on, and off stays off.
struct AutoMinutesDesk {
    let store: RedisAutoMinutes
    let texts: AssistantTexts

    /// - Parameters:
    ///   - isOn: What is wanted; nil asks how it stands.
    ///   - account: Who wants it, and where.
    /// - Returns: Markdown.
    /// - Throws: `RedisError`.
    func perform(_ isOn: Bool?, for account: UsageAccount) async throws -> String {
        guard let personID = account.userID, let chatID = account.chatID else { return texts.minutesUsage }
        let subscription = AutoMinutesSubscription(personID: personID, chatID: chatID)
        switch isOn {
        case true?:
            let isKept = try await store.turnOn(subscription, inApp: account.appID)
            return isKept ? texts.autoMinutesOn : texts.autoMinutesTooMany(RedisAutoMinutes.most)
        case false?:
            try await store.turnOff(subscription, inApp: account.appID)
            return texts.autoMinutesOff
        case nil:
            let subscriptions = try await store.subscriptions(of: [personID], inApp: account.appID)
            return texts.autoMinutesState(isOn: subscriptions.contains(subscription))
        }
    }
}
