package import LanguageModel
package import Redis

/// The limits of models, counted in Redis for all workers: `assistant:quota:{<model>}:spent`, `…:leases` and `…:held`.
///
/// Of a request the estimate is taken at once and corrected by what it did cost, in the second in which it began. A place
/// among the concurrent requests is a lease: a killed worker's come back when they end. One round trip each.
package struct RedisModelQuota: ModelQuota {
    /// Longer than any pause between two tokens that a model is allowed.
    package static let defaultLifetime: Duration = .seconds(120)

    private let redis: RedisClient
    private let limits: [String: ModelLimits]
    private let lifetime: Duration
    private let newID: @Sendable () -> String

    /// - Parameters:
    ///   - redis: The client.
    ///   - limits: By the model's name here; a model that is missing has none.
    ///   - lifetime: How long a lease lasts without being renewed; more than the longest wait for a token.
    ///   - newID: Makes names of leases, each another.
    package init(
        redis: RedisClient,
        limits: [String: ModelLimits],
        lifetime: Duration = RedisModelQuota.defaultLifetime,
        newID: @escaping @Sendable () -> String = { String(UInt64.random(in: .min ... .max), radix: 36) }
    ) {
        self.redis = redis
        self.limits = limits.filter { !$0.value.isNone }
        self.lifetime = lifetime
        self.newID = newID
    }

    /// Throws `RedisError`. An estimate beyond the limit of a minute counts as the whole minute.
    package func reserve(tokens: Int, of model: String) async throws -> QuotaDecision {
        let limits = limits[model]
        let tokens = min(tokens, limits?.tokensPerMinute ?? .max)
        let lease = QuotaLease(id: newID(), model: model, tokens: tokens, lifetime: lifetime)
        guard let limits else { return .granted(lease) }
        let reply = try await redis.evaluate(
            QuotaScripts.reserve,
            keys: keys(of: model),
            arguments: [
                lease.id, tokens, limits.requestsPerMinute ?? 0, limits.tokensPerMinute ?? 0, limits.concurrency ?? 0,
                milliseconds,
            ]
        )
        guard let wait = reply.integer else { throw RedisError(.unexpectedReply, command: "model-quota-reserve") }
        return wait == 0 ? .granted(lease) : .wait(.milliseconds(wait))
    }

    /// Throws `RedisError`.
    package func renew(_ lease: QuotaLease) async throws {
        guard limits[lease.model] != nil else { return }
        _ = try await redis.evaluate(
            QuotaScripts.renew,
            keys: keys(of: lease.model),
            arguments: [lease.id, lease.tokens, milliseconds]
        )
    }

    /// Throws `RedisError`.
    package func settle(_ lease: QuotaLease, tokens: Int?) async throws {
        guard limits[lease.model] != nil else { return }
        _ = try await redis.evaluate(
            QuotaScripts.settle,
            keys: keys(of: lease.model),
            arguments: [lease.id, tokens ?? -1]
        )
    }

    private var milliseconds: Int { Int(lifetime / .milliseconds(1)) }

    func keys(of model: String) -> RedisArguments {
        let tag = redis.key("assistant:quota:{\(KeyPart.of(model))}:")
        return [tag + "spent", tag + "leases", tag + "held"]
    }
}

/// Text as a part of a key that decides the slot.
enum KeyPart {
    /// Without braces, which would end the tag.
    static func of(_ text: String) -> String {
        text.replacing("{", with: "(").replacing("}", with: ")")
    }
}
