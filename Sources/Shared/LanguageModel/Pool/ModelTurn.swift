import Logging
import NIOConcurrencyHelpers

/// One request to one model of a pool, from its admission to its end: tells the circuit and the limits how it went.
///
/// An answer that nobody reads to its end is ended by letting go of it.
final class ModelTurn: Sendable {
    private let model: String
    private let admission: CircuitBreaker.Admission
    private let pool: ModelPool
    private let lease: NIOLockedValueBox<QuotaLease?>
    /// When the lease was renewed last, since the turn began.
    private let renewed = NIOLockedValueBox(Duration.zero)
    private let elapsed: @Sendable () -> Duration

    init(model: String, admission: CircuitBreaker.Admission, lease: QuotaLease?, pool: ModelPool) {
        self.model = model
        self.admission = admission
        self.pool = pool
        self.lease = NIOLockedValueBox(lease)
        elapsed = pool.clock.stopwatch()
    }

    deinit {
        guard let quota = pool.quota, let lease = lease.withLockedValue({ $0 }) else { return }
        let logger = pool.logger
        // Whoever lets go of a stream cannot be made to wait; where this is lost the lease ends by itself.
        Task {
            do { try await quota.settle(lease, tokens: nil) } catch {
                logger.debug("could not give back a share of a model", metadata: ["error": "\(error)"])
            }
        }
    }

    /// The stream of a model that has begun to answer, with its end told to the pool.
    func following(_ stream: ChatStream) -> ChatStream {
        pool.board.succeeded(model, admission)
        return ChatStream {
            var events = stream.makeAsyncIterator()
            return { () async throws(LanguageModelError) -> ChatEvent? in
                do throws(LanguageModelError) {
                    guard let event = try await events.next(isolation: #isolation) else { return nil }
                    if case .finished(let finish) = event {
                        await self.settle(tokens: finish.usage?.totalTokens)
                    } else {
                        await self.keep()
                    }
                    return event
                } catch {
                    await self.ended(error)
                    throw error
                }
            }
        }
    }

    /// The request failed, before its first word or after it.
    func ended(_ error: LanguageModelError) async {
        pool.board.failed(model, admission, with: error)
        await settle(tokens: nil)
    }

    private func settle(tokens: Int?) async {
        let lease = lease.withLockedValue { lease in
            defer { lease = nil }
            return lease
        }
        guard let lease, let quota = pool.quota else { return }
        do {
            try await quota.settle(lease, tokens: tokens)
        } catch {
            pool.logger.warning(
                "could not give back a share of a model",
                metadata: ["error": "\(error)", "model": "\(model)"]
            )
        }
    }

    /// Renews the lease while words come, three times in its lifetime.
    private func keep() async {
        guard let quota = pool.quota, let lease = lease.withLockedValue({ $0 }) else { return }
        let now = elapsed()
        let isDue = renewed.withLockedValue { renewed in
            guard now - renewed >= lease.lifetime / 3 else { return false }
            renewed = now
            return true
        }
        guard isDue else { return }
        do {
            try await quota.renew(lease)
        } catch {
            pool.logger.debug("could not renew a share of a model", metadata: ["error": "\(error)"])
        }
    }
}
