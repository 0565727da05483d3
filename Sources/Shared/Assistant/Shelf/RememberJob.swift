import Documents
import Feishu
package import JobQueue
import Logging

/// Puts a file that somebody sent, or quotes, on the shelf of their chat.
///
/// Safe to run twice: a file takes the place of the one of its name.
package struct RememberJob: Job, MessageStep {
    package static let name: TaskName = "assistant.remember"
    package static let queue: QueueName = "background"
    package static let timeLimit: Duration = .seconds(300)
    package static let retry: RetryPolicy = .exponential(base: .seconds(2), cap: .seconds(60), maximumRetries: 4)

    package struct Arguments: Codable, Sendable, MessageStepArguments {
        package let target: ReplyTarget
        /// As written, which tells the language of the answer.
        package let text: String
        package let chatID: String
        /// Open id of who asks.
        package let senderID: String
        /// The message with the file; nil for the file that this person sent last.
        package let quotedMessageID: String?

        package init(target: ReplyTarget, text: String, chatID: String, senderID: String, quotedMessageID: String?) {
            self.target = target
            self.text = text
            self.chatID = chatID
            self.senderID = senderID
            self.quotedMessageID = quotedMessageID
        }

        enum CodingKeys: String, CodingKey {
            case target, text
            case chatID = "chat_id"
            case senderID = "sender_id"
            case quotedMessageID = "quoted_message_id"
        }

        var shelf: Shelf { Shelf(appID: target.appID, chatID: chatID) }
    }

    let assistant: AssistantParts

    package func run(_ arguments: Arguments, in context: JobContext) async throws -> NoOutput {
        try await assistant.sign.staying(on: arguments.target, until: context) {
            try await Voice(assistant: assistant).reply(to: arguments.target, whoWrote: arguments.text, in: context) {
                texts in
                .markdown(try await answer(arguments, texts, context))
            }
        }
        return NoOutput()
    }

    private func answer(
        _ arguments: Arguments,
        _ texts: AssistantTexts,
        _ context: JobContext
    ) async throws -> String {
        guard let file = try await file(arguments) else { return texts.rememberUsage }
        let name = file.attachment.name ?? texts.namelessFile
        let document: ReadDocument
        do {
            let bytes = try await assistant.download(
                file.attachment,
                of: file.messageID,
                inApp: arguments.target.appID,
                logger: context.logger
            )
            document = try await assistant.documents.text(of: bytes, name: name)
        } catch let error as any Told where context.isFinal(error) {
            return texts.failure(error, reference: context.taskID.rawValue)
        }
        let store = assistant.shelves.store
        let keeping = try await store.keep(document.text, named: name, from: file.messageID, on: arguments.shelf)
        return switch keeping {
        case .kept: texts.remembered(name, for: store.bounds.life, wasCut: document.wasCut)
        case .tooMany: texts.shelfHasTooMany(store.bounds.documents)
        case .tooLarge: texts.shelfIsFull
        }
    }

    /// The file that is meant; nil where there is none.
    private func file(_ arguments: Arguments) async throws -> SentFile? {
        let appID = arguments.target.appID
        if let id = arguments.quotedMessageID {
            let quoted = try await assistant.chat.currentMessage(id, ofApp: appID)
            return quoted?.attachments.first { $0.kind == .file }.map { SentFile(messageID: id, attachment: $0) }
        }
        return try await assistant.shelves.store.lastSent(by: arguments.senderID, on: arguments.shelf)
    }
}
