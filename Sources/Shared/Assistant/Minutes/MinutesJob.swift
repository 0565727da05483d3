package import JobQueue
package import LanguageModel
import Logging
import MeetingMinutes

/// Begins minutes of a transcript that somebody sent.
///
/// What is to be done then is a canvas that takes its place: a task for each chunk, one that joins what they came to, one
/// that shows it. Safe to run twice: until that stands, all it does is to keep what was asked, and to show one card.
package struct MinutesJob: Job, MessageStep {
    package static let name: TaskName = "minutes.generate"
    package static let queue: QueueName = "minutes"
    package static let timeLimit: Duration = .seconds(600)
    package static let retry: RetryPolicy = .exponential(base: .seconds(2), cap: .seconds(120), maximumRetries: 4)

    package struct Arguments: Codable, Sendable, MessageStepArguments {
        package let target: ReplyTarget
        /// As pasted, without the command; empty asks how it goes.
        package let transcript: String
        /// Open id of who asked; nil in tasks of earlier versions.
        package let senderID: String?
        /// The template that was named; nil for the chat's.
        package let template: String?
        /// What they are wanted in; nil for the transcript's.
        package let language: WrittenLanguage?

        /// Whether it was in a group; nil in tasks of earlier versions.
        package let isGroup: Bool?

        package init(
            target: ReplyTarget,
            transcript: String,
            senderID: String? = nil,
            isGroup: Bool? = nil,
            template: String? = nil,
            language: WrittenLanguage? = nil
        ) {
            self.target = target
            self.transcript = transcript
            self.senderID = senderID
            self.isGroup = isGroup
            self.template = template
            self.language = language
        }

        enum CodingKeys: String, CodingKey {
            case target, transcript, template, language
            case senderID = "sender_id"
            case isGroup = "is_group"
        }
    }

    let assistant: AssistantParts

    package func run(_ arguments: Arguments, in context: JobContext) async throws -> NoOutput {
        let request = MinutesRequest(
            appID: arguments.target.appID,
            target: arguments.target,
            chatID: arguments.target.chatID,
            isGroup: arguments.isGroup,
            senderID: arguments.senderID,
            language: arguments.language,
            template: arguments.template
        )
        let start = MinutesStart(assistant: assistant, context: context)
        return try await start.telling(request, whoWrote: arguments.transcript) { texts in
            guard !TranscriptParser().parse(arguments.transcript).utterances.isEmpty else {
                try await start.place(request).show(.markdown(texts.minutesUsage), key: "answer")
                return NoOutput()
            }
            return try await start.begin(request, transcript: arguments.transcript)
        }
    }
}
