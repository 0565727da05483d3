import JobQueue

/// The bot is in a chat no more: what is being done for it ends, and what was said there, also in its threads, is
/// forgotten.
struct ChatEndHandler {
    let assistant: AssistantParts
    let context: JobContext

    func end(_ chatID: String, ofApp appID: String) async throws {
        let parts = try await assistant.conversations.parts(ofChat: chatID, inApp: appID)
        for conversation in [Conversation(appID: appID, chatID: chatID)] + parts {
            if let lane = OrderingKey(answering: conversation) {
                _ = try await context.cancelAll(of: lane, in: AnswerJob.queue)
            }
            try await assistant.conversations.beginAnew(conversation)
        }
        try await assistant.shelves.store.removeAll(from: Shelf(appID: appID, chatID: chatID))
        try await assistant.minutes.removeAll(ofChat: chatID, inApp: appID)
        try await assistant.autoMinutes.removeAll(ofChat: chatID, inApp: appID)
    }
}
