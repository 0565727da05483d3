/// The states of a task as they change; see `TaskHandle.updates(timeout:)`.
public struct ResultUpdates: AsyncSequence, Sendable {
    public typealias Element = ResultState

    let id: TaskID
    let store: ResultStore
    let timeout: Duration

    public func makeAsyncIterator() -> Iterator { Iterator(self) }

    public struct Iterator: AsyncIteratorProtocol {
        private let wait: ResultWait
        private let deadline: ContinuousClock.Instant
        private var latest: ResultState?

        init(_ updates: ResultUpdates) {
            wait = ResultWait([updates.id], in: updates.store)
            deadline = .now + updates.timeout
        }

        /// The next state that is another one than the last; nil once the task has ended.
        ///
        /// - Throws: As `TaskHandle.end(timeout:)`.
        public mutating func next() async throws -> ResultState? {
            guard latest?.isFinal != true else { return nil }
            while true {
                let news = try await wait.next(until: deadline).map(\.state)
                // What was read may be older than what was told, but for an end.
                let state = news.first { $0.isFinal } ?? news.first { $0 != latest }
                guard let state, state != latest else { continue }
                latest = state
                return state
            }
        }
    }
}
