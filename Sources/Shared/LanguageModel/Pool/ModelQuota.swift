/// What the vendors of models allow an account, shared by everybody who asks: the port of ``ModelPool``.
package protocol ModelQuota: Sendable {
    /// Takes one request's share before it goes out, or says how long to wait. `tokens` is an estimate of what the request
    /// and its answer will cost.
    ///
    /// Throws where it cannot tell; then the request goes out all the same, since the vendor counts, too.
    func reserve(tokens: Int, of model: String) async throws -> QuotaDecision

    /// Keeps a lease that lasts longer; needed before `QuotaLease.lifetime` has passed, else its place under the limit of
    /// concurrent requests is another's.
    func renew(_ lease: QuotaLease) async throws

    /// Gives a lease back, with what the request did cost; nil leaves it at the estimate. A second time does nothing.
    func settle(_ lease: QuotaLease, tokens: Int?) async throws
}

package enum QuotaDecision: Sendable, Equatable {
    case granted(QuotaLease)
    /// Nothing was taken; after this long it may be.
    case wait(Duration)
}

/// One request's share of what a vendor allows.
package struct QuotaLease: Sendable, Equatable {
    package let id: String
    package let model: String
    /// What was reserved.
    package let tokens: Int
    /// Without a sign of life for so long it ends by itself.
    package let lifetime: Duration

    package init(id: String, model: String, tokens: Int, lifetime: Duration) {
        self.id = id
        self.model = model
        self.tokens = tokens
        self.lifetime = lifetime
    }
}
