import Logging
import NIOConcurrencyHelpers
import Resilience

/// One request to one model of a pool, from its admission to its end: tells the circuit, the limits and the metrics how it
/// went.
///
/// An answer that nobody reads to its end is ended by letting go of it.
final class ModelTurn: Sendable {
    private struct State {
        var lease: QuotaLease?
        /// When the lease was renewed last, since the turn began.
        var renewed = Duration.zero
        var hasBegun = false
        var hasEnded = false
    }

    private let model: String
    private let admission: CircuitBreaker.Admission
    private let pool: ModelPool
    private let state: NIOLockedValueBox<State>
    private let elapsed: @Sendable () -> Duration

    init(model: String, admission: CircuitBreaker.Admission, lease: QuotaLease?, pool: ModelPool) {
        self.model = model
        self.admission = admission
        self.pool = pool
        state = NIOLockedValueBox(State(lease: lease))
        elapsed = pool.clock.stopwatch()
    }

    deinit {
        count(.abandoned)
        guard let quota = pool.quota, let lease = state.withLockedValue({ $0.lease }) else { return }
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
        state.withLockedValue { $0.hasBegun = true }
        pool.metrics.began(model, after: elapsed())
        return ChatStream {
            var events = stream.makeAsyncIterator()
            return { () async throws(LanguageModelError) -> ChatEvent? in
                do throws(LanguageModelError) {
                    guard let event = try await events.next(isolation: #isolation) else { return nil }
                    if case .finished(let finish) = event {
                        self.count(.answered)
                        if let usage = finish.usage { self.pool.metrics.used(usage, of: self.model) }
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
        count(.failed(error.code))
        await settle(tokens: nil)
    }

    /// Counts the first end.
    private func count(_ ending: ModelMetrics.Ending) {
        let (isFirst, hadBegun) = state.withLockedValue { state in
            defer { state.hasEnded = true }
            return (!state.hasEnded, state.hasBegun)
        }
        if isFirst { pool.metrics.ended(model, ending, hadBegun: hadBegun) }
    }

    private func settle(tokens: Int?) async {
        let lease = state.withLockedValue { state in
            defer { state.lease = nil }
            return state.lease
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
        guard let quota = pool.quota, let lease = leaseToRenew() else { return }
        do {
            try await quota.renew(lease)
        } catch {
            pool.logger.debug("could not renew a share of a model", metadata: ["error": "\(error)"])
        }
    }

    /// The lease, where it is time to renew it.
    private func leaseToRenew() -> QuotaLease? {
        let now = elapsed()
        return state.withLockedValue { state in
            guard let lease = state.lease, now - state.renewed >= lease.lifetime / 3 else { return nil }
            state.renewed = now
            return lease
        }
    }
}
