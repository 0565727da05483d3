import NIOConcurrencyHelpers
import Redis

/// Waits for results: listens first and reads then, and reads again whenever something may have been missed.
///
/// A result that is there already costs one read. Whoever waits costs one channel of a connection that all waiters of a
/// client share, and nothing is asked again and again. One task waits; what listens ends with this object.
final class ResultWait: Sendable {
    private struct State {
        var inbox: ResultInbox
        var listenings: [Int: ChannelListening] = [:]
        /// Those that were there once.
        var seen: Set<Int> = []
        /// Those that are over.
        var done: Set<Int> = []
    }

    private let ids: [TaskID]
    private let store: ResultStore
    private let state: NIOLockedValueBox<State>
    private let signal = Signal()

    init(_ ids: [TaskID], in store: ResultStore) {
        self.ids = ids
        self.store = store
        state = NIOLockedValueBox(State(inbox: ResultInbox(count: ids.count)))
    }

    deinit {
        for listening in state.withLockedValue({ $0.listenings }).values { listening.cancel() }
    }

    /// The next states that came, each with its place among the ids; some may have been told before.
    ///
    /// - Throws: `JobQueueError`: `.resultTimeout`, `.unavailable` where there was no connection at the end,
    ///   `.resultForgotten`, `.unreadableResult`; `CancellationError`.
    func next(until deadline: ContinuousClock.Instant) async throws -> [(index: Int, state: ResultState)] {
        var delay: Int64 = 50
        while true {
            try Task.checkCancellation()
            let news = state.withLockedValue { $0.inbox.takeAll() }
            if let error = news.ended { throw JobQueueError(.unavailable, task: nil, cause: error) }
            var found: [(index: Int, state: ResultState)] = []
            for (index, text) in news.texts { found.append((index, try store.state(text, of: ids[index]))) }
            var lookAgain: ContinuousClock.Instant?
            var texts: [(index: Int, text: [UInt8]?)] = []
            do throws(RedisError) {
                texts = try await read(news.unread, timeout: max(.milliseconds(100), deadline - .now))
            } catch {
                try Task.checkCancellation()
                guard error.isTransient, .now < deadline else {
                    throw JobQueueError(.unavailable, task: nil, cause: error)
                }
                state.withLockedValue { $0.inbox.putBack(news.unread) }
                lookAgain = .now + .milliseconds(Int64.random(in: delay / 2...delay))
                delay = min(2000, delay * 2)
            }
            for (index, text) in texts {
                if let text {
                    found.append((index, try store.state(text, of: ids[index])))
                } else if state.withLockedValue({ $0.seen.contains(index) && !$0.done.contains(index) }) {
                    throw JobQueueError(.resultForgotten, task: nil, cause: nil)
                }
            }
            if !found.isEmpty {
                take(found)
                return found
            }
            listen()
            guard .now < deadline else { throw timeout }
            await wait(until: deadline, orFor: lookAgain)
        }
    }

    private var timeout: JobQueueError {
        guard let lost = state.withLockedValue({ $0.inbox.lost }) else {
            return JobQueueError(.resultTimeout, task: nil, cause: nil)
        }
        return JobQueueError(.unavailable, task: nil, cause: lost)
    }

    private func read(_ indices: [Int], timeout: Duration) async throws(RedisError) -> [(index: Int, text: [UInt8]?)] {
        let wanted = state.withLockedValue { state in indices.filter { !state.done.contains($0) } }
        guard !wanted.isEmpty else { return [] }
        let texts = try await store.source.texts(
            of: wanted.map { store.source.names.result(of: ids[$0]) },
            timeout: timeout
        )
        return zip(wanted, texts).map { ($0, $1) }
    }

    private func take(_ found: [(index: Int, state: ResultState)]) {
        let over = state.withLockedValue { state in
            found.compactMap { index, result -> ChannelListening? in
                state.seen.insert(index)
                guard result.isFinal else { return nil }
                state.done.insert(index)
                return state.listenings.removeValue(forKey: index)
            }
        }
        for listening in over { listening.cancel() }
    }

    /// Begins to listen to what is not over and not listened to.
    private func listen() {
        let missing = state.withLockedValue { state in
            state.listenings.count + state.done.count == ids.count
                ? [] : ids.indices.filter { !state.done.contains($0) && state.listenings[$0] == nil }
        }
        guard !missing.isEmpty else { return }
        let box = state
        let signal = self.signal
        var begun: [Int: ChannelListening] = [:]
        for index in missing {
            begun[index] = store.source.listen(to: store.source.names.result(of: ids[index])) { news in
                box.withLockedValue { $0.inbox.take(news, of: index) }
                signal.ring()
            }
        }
        state.withLockedValue { $0.listenings.merge(begun) { $1 } }
    }

    private func wait(until deadline: ContinuousClock.Instant, orFor retry: ContinuousClock.Instant?) async {
        var end = min(deadline, retry ?? deadline)
        var isPeriodic = false
        if let period = store.source.looksAgainAfter {
            let next = ContinuousClock.now + period * Double.random(in: 0.8...1.2)
            if next < end { (end, isPeriodic) = (next, true) }
        }
        await signal.wait(until: end)
        if isPeriodic, .now >= end { state.withLockedValue { $0.inbox.putBack(ids.indices) } }
    }
}
