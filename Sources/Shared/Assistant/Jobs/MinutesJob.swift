package import JobQueue
import LanguageModel
import Logging

/// Turns a pasted transcript into minutes and answers the message with them.
///
/// With a model, it asks that; when the model fails for good, and without one, by extraction: minutes always come.
/// Safe to run twice, as `AnswerJob` is.
package struct MinutesJob: Job, MessageStep {
    package static let name: TaskName = "minutes.generate"
    package static let queue: QueueName = "minutes"
    package static let timeLimit: Duration = .seconds(3_600)
    package static let retry: RetryPolicy = .exponential(base: .seconds(2), cap: .seconds(120), maximumRetries: 4)

    package struct Arguments: Codable, Sendable, MessageStepArguments {
        package let target: ReplyTarget
        /// As pasted, without the command; empty asks how it goes.
        package let transcript: String

        package init(target: ReplyTarget, transcript: String) {
            self.target = target
            self.transcript = transcript
        }
    }

    let assistant: AssistantParts

    private var model: ModelPool { assistant.models }

    package func run(_ arguments: Arguments, in context: JobContext) async throws -> NoOutput {
        try await assistant.sign.staying(on: arguments.target, until: context) {
            try await reply(to: arguments, in: context)
        }
        return NoOutput()
    }

    private func reply(to arguments: Arguments, in context: JobContext) async throws {
        try await Voice(assistant: assistant).reply(to: arguments.target, whoWrote: arguments.transcript, in: context) {
            texts in
            let transcript = TranscriptParser().parse(arguments.transcript)
            guard !transcript.utterances.isEmpty else { return .markdown(texts.minutesUsage) }
            let document = try await document(of: transcript, in: context)
            return .markdown(AnswerLinks.disclosed(document.markdown), title: document.title)
        }
    }

    private func document(of transcript: Transcript, in context: JobContext) async throws -> MinutesDocument {
        guard model.answersOpenQuestions else {
            return MinutesDocument(MinutesExtractor().minutes(of: transcript), of: transcript)
        }
        do {
            let minutes = try await MinutesWriter(model: model, logger: context.logger).minutes(of: transcript)
            return MinutesDocument(minutes, of: transcript)
        } catch let error as LanguageModelError where error.code != .cancelled && context.isFinal(error) {
            context.logger.error("model failed, extracting the minutes", metadata: ["error": "\(error)"])
            return MinutesDocument(MinutesExtractor().minutes(of: transcript), of: transcript, modelFailed: true)
        }
    }
}
