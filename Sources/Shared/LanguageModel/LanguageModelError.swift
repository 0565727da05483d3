/// A model that did not answer.
///
/// Carries nothing of the prompt, the answer or the key: vendors repeat all three in their messages, so of those only a
/// short token such as `insufficient_quota` is kept.
package struct LanguageModelError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// The endpoint could not be reached, or the connection broke before the first word.
        case connectFailed
        /// No first word, no next word, or no end within the deadline.
        case timedOut
        /// 429: too many requests or tokens for now.
        case rateLimited
        /// The account has nothing left to spend: waiting does not help.
        case quotaExhausted
        /// 5xx, or an error object in the stream that names no cause of ours.
        case serverFailed
        /// 401 or 403: the key is wrong or lacks the right.
        case unauthorised
        /// 404: no such model or path.
        case notFound
        /// The messages are longer than the model reads.
        case contextTooLong
        /// The vendor's filter refused the request.
        case refused
        /// Any other 4xx, or a configuration that cannot be a request.
        case invalidRequest
        /// The answer is no chat completion.
        case badResponse
        /// The answer exceeds the bound on its size.
        case tooLarge
        /// The stream ended without saying that the answer is complete.
        case truncated
        /// No model can be asked for now: those there are failed lately, or their limits are reached.
        case unavailable
        /// The calling task was cancelled.
        case cancelled
    }

    package let code: Code
    /// The model that was asked.
    package let model: String
    /// HTTP status, where an answer came.
    package let status: Int?
    /// What the vendor calls it (`code`, else `type`) or which part of the transport failed: at most 64 characters of
    /// `[A-Za-z0-9_.-]`, empty if unknown.
    package let reason: String
    /// How long the vendor asks to wait before the next try.
    package let retryAfter: Duration?

    package init(
        code: Code,
        model: String,
        status: Int? = nil,
        reason: String = "",
        retryAfter: Duration? = nil
    ) {
        self.code = code
        self.model = model
        self.status = status
        self.reason = String(
            reason.unicodeScalars.lazy
                .filter { $0.isASCII && ($0.properties.isAlphabetic || "0123456789_.-".unicodeScalars.contains($0)) }
                .prefix(64)
                .map(Character.init)
        )
        self.retryAfter = retryAfter
    }

    /// Whether the same request may succeed later.
    package var isRetryable: Bool {
        switch code {
        case .connectFailed, .timedOut, .rateLimited, .serverFailed, .truncated, .badResponse, .unavailable: true
        case .quotaExhausted, .unauthorised, .notFound, .contextTooLong, .refused, .invalidRequest, .tooLarge,
            .cancelled:
            false
        }
    }

    /// The `reason` of a request that was not made, since the limits of the fleet left no room for it.
    static let ownLimit = "own_limit"

    /// Whether nobody was asked, as the limits of the fleet left no room.
    package var isOwnLimit: Bool { code == .rateLimited && reason == Self.ownLimit }

    package var description: String {
        var text = "LanguageModelError.\(code.rawValue) from \(model)"
        if let status { text += ", status \(status)" }
        if !reason.isEmpty { text += ", \(reason)" }
        return text
    }
}
