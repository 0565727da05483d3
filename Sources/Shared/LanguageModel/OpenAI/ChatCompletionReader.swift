import HTTP
import NIOConcurrencyHelpers

/// Reads one response's body as chat events, for one consumer.
actor ChatCompletionReader {
    private let body: HTTPClientBody.AsyncIterator
    private let source: HTTPClientBody
    private let hasExpired = NIOLockedValueBox(false)
    private let isStream: Bool
    private let model: String
    private var parser = ServerSentEventParser()
    private var decoder: ChatChunkDecoder
    /// Decoded and not yet asked for, oldest first.
    private var waiting: [ChatDelta] = []
    /// What ends the stream once `waiting` is empty.
    private var failure: LanguageModelError?

    init(_ body: HTTPClientBody, isStream: Bool, decoder: ChatChunkDecoder, model: String) {
        self.body = body.makeAsyncIterator()
        source = body
        self.isStream = isStream
        self.decoder = decoder
        self.model = model
    }

    /// Ends the transfer, as nothing came in time: who waits gets `timedOut`.
    nonisolated func expire() {
        hasExpired.withLockedValue { $0 = true }
        source.cancel()
    }

    /// What comes next. Throws what the transport, the vendor or the decoder says, after all that came before it.
    func next() async throws(LanguageModelError) -> ChatDelta {
        while waiting.isEmpty {
            if let failure { throw failure }
            if isStream {
                try await readEvents()
            } else {
                waiting = try decoder.decodeWhole(try await rest())
            }
        }
        return waiting.removeFirst()
    }

    /// Reads the next piece of a stream into `waiting` and `failure`.
    private func readEvents() async throws(LanguageModelError) {
        let piece = try await piece()
        let events: [ServerSentEvent]
        do {
            // A server may close right after its last line, without the empty one.
            events = if let piece { try parser.parse(piece) } else { try parser.finish().map { [$0] } ?? [] }
        } catch {
            throw LanguageModelError(code: .tooLarge, model: model)
        }
        do throws(LanguageModelError) {
            for event in events {
                let deltas = try decoder.decode(event.data)
                // One sign of life is as good as many that came at once.
                waiting += deltas == [.progress] && waiting.last == .progress ? [] : deltas
                if case .event(.finished)? = deltas.last { return }
            }
            if piece == nil { waiting += try decoder.end() }
        } catch {
            failure = error
        }
    }

    private func piece() async throws(LanguageModelError) -> [UInt8]? {
        var body = body
        do {
            return try await body.next()
        } catch {
            // Expiring cancels the transfer, and that only.
            if error.code == .cancelled, hasExpired.withLockedValue({ $0 }) {
                throw LanguageModelError(code: .timedOut, model: model)
            }
            throw LanguageModelError(error, beforeResponse: false, model: model)
        }
    }

    private func rest() async throws(LanguageModelError) -> [UInt8] {
        var bytes: [UInt8] = []
        while let piece = try await piece() { bytes += piece }
        return bytes
    }
}

extension LanguageModelError {
    /// What a failed transfer means to the one who asked the model.
    init(_ error: HTTPClientError, beforeResponse: Bool, model: String) {
        let code: Code =
            switch error.code {
            case .connectFailed: .connectFailed
            case .timedOut: .timedOut
            case .tooLarge: .tooLarge
            case .cancelled: .cancelled
            case .addressRefused, .tls, .invalidRequest: .invalidRequest
            case .protocol: beforeResponse ? .connectFailed : .truncated
            }
        self.init(code: code, model: model, reason: error.code.rawValue)
    }
}
