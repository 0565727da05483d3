/// The events of one answer, for one consumer, in order; the last is `finished`, unless it throws.
///
/// The consumer drives it: nothing is read ahead of demand beyond the transport's own bounded buffer.
/// Dropping the iterator, or cancelling the task that reads it, ends the request.
package struct ChatStream: AsyncSequence, Sendable {
    package typealias Element = ChatEvent
    package typealias Failure = LanguageModelError

    package struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let advance: () async throws(LanguageModelError) -> ChatEvent?
        private var ended = false

        /// The next event, or nil after the last.
        package mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(LanguageModelError) -> ChatEvent? {
            guard !ended else { return nil }
            do {
                let event = try await advance()
                switch event {
                case .text, .toolCalls: break
                case .finished, nil: ended = true
                }
                return event
            } catch {
                ended = true
                throw error
            }
        }

        fileprivate init(advance: @escaping () async throws(LanguageModelError) -> ChatEvent?) {
            self.advance = advance
        }
    }

    /// Starts reading; each call makes what one consumer calls for its next event.
    private let start: @Sendable () -> () async throws(LanguageModelError) -> ChatEvent?

    package init(start: @escaping @Sendable () -> () async throws(LanguageModelError) -> ChatEvent?) {
        self.start = start
    }

    /// A stream of events that are known already.
    package init(_ events: [ChatEvent]) {
        self.init {
            var rest = events[...]
            return { () async throws(LanguageModelError) -> ChatEvent? in rest.popFirst() }
        }
    }

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(advance: start())
    }
}
