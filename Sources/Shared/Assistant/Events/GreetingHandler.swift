import JobQueue

/// Says what the bot can do where it has just come to.
struct GreetingHandler {
    let assistant: AssistantParts
    let context: JobContext

    /// The bot was put into a group. Once a day at most, however often it is removed and added.
    func greet(group chatID: String, by openID: String?, ofApp appID: String) async throws {
        let settings = assistant.profiles.profiles.settings(appID: appID, chatID: chatID)
        guard settings.groupPolicy != .off else { return }
        let texts = AssistantTexts(settings.language)
        try await assistant.chat.say(
            .markdown(texts.groupGreeting(settings.groupPolicy)),
            to: .chat(chatID),
            ofApp: appID,
            key: "greeting:\(chatID)"
        )
    }

    /// A person opened the chat with the bot for the first time.
    func greet(person openID: String?, in chatID: String, ofApp appID: String) async throws {
        let settings = assistant.profiles.profiles.settings(appID: appID, chatID: chatID)
        try await assistant.chat.say(
            .markdown(AssistantTexts(settings.language).help),
            to: .chat(chatID),
            ofApp: appID,
            key: "greeting:\(chatID)"
        )
    }
}
