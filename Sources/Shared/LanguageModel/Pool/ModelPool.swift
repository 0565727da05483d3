package import Logging
package import Resilience

/// Several models as one: asks them in order until one begins to answer.
///
/// The next model is asked only while the reader has seen nothing: an answer that breaks off later fails, since two models
/// do not continue each other's sentences. A refusal or a request that no model would take goes on too, as vendors
/// differ in both; cancellation does not. A model whose circuit is open or whose limits are reached is passed over, and
/// where that leaves none, the request waits for a limit, a little.
package struct ModelPool: LanguageModel {
    package struct Configuration: Sendable {
        package var breaker: CircuitBreaker.Policy
        /// How long a request waits in all for limits of ours before it is told to come again.
        package var longestWait: Duration
        /// Tokens that an answer is taken to have where the request sets no bound.
        package var expectedAnswerTokens: Int

        package init(
            breaker: CircuitBreaker.Policy = .init(),
            longestWait: Duration = .seconds(20),
            expectedAnswerTokens: Int = 800
        ) {
            self.breaker = breaker
            self.longestWait = longestWait
            self.expectedAnswerTokens = expectedAnswerTokens
        }
    }

    /// In the order in which they are asked.
    let models: [any LanguageModel]
    let configuration: Configuration
    let quota: (any ModelQuota)?
    let board: HealthBoard
    let metrics: ModelMetrics
    let clock: any Clock<Duration>
    let logger: Logger

    /// `models` has one at least, each with a name of its own. Without `quota` there are no limits. What happens is counted
    /// in `metrics`, by default those of the process.
    package init(
        _ models: [any LanguageModel],
        configuration: Configuration = .init(),
        quota: (any ModelQuota)? = nil,
        metrics: ModelMetrics? = nil,
        logger: Logger,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        precondition(!models.isEmpty, "a pool needs a model")
        precondition(Set(models.map(\.name)).count == models.count, "two models of a pool have the same name")
        self.models = models
        self.configuration = configuration
        self.quota = quota
        self.metrics = metrics ?? ModelMetrics(models: models.map(\.name))
        self.logger = logger
        self.clock = clock
        board = HealthBoard(names: models.map(\.name), policy: configuration.breaker, clock: clock)
    }

    private init(_ pool: ModelPool, models: [any LanguageModel]) {
        self.models = models
        configuration = pool.configuration
        quota = pool.quota
        board = pool.board
        metrics = pool.metrics
        clock = pool.clock
        logger = pool.logger
    }

    /// That of the model that is asked first.
    package var name: String { models[0].name }
    package var answersOpenQuestions: Bool { models[0].answersOpenQuestions }
    package var readsImages: Bool { models.contains(where: \.readsImages) }

    /// What a person can choose from, in order.
    package var names: [String] { models.map(\.name) }

    /// The same pool with the model of this name asked first; nil where there is none. Case does not matter.
    package func model(named name: String) -> ModelPool? {
        let name = name.lowercased()
        guard let index = models.firstIndex(where: { $0.name.lowercased() == name }) else { return nil }
        return ModelPool(self, models: [models[index]] + models[..<index] + models[(index + 1)...])
    }

    /// How each model is doing, as far as this process knows.
    package var health: [ModelHealth] {
        models.map { ModelHealth(name: $0.name, circuit: board.state(of: $0.name)) }
    }

    /// Throws the last model's error once all have failed, or, when an earlier error can be retried and the last cannot,
    /// that earlier one. Where no model may be asked now it throws `unavailable` with the time to wait.
    package func stream(_ request: ChatRequest) async throws(LanguageModelError) -> ChatStream {
        let elapsed = clock.stopwatch()
        let tokens = tokens(of: request)
        while true {
            var round = Round()
            for model in candidates(for: request) {
                if Task.isCancelled { throw LanguageModelError(code: .cancelled, model: name) }
                if let stream = try await ask(model, request, tokens: tokens, in: &round) { return stream }
            }
            if let failure = round.failure { throw failure }
            let wait = round.wait ?? .seconds(1)
            guard round.isLimited, elapsed() + wait <= configuration.longestWait else {
                throw LanguageModelError(
                    code: round.isLimited ? .rateLimited : .unavailable,
                    model: name,
                    reason: round.isLimited ? LanguageModelError.ownLimit : "circuit_open",
                    retryAfter: wait
                )
            }
            do {
                try await clock.sleep(for: wait)
            } catch {
                throw LanguageModelError(code: .cancelled, model: name)
            }
        }
    }

    /// What asking each model once has come to.
    private struct Round {
        var failure: LanguageModelError?
        /// Until the first model that was passed over may be asked.
        var wait: Duration?
        /// Whether a limit, and not a circuit alone, stood in the way.
        var isLimited = false

        mutating func passedOver(for duration: Duration, limited: Bool) {
            wait = min(wait ?? duration, duration)
            isLimited = isLimited || limited
        }

        mutating func failed(_ error: LanguageModelError) {
            guard let earlier = failure, earlier.isRetryable, !error.isRetryable else {
                failure = error
                return
            }
        }
    }

    /// One model's answer; nil where it has none, which `round` then knows of. Throws only when cancelled.
    private func ask(
        _ model: any LanguageModel,
        _ request: ChatRequest,
        tokens: Int,
        in round: inout Round
    ) async throws(LanguageModelError) -> ChatStream? {
        let admission = board.admit(model.name)
        if case .refused(let wait) = admission {
            round.passedOver(for: wait, limited: false)
            return nil
        }
        let lease: QuotaLease?
        switch await reserve(tokens, of: model) {
        case .granted(let granted): lease = granted
        case nil: lease = nil
        case .wait(let wait):
            board.abandoned(model.name, admission)
            round.passedOver(for: wait, limited: true)
            return nil
        }
        let turn = ModelTurn(model: model.name, admission: admission, lease: lease, pool: self)
        do {
            return turn.following(try await model.stream(request))
        } catch {
            await turn.ended(error)
            guard error.code != .cancelled else { throw error }
            logger.warning(
                "model failed before its first word",
                metadata: ["error": "\(error)", "model": "\(model.name)"]
            )
            round.failed(error)
            return nil
        }
    }

    /// Nil where there are no limits or they cannot be read: the vendor's own still hold.
    private func reserve(_ tokens: Int, of model: any LanguageModel) async -> QuotaDecision? {
        guard let quota else { return nil }
        do {
            return try await quota.reserve(tokens: tokens, of: model.name)
        } catch {
            logger.warning(
                "limits of a model could not be read, asking without",
                metadata: ["error": "\(error)", "model": "\(model.name)"]
            )
            return nil
        }
    }

    /// Those that see first, where there is something to see.
    private func candidates(for request: ChatRequest) -> [any LanguageModel] {
        guard request.hasImages else { return models }
        return models.filter(\.readsImages) + models.filter { !$0.readsImages }
    }

    /// What the request and its answer are likely to cost.
    private func tokens(of request: ChatRequest) -> Int {
        let answer = min(request.maximumTokens ?? .max, configuration.expectedAnswerTokens)
        return TokenEstimate.tokens(in: request) + answer
    }
}
