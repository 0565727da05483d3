package import Cryptography
import JSON
package import Logging

/// The tenant access token of one app, shared by all workers through a store.
///
/// A token lives two hours at most, and Feishu issues a new one only in the last 30 minutes of the old, which then stay
/// valid together. So it is renewed at a random point 25 to 20 minutes before its end, by the one worker that wins the
/// claim; all others, and all other calls in this process, go on with the old one meanwhile. Without the store (Redis
/// away) each process gets its own token, and work goes on.
package actor TenantAccessTokens {
    /// How long a won claim keeps others from renewing: longer than asking for a token takes.
    static let claimDuration: Duration = .seconds(40)
    /// How long to go on with the old token while somebody else renews it, or after renewing failed.
    static let recheckInterval: Duration = .seconds(10)
    /// How often, and for how long each, to look whether another worker has got the first token.
    static let polls = 15
    static let pollInterval: Duration = .milliseconds(200)

    /// A token and what is known about its end, on the monotonic clock.
    private struct Held {
        let token: Secret
        /// As stored; nil if storing failed.
        let sealed: String?
        var renewAt: ContinuousClock.Instant
        /// From here on it may expire on its way to Feishu.
        let endsAt: ContinuousClock.Instant
    }

    private let app: FeishuApp
    private let endpoint: FeishuEndpoint
    private let store: any TokenStore
    private let seal: TokenSeal
    private let logger: Logger
    private let now: @Sendable () -> ContinuousClock.Instant
    /// Tells this process's claims from others'.
    private let claimant = Hex.encode(RandomBytes.generate(count: 8))
    private var held: Held?
    /// The renewal on its way, which all callers without a usable token share. It is a task of its own so that a
    /// cancelled caller does not take it from the others; its requests' deadlines end it.
    private var renewal: Task<Result<Secret, FeishuError>, Never>?

    /// `now` reads the monotonic clock.
    package init(
        app: FeishuApp,
        endpoint: FeishuEndpoint,
        store: any TokenStore,
        logger: Logger,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.app = app
        self.endpoint = endpoint
        self.store = store
        self.logger = logger
        self.now = now
        seal = TokenSeal(app: app)
    }

    /// A token that is valid for at least as long as a call takes.
    ///
    /// - Throws: What Feishu answered, only if there is no usable token at all.
    package func token() async throws(FeishuError) -> Secret {
        if let held, now() < held.endsAt, now() < held.renewAt || renewal != nil { return held.token }
        let running = renewal ?? Task { await self.renew() }
        renewal = running
        return try await running.value.get()
    }

    /// Forgets a token that Feishu refused, here and in the store, unless a newer one has taken its place.
    package func invalidate(_ token: Secret) async {
        guard let refused = held, refused.token == token else { return }
        held = nil
        guard let sealed = refused.sealed else { return }
        do {
            try await store.discard(sealed, appID: app.appID)
        } catch {
            logStoreFailure(error)
        }
    }

    /// Finds a fresh token in the store or asks Feishu for it, and ends the renewal.
    private func renew() async -> Result<Secret, FeishuError> {
        defer { renewal = nil }
        let stored = await load()
        if let stored, now() < stored.renewAt {
            held = stored
            return .success(stored.token)
        }
        if let usable = stored ?? held, now() < usable.endsAt { return await renewUsable(usable) }
        if await !claim() {
            // Another worker is asking for the first token of all: its answer will be in the store in a moment.
            for _ in 0..<Self.polls {
                try? await Task.sleep(for: Self.pollInterval)  // never cancelled: the task is this actor's own
                guard let stored = await load(), now() < stored.endsAt else { continue }
                held = stored
                return .success(stored.token)
            }
        }
        return await fetch()
    }

    /// Renews a token that still works: only with the claim, and without harm if it fails.
    private func renewUsable(_ old: Held) async -> Result<Secret, FeishuError> {
        held = old
        if await claim() {
            switch await fetch() {
            case .success(let token): return .success(token)
            case .failure(let error):
                logger.warning(
                    "renewing the tenant access token failed, the old one goes on",
                    metadata: [
                        "app_id": "\(app.appID)", "error": "\(error)",
                    ]
                )
            }
        }
        held?.renewAt = now() + Self.recheckInterval
        return .success(old.token)
    }

    /// Asks Feishu (`POST /auth/v3/tenant_access_token/internal`) and stores the answer.
    private func fetch() async -> Result<Secret, FeishuError> {
        let asked = now()
        let request = FeishuRequest(
            "POST",
            "auth",
            "v3",
            "tenant_access_token",
            "internal",
            body: ["app_id": .string(app.appID), "app_secret": .string(app.appSecret.value)]
        )
        do throws(FeishuError) {
            let answer = try await endpoint.exchange(request, token: nil)
            guard let text = answer["tenant_access_token"]?.nonEmpty, let lifetime = answer["expire"]?.lenientInteger,
                (1...86_400).contains(lifetime)
            else { throw FeishuError(kind: .badResponse, message: "a token answer without a token or its lifetime") }
            let token = Secret(text)
            let sealed = await save(token, lifetime: lifetime, remaining: .seconds(lifetime) - (now() - asked))
            held = makeHeld(token, sealed: sealed, lifetime: lifetime, expiresAt: asked + .seconds(lifetime))
            await release()
            return .success(token)
        } catch {
            return .failure(error)
        }
    }

    /// A quarter of the lifetime bounds the lead, so that short-lived tokens are not renewed at every call.
    private func makeHeld(
        _ token: Secret,
        sealed: String?,
        lifetime: Int64,
        expiresAt: ContinuousClock.Instant
    ) -> Held {
        let full = Duration.seconds(lifetime)
        let lead = min(.seconds(Int64.random(in: 1200...1500)), full / 4)
        return Held(
            token: token,
            sealed: sealed,
            renewAt: expiresAt - lead,
            endsAt: expiresAt - min(.seconds(60), full / 20)
        )
    }

    // MARK: The store, whose failures never stop the work

    private func load() async -> Held? {
        do {
            guard let stored = try await store.load(appID: app.appID), let opened = seal.open(stored.sealed) else {
                return nil
            }
            let expiresAt = now() + stored.remaining
            return makeHeld(opened.token, sealed: stored.sealed, lifetime: opened.lifetime, expiresAt: expiresAt)
        } catch {
            logStoreFailure(error)
            return nil
        }
    }

    private func save(_ token: Secret, lifetime: Int64, remaining: Duration) async -> String? {
        do {
            let sealed = try seal.seal(token, lifetime: lifetime)
            try await store.save(sealed, appID: app.appID, lifetime: remaining)
            return sealed
        } catch {
            logStoreFailure(error)
            return nil
        }
    }

    private func claim() async -> Bool {
        do {
            return try await store.claimRenewal(appID: app.appID, by: claimant, for: Self.claimDuration)
        } catch {
            logStoreFailure(error)
            return true
        }
    }

    /// After a success only: a claim that is left to expire keeps a failing fleet from asking too often.
    private func release() async {
        do {
            try await store.releaseRenewal(appID: app.appID, by: claimant)
        } catch {
            logStoreFailure(error)
        }
    }

    private func logStoreFailure(_ error: any Error) {
        logger.warning(
            "the token store failed, going on without it",
            metadata: [
                "app_id": "\(app.appID)", "error": "\(error)",
            ]
        )
    }
}
