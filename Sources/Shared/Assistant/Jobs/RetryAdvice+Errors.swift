package import Feishu
package import JobQueue
package import LanguageModel

extension LanguageModelError: RetryAdvising {
    package var retryAdvice: RetryAdvice {
        // Cancelled without the job being so: the client was closed under it, as at a stop.
        guard isRetryable || code == .cancelled else { return .never }
        return retryAfter.map { .after($0) } ?? .byPolicy
    }
}

extension FeishuError: RetryAdvising {
    package var retryAdvice: RetryAdvice {
        guard isRetryable || kind == .cancelled else { return .never }
        return retryAfter.map { .after($0) } ?? .byPolicy
    }
}

extension BudgetExceeded: RetryAdvising, Told {
    package var retryAdvice: RetryAdvice { .never }
}

extension UnknownApp: RetryAdvising {
    var retryAdvice: RetryAdvice { .never }
}

extension JobContext {
    /// Whether an error that the job throws now ends it.
    func isFinal(_ error: any Error) -> Bool {
        switch (error as? any RetryAdvising)?.retryAdvice ?? .byPolicy {
        case .never: true
        case .putOff, .rest: false
        case .after, .byPolicy: retriesLeft == 0
        }
    }
}
