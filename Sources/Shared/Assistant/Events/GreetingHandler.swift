import Feishu
import JobQueue
import Logging

/// Says what the bot can do where it has just come to.
struct GreetingHandler {
    let assistant: AssistantParts
    let context: JobContext

    /// The bot was put into a group. Once a day at most, however often it is removed and added.
    func greet(group chatID: String, by openID: String?, ofApp appID: String) async throws {
        let settings = assistant.profiles.profiles.settings(appID: appID, chatID: chatID)
        guard settings.groupPolicy != .off else { return }
        let texts = AssistantTexts(settings.language)
        try await greet(texts.groupGreeting(settings.groupPolicy), in: chatID, ofApp: appID)
    }

    /// A person opened the chat with the bot for the first time.
    func greet(person openID: String?, in chatID: String, ofApp appID: String) async throws {
        let settings = assistant.profiles.profiles.settings(appID: appID, chatID: chatID)
        try await greet(AssistantTexts(settings.language).help, in: chatID, ofApp: appID)
    }

    /// Where the bot may not speak, or does not any more, nobody misses the greeting.
    private func greet(_ text: String, in chatID: String, ofApp appID: String) async throws {
        do {
            try await assistant.chat.say(
                .markdown(text),
                to: .chat(chatID),
                ofApp: appID,
                key: "greeting:\(chatID)"
            )
        } catch let error as FeishuError where !error.isRetryable && error.kind != .cancelled {
            context.logger.info("could not greet a chat", metadata: ["error": "\(error)"])
        }
    }
}
