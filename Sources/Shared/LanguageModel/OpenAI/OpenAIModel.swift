import Cryptography
package import FoundationEssentials
package import HTTP
package import Logging

/// A model behind an OpenAI-compatible chat-completions endpoint.
///
/// Answers are streamed; a server that answers with one JSON document is read too. Until the first word, rate limits,
/// server errors and broken connections are tried again, after the pause the server asks for or else a random one that
/// grows (full jitter). After it, every failure is the caller's.
package struct OpenAIModel: LanguageModel {
    private let configuration: OpenAIConfiguration
    private let http: any HTTPTransport
    private let logger: Logger
    private let clock: any Clock<Duration>
    private let watch: DeadlineWatch
    private let now: @Sendable () -> Date
    private let random: @Sendable () -> Double

    /// `clock` measures deadlines and pauses, a date in `Retry-After` is read against `now`, and `random` draws pauses, from
    /// 0 to 1.
    package init(
        configuration: OpenAIConfiguration,
        http: any HTTPTransport,
        logger: Logger,
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> Date = { Date() },
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.configuration = configuration
        self.http = http
        self.logger = logger
        self.clock = clock
        watch = DeadlineWatch(clock: clock)
        self.now = now
        self.random = random
    }

    package var name: String { configuration.name }
    package var readsImages: Bool { configuration.readsImages }

    package func stream(_ request: ChatRequest) async throws(LanguageModelError) -> ChatStream {
        let elapsed = clock.stopwatch()
        let body = ChatCompletionRequest(
            model: configuration.model,
            request: request,
            readsImages: readsImages,
            tokenLimitField: configuration.tokenLimitField
        ).body
        var attempt = 1
        while true {
            do {
                return try await begin(body, elapsed: elapsed)
            } catch {
                guard let pause = pause(after: error, attempt: attempt, elapsed: elapsed()) else { throw error }
                logger.warning(
                    "model failed before its first word, trying again",
                    metadata: ["error": "\(error)", "attempt": "\(attempt)", "pause": "\(pause)"]
                )
                do {
                    try await clock.sleep(for: pause)
                } catch {
                    throw LanguageModelError(code: .cancelled, model: name)
                }
                attempt += 1
            }
        }
    }

    /// How long to wait before the next try; nil if there is none.
    private func pause(after error: LanguageModelError, attempt: Int, elapsed: Duration) -> Duration? {
        let retries = configuration.retries
        guard error.isRetryable, attempt < retries.maximumTries else { return nil }
        let ceiling = min(retries.cap, retries.base * (1 << min(attempt - 1, 20)))
        let pause = error.retryAfter ?? ceiling * random()
        guard pause <= retries.longestWait, elapsed + pause < configuration.deadlines.total else { return nil }
        return pause
    }

    /// One try, up to its first event.
    private func begin(
        _ body: [UInt8],
        elapsed: @escaping @Sendable () -> Duration
    ) async throws(LanguageModelError) -> ChatStream {
        let deadlines = configuration.deadlines
        let began = elapsed()
        let rest = min(deadlines.firstToken, deadlines.total - began)
        let reader = try await withDeadline(rest, on: clock, model: name) { () async throws(LanguageModelError) in
            try await open(body)
        }
        let first = try await event(from: reader, within: deadlines.firstToken - (elapsed() - began), elapsed)
        return ChatStream {
            var waiting: ChatEvent? = first
            return { () async throws(LanguageModelError) -> ChatEvent? in
                if let event = waiting {
                    waiting = nil
                    return event
                }
                return try await event(from: reader, within: deadlines.betweenTokens, elapsed)
            }
        }
    }

    /// The next event. Every token is a sign of life, also one that is no event.
    private func event(
        from reader: ChatCompletionReader,
        within first: Duration,
        _ elapsed: @escaping @Sendable () -> Duration
    ) async throws(LanguageModelError) -> ChatEvent {
        var wait = first
        while true {
            let rest = min(wait, configuration.deadlines.total - elapsed())
            let deadline = watch.begin(rest) { reader.expire() }
            defer { watch.end(deadline) }
            if case .event(let event) = try await reader.next() { return named(event) }
            wait = configuration.deadlines.betweenTokens
        }
    }

    /// The event with the name under which this model is configured.
    private func named(_ event: ChatEvent) -> ChatEvent {
        guard case .finished(var finish) = event else { return event }
        finish.configuredModel = name
        return .finished(finish)
    }

    /// Sends the request and judges the head of the response.
    private func open(_ body: [UInt8]) async throws(LanguageModelError) -> ChatCompletionReader {
        let response: HTTPClientStream
        do {
            response = try await http.stream(request(body))
        } catch {
            throw LanguageModelError(error, beforeResponse: true, model: name)
        }
        let mediaType = (response.header(named: "content-type") ?? "").lowercased()
        guard response.status == 200 else { throw await failure(response) }
        guard !mediaType.hasPrefix("text/html") else {
            throw LanguageModelError(code: .badResponse, model: name, status: 200, reason: "html")
        }
        return ChatCompletionReader(
            response.body,
            isStream: !mediaType.hasPrefix("application/json"),
            decoder: ChatChunkDecoder(model: name, maximumBytes: configuration.maximumAnswerBytes),
            model: name
        )
    }

    private func request(_ body: [UInt8]) -> HTTPClientRequest {
        let deadlines = configuration.deadlines
        var headers = [("Content-Type", "application/json"), ("Accept", "text/event-stream, application/json")]
        if let key = configuration.apiKey, !key.isEmpty { headers.append(("Authorization", "Bearer " + key.value)) }
        return HTTPClientRequest(
            method: "POST",
            url: configuration.endpoint,
            headers: headers,
            body: body,
            deadlines: .init(
                connect: deadlines.connect,
                idle: max(deadlines.firstToken, deadlines.betweenTokens),
                total: deadlines.total
            ),
            maximumResponseBytes: configuration.maximumResponseBytes,
            pieceBytes: 2 << 10
        )
    }

    /// What a response that is no answer stands for. Reads at most 64 KiB of it.
    private func failure(_ response: HTTPClientStream) async -> LanguageModelError {
        var body: [UInt8] = []
        do {
            for try await piece in response.body {
                body += piece.prefix((64 << 10) - body.count)
                if body.count >= 64 << 10 { break }
            }
        } catch {
            logger.debug("error body broke off", metadata: ["error": "\(error)"])
        }
        let retryAfter = RetryAfter.parse(
            milliseconds: response.header(named: "retry-after-ms"),
            value: response.header(named: "retry-after"),
            now: now().timeIntervalSince1970
        )
        return VendorError(body: body).error(status: response.status, model: name, retryAfter: retryAfter)
    }
}
