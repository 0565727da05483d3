/// What a vendor allows an account for one model; nil is no limit.
package struct ModelLimits: Sendable, Equatable {
    /// Within any 60 seconds, to the second.
    package var requestsPerMinute: Int?
    /// Of questions and answers together, within any 60 seconds.
    package var tokensPerMinute: Int?
    /// Requests under way at once.
    package var concurrency: Int?

    package init(requestsPerMinute: Int? = nil, tokensPerMinute: Int? = nil, concurrency: Int? = nil) {
        self.requestsPerMinute = requestsPerMinute
        self.tokensPerMinute = tokensPerMinute
        self.concurrency = concurrency
    }

    var isNone: Bool { requestsPerMinute == nil && tokensPerMinute == nil && concurrency == nil }
}
