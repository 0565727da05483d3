import Cryptography
package import JSON

/// Feishu's API for one app: authorised calls, within Feishu's limits, with a token renewed and short waits taken care of.
package final class FeishuClient: Sendable {
    package let app: FeishuApp
    let endpoint: FeishuEndpoint
    let tokens: TenantAccessTokens
    private let governor: any CallGovernor
    private let metrics: FeishuMetrics
    /// Slots and rate limits are waited for as long as all waits of one call stay within this; longer ones are thrown.
    let patience: Duration
    private let wait: @Sendable (Duration) async throws -> Void
    private let now: @Sendable () -> ContinuousClock.Instant
    /// How many turns a call lets pass that it missed.
    private static let mostMissed = 3

    /// `governor` gives each call its turn among all processes of the app; without one only Feishu limits them.
    /// `patience` is how long one call may wait in all, for its turn and for rate limits. Calls are counted in `metrics`.
    /// `wait` waits, and throws when the task is cancelled; `now` tells how long that really was.
    package init(
        app: FeishuApp,
        endpoint: FeishuEndpoint,
        tokens: TenantAccessTokens,
        governor: any CallGovernor = UngovernedCalls(),
        patience: Duration = .seconds(3),
        metrics: FeishuMetrics = FeishuMetrics(),
        wait: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.app = app
        self.endpoint = endpoint
        self.tokens = tokens
        self.governor = governor
        self.patience = patience
        self.metrics = metrics
        self.wait = wait
        self.now = now
    }

    /// The calls of the app in this month, as far as this process knows; nil where they are not counted.
    package var monthlyUsage: MonthlyUsage? { governor.monthlyUsage }

    /// Makes an authorised call and returns the whole envelope of its success.
    ///
    /// It waits for its turn. A token that Feishu no longer takes is renewed and the call made once more. A rate limit
    /// is waited for, with up to half as much again so that not all come back at once. Neither means that Feishu acted
    /// twice: what it refuses so, it did not do. A sheddable call is not repeated after a rate limit.
    ///
    /// `patience` is how long it may wait in all, if not as long as the client's calls do.
    ///
    /// - Throws: A `FeishuError`, whose `isRetryable` and `retryAfter` tell a job when to try again: `.rateLimited` also
    ///   without a call where its turn would come too late, `.denied` where the month's calls are used up.
    package func call(_ request: FeishuRequest, patience: Duration? = nil) async throws(FeishuError) -> JSONValue {
        try await perform(request.governed, patience: patience) { token throws(FeishuError) in
            try await endpoint.exchange(request, token: token.value)
        }
    }

    /// Does an exchange with a token, at its turn, as ``call(_:patience:)`` does.
    ///
    /// What the exchange sends is only made when its turn has come: it can be what is current then.
    func perform<Answer>(
        _ call: GovernedCall,
        patience: Duration?,
        _ exchange: (_ token: Secret) async throws(FeishuError) -> Answer
    ) async throws(FeishuError) -> Answer {
        let patience = patience ?? self.patience
        var waited = Duration.zero
        var hasRenewed = false
        while true {
            waited += try await waitForTurn(call, within: patience - waited)
            let token = try await tokens.token()
            do {
                let answer = try await counted(call, token, exchange)
                if governor.monthlyUsage?.hasEnded == true { await governor.noteSuccess() }
                return answer
            } catch  where error.kind == .token && !hasRenewed {
                hasRenewed = true
                await tokens.invalidate(token)
            } catch  where error.kind == .rateLimited {
                await governor.note(error, of: call)
                let pause = max(error.retryAfter ?? .zero, .milliseconds(200)) * Double.random(in: 1...1.5)
                guard call.urgency == .required, waited + pause <= patience else { throw error }
                waited += pause
                try await pass(pause)
            } catch {
                if error.reason == .monthlyQuota { await governor.note(error, of: call) }
                throw error
            }
        }
    }

    /// Does an exchange, and counts how it ended.
    private func counted<Answer>(
        _ call: GovernedCall,
        _ token: Secret,
        _ exchange: (_ token: Secret) async throws(FeishuError) -> Answer
    ) async throws(FeishuError) -> Answer {
        let begun = ContinuousClock.now
        do {
            let answer = try await exchange(token)
            metrics.ended(call.api, .succeeded)
            metrics.took(.now - begun, for: call.api)
            return answer
        } catch {
            metrics.ended(call.api, .failed(error.kind))
            metrics.took(.now - begun, for: call.api)
            throw error
        }
    }

    /// Waits until the governor lets the call pass, and says how long that was.
    ///
    /// A turn that was missed, as this process stood still or the governor's answer took long, is not taken late: calls of
    /// several turns would come at once, and Feishu refuse them. It is given back for another, so that a process that is
    /// slow takes no more turns than it makes calls. After some it is taken, lest a slow machine never call.
    private func waitForTurn(_ call: GovernedCall, within patience: Duration) async throws(FeishuError) -> Duration {
        var waited = Duration.zero
        var missed: CallPlace?
        for attempt in 0... {
            let asked = now()
            let (pause, place) = try await turn(of: call, within: patience - waited, insteadOf: missed)
            let took = now() - asked
            waited += max(pause, took)
            if took - pause <= CallWindow.slack || attempt == Self.mostMissed { break }
            missed = place
        }
        return waited
    }

    /// Waits for one turn, and says how long that was to be and where it is counted.
    private func turn(
        of call: GovernedCall,
        within patience: Duration,
        insteadOf missed: CallPlace?
    ) async throws(FeishuError) -> (wait: Duration, place: CallPlace?) {
        let slot = await governor.reserve(call, within: max(patience, .zero), insteadOf: missed)
        if let usage = governor.monthlyUsage { metrics.note(usage, ofApp: app.appID) }
        switch slot {
        case .granted(let pause, let place):
            metrics.waited(pause, for: call.api)
            if pause > .zero { try await pass(pause) }
            return (pause, place)
        case .refused(let pause):
            metrics.ended(call.api, .late)
            throw FeishuError(kind: .rateLimited, message: "its turn would come too late", retryAfter: pause)
        case .monthEnded:
            metrics.ended(call.api, .monthEnded)
            throw FeishuError(kind: .denied, message: "the month's calls are used up", reason: .monthlyQuota)
        }
    }

    private func pass(_ pause: Duration) async throws(FeishuError) {
        do {
            try await wait(pause)
        } catch {
            throw FeishuError(kind: .cancelled, message: "cancelled while waiting for a rate limit")
        }
    }
}
