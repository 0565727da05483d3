import FoundationEssentials
package import JobQueue
import LanguageModel
import Logging

/// Asks the model what somebody asked, and shows its answer as it is written.
///
/// What waits for the same conversation when it begins becomes part of the same turn. Safe to run twice: a finished
/// answer of the model is in the task's journal, the card goes on where it is, and nothing is said twice.
package struct AnswerJob: Job, MessageStep {
    package static let name: TaskName = "assistant.answer"
    package static let queue: QueueName = "interactive"
    /// Longer than the model's own total deadline.
    package static let timeLimit: Duration = .seconds(900)
    package static let retry: RetryPolicy = .exponential(base: .seconds(2), cap: .seconds(60), maximumRetries: 4)

    package struct Arguments: Codable, Sendable, Equatable, MessageStepArguments {
        package let target: ReplyTarget
        /// What was asked, mentions by name.
        package var text: String
        /// Nil in tasks of versions that knew no conversations.
        package var conversation: Conversation?
        /// Open id of who asked.
        package var senderID: String?
        /// When the message was written: milliseconds since 1970.
        package var askedAt: Int64?
        /// The message that this one answers, in short.
        package var quotedMessageID: String?
        /// The message at the top of the thread or of the replies that this one is in; nil where it answers that one.
        package var rootMessageID: String?
        /// Whether somebody wants another answer to a message that has one.
        package var isAgain: Bool?
        /// The task whose calls of tools the person has decided on.
        package var resumes: String?
        /// What they decided.
        package var isApproved: Bool?
        /// Whether several people talk there.
        package var isGroup: Bool?
        /// What came with the message; nil for nothing.
        package var attachments: [MessageAttachment]?

        package init(
            target: ReplyTarget,
            text: String,
            conversation: Conversation? = nil,
            senderID: String? = nil,
            askedAt: Int64? = nil,
            quotedMessageID: String? = nil,
            rootMessageID: String? = nil,
            isAgain: Bool? = nil,
            isGroup: Bool? = nil,
            attachments: [MessageAttachment]? = nil
        ) {
            self.target = target
            self.text = text
            self.conversation = conversation
            self.senderID = senderID
            self.askedAt = askedAt
            self.quotedMessageID = quotedMessageID
            self.rootMessageID = rootMessageID
            self.isAgain = isAgain
            self.isGroup = isGroup
            self.attachments = attachments
        }

        enum CodingKeys: String, CodingKey {
            case target, text, conversation, attachments, resumes
            case isApproved = "approved"
            case senderID = "sender_id"
            case askedAt = "asked_at"
            case quotedMessageID = "quoted_message_id"
            case rootMessageID = "root_message_id"
            case isAgain = "again"
            case isGroup = "group"
        }

        /// The conversation, or the one that a task of an earlier version must mean.
        var place: Conversation {
            conversation ?? Conversation(appID: target.appID, chatID: target.chatID ?? target.messageID)
        }
    }

    let assistant: AssistantParts

    package func run(_ arguments: Arguments, in context: JobContext) async throws -> NoOutput {
        try await Answering(assistant: assistant, arguments: arguments, context: context).run()
        return NoOutput()
    }
}
