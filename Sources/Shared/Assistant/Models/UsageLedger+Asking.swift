import LanguageModel

extension UsageLedger {
    /// Asks a model outside of a conversation's answers, and enters what that cost, once under `key`.
    ///
    /// Does not look at budgets: whoever asks decides what a spent one means (`admit`).
    ///
    /// - Throws: `LanguageModelError`, and errors of the ledger.
    func completion(
        of request: ChatRequest,
        by model: any LanguageModel,
        for account: UsageAccount,
        key: String
    ) async throws -> ChatCompletion {
        let completion = try await model.complete(request)
        // The embedded stand-in costs nothing.
        guard model.answersOpenQuestions else { return completion }
        try await record(
            completion.usage(for: request),
            of: completion.finish.configuredModel,
            for: account,
            key: key
        )
        return completion
    }
}

extension ChatCompletion {
    /// What it cost: by the vendor's count, else by estimate.
    func usage(for request: ChatRequest) -> ChatUsage {
        finish.usage
            ?? ChatUsage(
                promptTokens: TokenEstimate.tokens(in: request),
                completionTokens: TokenEstimate.tokens(in: text)
            )
    }
}
