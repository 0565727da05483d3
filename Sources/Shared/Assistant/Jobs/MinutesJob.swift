package import JobQueue
import LanguageModel
import Logging
import MeetingMinutes

/// Turns a pasted transcript into minutes and answers the message with them.
///
/// With a model, it asks that; when the model fails for good, when nothing may be spent any more, and without one, by
/// extraction: minutes always come. Safe to run twice: what the model said to each part is in the task's journal.
package struct MinutesJob: Job, MessageStep {
    package static let name: TaskName = "minutes.generate"
    package static let queue: QueueName = "minutes"
    package static let timeLimit: Duration = .seconds(3_600)
    package static let retry: RetryPolicy = .exponential(base: .seconds(2), cap: .seconds(120), maximumRetries: 4)

    package struct Arguments: Codable, Sendable, MessageStepArguments {
        package let target: ReplyTarget
        /// As pasted, without the command; empty asks how it goes.
        package let transcript: String
        /// Open id of who asked; nil in tasks of earlier versions.
        package let senderID: String?

        package init(target: ReplyTarget, transcript: String, senderID: String? = nil) {
            self.target = target
            self.transcript = transcript
            self.senderID = senderID
        }

        enum CodingKeys: String, CodingKey {
            case target, transcript
            case senderID = "sender_id"
        }
    }

    let assistant: AssistantParts

    private var model: ModelPool { assistant.models }

    package func run(_ arguments: Arguments, in context: JobContext) async throws -> NoOutput {
        try await assistant.sign.staying(on: arguments.target, until: context) {
            try await answer(arguments, in: context)
        }
        return NoOutput()
    }

    private func answer(_ arguments: Arguments, in context: JobContext) async throws {
        try await Voice(assistant: assistant).reply(to: arguments.target, whoWrote: arguments.transcript, in: context) {
            texts in
            let transcript = TranscriptParser().parse(arguments.transcript)
            guard !transcript.utterances.isEmpty else { return .markdown(texts.minutesUsage) }
            let document = try await document(of: transcript, arguments, in: context)
            return .markdown(AnswerLinks.disclosed(document.markdown), title: document.title)
        }
    }

    private func document(
        of transcript: Transcript,
        _ arguments: Arguments,
        in context: JobContext
    ) async throws -> MinutesDocument {
        guard model.answersOpenQuestions else {
            return MinutesDocument(MinutesExtractor().minutes(of: transcript), of: transcript)
        }
        do {
            let writer = MinutesWriter(model: model, logger: context.logger) { request, part in
                try await ask(request, part, arguments, in: context)
            }
            return MinutesDocument(try await writer.minutes(of: transcript), of: transcript)
        } catch let error as LanguageModelError where error.code != .cancelled && context.isFinal(error) {
            context.logger.error("model failed, extracting the minutes", metadata: ["error": "\(error)"])
            return MinutesDocument(MinutesExtractor().minutes(of: transcript), of: transcript, without: .failed)
        } catch let error as BudgetExceeded {
            context.logger.info("a budget is spent, extracting the minutes", metadata: ["error": "\(error)"])
            return MinutesDocument(MinutesExtractor().minutes(of: transcript), of: transcript, without: .budgetSpent)
        }
    }

    /// Asks about one part, once however often the job runs, at the expense of who wants the minutes.
    private func ask(
        _ request: ChatRequest,
        _ part: Int,
        _ arguments: Arguments,
        in context: JobContext
    ) async throws -> ChatCompletion {
        let target = arguments.target
        let account = UsageAccount(appID: target.appID, userID: arguments.senderID, chatID: target.chatID)
        return try await context.step("part:\(part)") {
            try await assistant.usage.admit(account)
            return try await assistant.usage.completion(
                of: request,
                by: model,
                for: account,
                key: "\(context.taskID):\(part)"
            )
        }
    }
}
