package import JobQueue
import LanguageModel
import Logging

/// Asks the model what somebody asked, and answers the message.
///
/// Safe to run twice: the answer goes out under a key derived from the task, so a redelivery adds nothing visible.
package struct AnswerJob: Job, MessageStep {
    package static let name: TaskName = "assistant.answer"
    package static let queue: QueueName = "interactive"
    /// Longer than the model's own total deadline.
    package static let timeLimit: Duration = .seconds(900)
    package static let retry: RetryPolicy = .exponential(base: .seconds(2), cap: .seconds(60), maximumRetries: 4)

    package struct Arguments: Codable, Sendable, MessageStepArguments {
        package let target: ReplyTarget
        /// What was asked, mentions by name; empty asks for help.
        package let text: String

        package init(target: ReplyTarget, text: String) {
            self.target = target
            self.text = text
        }
    }

    let model: any LanguageModel
    let voice: Voice

    package func run(_ arguments: Arguments, in context: JobContext) async throws -> NoOutput {
        try await voice.reply(to: arguments.target, whoWrote: arguments.text, in: context) { texts in
            if arguments.text.isEmpty || Self.helpWords.contains(arguments.text.lowercased()) {
                return .markdown(texts.help)
            }
            let completion = try await model.complete(
                ChatRequest(messages: [.system(texts.systemPrompt), .user(arguments.text)])
            )
            return .markdown(try answer(completion, texts))
        }
        return NoOutput()
    }

    private func answer(_ completion: ChatCompletion, _ texts: AssistantTexts) throws(LanguageModelError) -> String {
        guard completion.text.contains(where: { !$0.isWhitespace }) else {
            let filtered = completion.finish.reason == .contentFilter
            throw LanguageModelError(code: filtered ? .refused : .badResponse, model: completion.finish.model)
        }
        return completion.finish.reason == .length ? completion.text + "\n\n" + texts.answerWasCut : completion.text
    }

    private static let helpWords: Set = ["/help", "help", "帮助", "/帮助", "?", "？"]
}
