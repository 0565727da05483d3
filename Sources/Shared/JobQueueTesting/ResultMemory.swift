import JobQueue
import NIOConcurrencyHelpers
import Redis

/// The results of a test queue, in memory, and who waits for them.
final class ResultMemory: ResultSource {
    private struct State {
        var texts: [String: [UInt8]] = [:]
        var listeners: [String: [Int: @Sendable (ChannelNews) -> Void]] = [:]
        var nextID = 0
    }

    private static let success = Array("{\"status\": \"SUCCESS\"".utf8)

    private let state = NIOLockedValueBox(State())

    let names = BrokerNames.plain
    var looksAgainAfter: Duration? { nil }

    /// All that is stored, by its key.
    var all: [String: [UInt8]] { state.withLockedValue { $0.texts } }

    func text(of id: TaskID) -> [UInt8]? { state.withLockedValue { $0.texts[names.result(of: id)] } }

    func store(_ text: [UInt8], of id: TaskID) { store(text, under: names.result(of: id)) }

    private func store(_ text: [UInt8], under key: String) {
        let listeners = state.withLockedValue { state -> [@Sendable (ChannelNews) -> Void] in
            // As in Redis, nothing is written over a success.
            if let stored = state.texts[key], stored.starts(with: Self.success) { return [] }
            state.texts[key] = text
            return Array((state.listeners[key] ?? [:]).values)
        }
        for listener in listeners { listener(.message(text)) }
    }

    func texts(of keys: [String], timeout: Duration) async throws(RedisError) -> [[UInt8]?] {
        state.withLockedValue { state in keys.map { state.texts[$0] } }
    }

    func listen(to key: String, _ listener: @escaping @Sendable (ChannelNews) -> Void) -> ChannelListening {
        let id = state.withLockedValue { state in
            state.nextID += 1
            state.listeners[key, default: [:]][state.nextID] = listener
            return state.nextID
        }
        listener(.listening)
        return ChannelListening { [weak self] in self?.forget(listener: id, of: key) }
    }

    private func forget(listener id: Int, of key: String) {
        state.withLockedValue { state in
            state.listeners[key]?[id] = nil
            if state.listeners[key]?.isEmpty == true { state.listeners[key] = nil }
        }
    }

    func remove(_ keys: [String]) async throws(RedisError) {
        state.withLockedValue { state in for key in keys { state.texts[key] = nil } }
    }

    func store(_ text: [UInt8], under key: String, life: Duration) async throws(RedisError) { store(text, under: key) }
}
