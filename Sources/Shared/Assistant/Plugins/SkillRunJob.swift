package import JobQueue
import Plugins

/// Calls a plugin and says what it answers.
///
/// Safe to run twice: the answer is in the task's journal before anything is said, and what is said has a key.
package struct SkillRunJob: Job {
    package static let name: TaskName = "skill.run"
    package static let queue: QueueName = "interactive"
    /// Longer than the longest call that a manifest may allow, with what comes before and after it.
    package static let timeLimit: Duration = .seconds(480)
    package static let retry: RetryPolicy = .exponential(base: .seconds(2), cap: .seconds(30), maximumRetries: 3)

    package struct Arguments: Codable, Sendable, Equatable {
        /// A plugin's name.
        package let plugin: String
        package var cause: SkillCause
        /// What follows the command; for everything else the whole text.
        package var content = ""
        package let appID: String
        /// Nil for what happens in no chat.
        package var chatID: String?
        /// The message that set it off; nil for events and times.
        package var message: Message?
        /// Nil where no person is behind it.
        package var senderID: String?
        package var conversation: Conversation?
        package var mentions: [Person]?
        package var attachments: [MessageAttachment]?
        /// Whether the person has agreed to a sensitive one.
        package var isApproved: Bool?
        /// How many calls this one follows from that the plugin asked for.
        package var depth: Int?

        /// - Parameters:
        ///   - plugin: The plugin.
        ///   - cause: Why it is called.
        ///   - appID: The app that answers.
        ///   - chatID: Where.
        init(plugin: PluginName, cause: SkillCause, appID: String, chatID: String?) {
            self.plugin = plugin.rawValue
            self.cause = cause
            self.appID = appID
            self.chatID = chatID
        }

        enum CodingKeys: String, CodingKey {
            case plugin, cause, content, message, conversation, mentions, attachments, depth
            case appID = "app_id"
            case chatID = "chat_id"
            case senderID = "sender_id"
            case isApproved = "approved"
        }
    }

    /// The message that set a plugin off.
    package struct Message: Codable, Sendable, Equatable {
        package let target: ReplyTarget
        /// As on the wire, such as `text`.
        package let type: String
        package let text: String
        /// Milliseconds since 1970.
        package let createdAt: Int64
        package let isGroup: Bool
        package let threadID: String?

        enum CodingKeys: String, CodingKey {
            case target, type, text
            case createdAt = "created_at"
            case isGroup = "group"
            case threadID = "thread_id"
        }
    }

    /// Somebody who is mentioned.
    package struct Person: Codable, Sendable, Equatable {
        package let openID: String
        package let name: String?

        enum CodingKeys: String, CodingKey {
            case name
            case openID = "open_id"
        }
    }

    let assistant: AssistantParts
    let plugins: PluginParts

    package func run(_ arguments: Arguments, in context: JobContext) async throws -> NoOutput {
        let run = SkillRun(assistant: assistant, plugins: plugins, arguments: arguments, context: context)
        guard let target = arguments.message?.target else {
            try await run.run()
            return NoOutput()
        }
        try await assistant.sign.staying(on: target, until: context) { try await run.run() }
        return NoOutput()
    }
}
