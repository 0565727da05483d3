import Cryptography
package import JSON

/// Feishu's API for one app: authorised calls, with a token renewed and short waits taken care of.
package final class FeishuClient: Sendable {
    package let app: FeishuApp
    let endpoint: FeishuEndpoint
    let tokens: TenantAccessTokens
    /// Rate limits are waited for as long as all waits of one call stay within this; longer ones are thrown.
    let patience: Duration
    private let wait: @Sendable (Duration) async throws -> Void

    /// `patience` is how long one call may wait for rate limits in all; `wait` waits, and throws when the task is
    /// cancelled.
    package init(
        app: FeishuApp,
        endpoint: FeishuEndpoint,
        tokens: TenantAccessTokens,
        patience: Duration = .seconds(3),
        wait: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.app = app
        self.endpoint = endpoint
        self.tokens = tokens
        self.patience = patience
        self.wait = wait
    }

    /// Makes an authorised call and returns the whole envelope of its success.
    ///
    /// A token that Feishu no longer takes is renewed and the call made once more. A rate limit is waited for, with up
    /// to half as much again so that not all come back at once. Neither means that Feishu acted twice: what it refuses
    /// so, it did not do.
    ///
    /// - Throws: A `FeishuError`, whose `isRetryable` and `retryAfter` tell a job when to try again.
    package func call(_ request: FeishuRequest) async throws(FeishuError) -> JSONValue {
        var waited = Duration.zero
        var hasRenewed = false
        while true {
            let token = try await tokens.token()
            do {
                return try await endpoint.exchange(request, token: token.value)
            } catch  where error.kind == .token && !hasRenewed {
                hasRenewed = true
                await tokens.invalidate(token)
            } catch  where error.kind == .rateLimited {
                let pause = max(error.retryAfter ?? .zero, .milliseconds(200)) * Double.random(in: 1...1.5)
                guard waited + pause <= patience else { throw error }
                waited += pause
                do {
                    try await wait(pause)
                } catch {
                    throw FeishuError(kind: .cancelled, message: "cancelled while waiting for a rate limit")
                }
            }
        }
    }
}
