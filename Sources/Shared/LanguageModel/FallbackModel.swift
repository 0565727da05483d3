package import Logging

/// Asks models in order until one begins to answer.
///
/// The next model is asked only while the reader has seen nothing: an answer that breaks off later fails, since two models
/// do not continue each other's sentences. A refusal or a request that no model would take goes on too, as vendors
/// differ in both; cancellation does not.
package struct FallbackModel: LanguageModel {
    private let first: any LanguageModel
    private let rest: [any LanguageModel]
    private let logger: Logger

    /// Those in `rest` are asked in their order after `first`.
    package init(_ first: any LanguageModel, then rest: [any LanguageModel], logger: Logger) {
        self.first = first
        self.rest = rest
        self.logger = logger
    }

    package var name: String { first.name }
    package var answersOpenQuestions: Bool { first.answersOpenQuestions }

    /// Throws the last model's error once all have failed, or, when an earlier error can be retried and the last cannot,
    /// that earlier one.
    package func stream(_ request: ChatRequest) async throws(LanguageModelError) -> ChatStream {
        var failure: LanguageModelError
        do {
            return try await first.stream(request)
        } catch {
            failure = error
        }
        for model in rest {
            guard failure.code != .cancelled, !Task.isCancelled else { throw failure }
            logger.warning(
                "model failed before its first word, asking the next",
                metadata: ["error": "\(failure)", "next_model": "\(model.name)"]
            )
            do {
                return try await model.stream(request)
            } catch {
                if error.code == .cancelled || error.isRetryable || !failure.isRetryable { failure = error }
            }
        }
        throw failure
    }
}
