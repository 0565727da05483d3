package import Feishu
package import JobQueue
package import LanguageModel

extension LanguageModelError: RetryAdvising {
    package var retryAdvice: RetryAdvice {
        // Cancelled without the job being so: the client was closed under it, as at a stop.
        guard isRetryable || code == .cancelled else { return .never }
        if isOwnLimit { return .putOff(spread(retryAfter ?? .seconds(1))) }
        return retryAfter.map { .after($0) } ?? .byPolicy
    }
}

extension FeishuError: RetryAdvising {
    /// What came when it was too much was not tried: it spends no attempt, so however many answers end in one minute, all
    /// of them come.
    package var retryAdvice: RetryAdvice {
        guard isRetryable || kind == .cancelled else { return .never }
        if kind == .rateLimited { return .putOff(spread(retryAfter ?? .seconds(1))) }
        return retryAfter.map { .after($0) } ?? .byPolicy
    }
}

/// Up to half as long again, so that not all that wait for one limit come back at once.
private func spread(_ delay: Duration) -> Duration { delay * Double.random(in: 1...1.5) }

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
