package import JobQueue
package import LanguageModel
import Logging
import MeetingMinutes

/// Begins minutes of a transcript that somebody sent, or of what they point to: a file, a recording, a message, a link.
///
/// What is to be done then is a canvas that takes its place: a task for each chunk, one that joins what they came to, one
/// that shows it. Safe to run twice: until that stands, all it does is to keep what was asked, to have speech written down
/// once, and to show one card. Where Feishu is still making the transcript it is put off, for hours if need be.
package struct MinutesJob: Job, MessageStep {
    package static let name: TaskName = "minutes.generate"
    package static let queue: QueueName = "minutes"
    package static let timeLimit: Duration = .seconds(600)
    package static let retry: RetryPolicy = .exponential(base: .seconds(2), cap: .seconds(120), maximumRetries: 4)

    package struct Arguments: Codable, Sendable, MessageStepArguments {
        package let target: ReplyTarget
        /// As pasted, without the command; where there is a source, the words beside it, which tell the language.
        package let transcript: String
        /// Open id of who asked; nil in tasks of earlier versions.
        package let senderID: String?
        /// The template that was named; nil for the chat's.
        package let template: String?
        /// What they are wanted in; nil for the transcript's.
        package let language: WrittenLanguage?
        /// Whether it was in a group; nil in tasks of earlier versions.
        package let isGroup: Bool?
        /// Where the transcript is; nil where it was pasted.
        package let source: MinutesSource?

        package init(
            target: ReplyTarget,
            transcript: String,
            senderID: String? = nil,
            isGroup: Bool? = nil,
            template: String? = nil,
            language: WrittenLanguage? = nil,
            source: MinutesSource? = nil
        ) {
            self.target = target
            self.transcript = transcript
            self.senderID = senderID
            self.isGroup = isGroup
            self.template = template
            self.language = language
            self.source = source
        }

        enum CodingKeys: String, CodingKey {
            case target, transcript, template, language, source
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
        let place = start.place(request)
        return try await start.telling(request, whoWrote: arguments.transcript) { texts in
            do {
                let found = try await transcript(arguments, request, texts, context) { words in
                    try await place.show(.text(words), key: "waiting")
                }
                return try await start.begin(found.request, transcript: found.text)
            } catch let absence as TranscriptAbsence {
                try await place.show(.markdown(texts.told(of: absence)), key: "answer")
            } catch let error as any Told where context.isFinal(error) {
                try await place.show(.text(texts.failure(error, reference: context.taskID.rawValue)), key: "answer")
            }
            return NoOutput()
        }
    }

    private func transcript(
        _ arguments: Arguments,
        _ request: MinutesRequest,
        _ texts: AssistantTexts,
        _ context: JobContext,
        tell: @escaping (_ words: String) async throws -> Void
    ) async throws -> FoundTranscript {
        guard let source = arguments.source else {
            return try FoundTranscript(arguments.transcript, for: request, orElse: .nothing)
        }
        let finder = TranscriptFinder(
            assistant: assistant,
            context: context,
            request: request,
            texts: texts,
            tell: tell
        )
        return try await finder.find(source)
    }
}
