package import JobQueue
import LanguageModel

/// Puts a summary in the place of what the model is no longer told of a conversation.
///
/// Safe to run twice: the turns that it summarised are gone then.
package struct SummariseJob: Job {
    package static let name: TaskName = "assistant.summarise"
    package static let queue: QueueName = "background"
    package static let timeLimit: Duration = .seconds(300)
    package static let retry: RetryPolicy = .exponential(base: .seconds(5), cap: .seconds(60), maximumRetries: 2)

    package struct Arguments: Codable, Sendable {
        package let conversation: Conversation

        package init(conversation: Conversation) { self.conversation = conversation }
    }

    let assistant: AssistantParts

    package func run(_ arguments: Arguments, in context: JobContext) async throws -> NoOutput {
        let conversation = arguments.conversation
        let state = try await assistant.conversations.state(of: conversation)
        // Half of the window stays word for word, so that this happens seldom.
        let window = assistant.profiles.settings(for: conversation).historyTokens
        let kept = HistoryWindow(maximumTokens: window / 2).count(of: state.turns)
        let old = Array(state.turns.dropLast(kept))
        guard let first = old.first else { return NoOutput() }
        let summary = try await summary(of: old, after: state.summary, in: conversation, context)
        try await assistant.conversations.summarise(
            conversation,
            as: summary,
            inPlaceOf: old.count,
            from: first,
            session: state.session
        )
        return NoOutput()
    }

    /// Characters of what is summarised, and of the summary.
    private static let longest = (text: 60_000, summary: 2_000)

    private func summary(
        of turns: [ConversationTurn],
        after earlier: String?,
        in conversation: Conversation,
        _ context: JobContext
    ) async throws -> String {
        let said = turns.map { "\($0.name ?? $0.speaker.rawValue): \($0.text)" }
        let text = ([earlier].compactMap { $0 } + said).joined(separator: "\n")
        let shortened = String(text.suffix(Self.longest.text))
        guard assistant.models.answersOpenQuestions else {
            let bound = ExtractiveSummariser.Limit(sentences: 8, characters: Self.longest.summary)
            return ExtractiveSummariser().summary(of: shortened, atMost: bound).joined(separator: "\n")
        }
        let texts = assistant.texts(for: shortened)
        let request = ChatRequest(messages: [.system(texts.summaryPrompt), .user(shortened)], maximumTokens: 800)
        let completion = try await assistant.usage.completion(
            of: request,
            by: assistant.models,
            for: UsageAccount(appID: conversation.appID, userID: conversation.userID, chatID: conversation.chatID),
            key: "\(context.taskID)"
        )
        return String(completion.text.prefix(Self.longest.summary))
    }
}
