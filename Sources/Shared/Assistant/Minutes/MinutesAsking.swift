import JobQueue
import LanguageModel

/// Asks a model on the way to minutes: once however often the task runs, at the expense of who wants them.
struct MinutesAsking {
    let assistant: AssistantParts
    let context: JobContext

    /// - Parameters:
    ///   - request: The question.
    ///   - minutes: What it is asked for.
    ///   - step: Names it within the task.
    /// - Returns: What the model said, now or to an earlier attempt.
    /// - Throws: `LanguageModelError`, `BudgetExceeded`, errors of the ledger and of the journal.
    func completion(
        of request: ChatRequest,
        for minutes: MinutesRequest,
        step: String
    ) async throws -> ChatCompletion {
        let account = UsageAccount(
            appID: minutes.appID,
            userID: minutes.senderID,
            chatID: minutes.chatID
        )
        return try await context.step(step) {
            try await assistant.usage.admit(account)
            return try await assistant.usage.completion(
                of: request,
                by: assistant.models,
                for: account,
                key: "\(context.taskID):\(step)"
            )
        }
    }
}
