/// Remembers which `uuid` was used for which message, for an hour (interface specification, section 5.1), for which
/// new chat, for ten (section 5.6), or which `client_token` for which task, for five minutes.
struct SendLedger: Sendable {
    /// What to do with a send that carries a uuid.
    enum Decision: Equatable {
        case proceed
        /// The first one is still being worked on: answer 230049.
        case inFlight
        /// Sent before: answer with that message again.
        case repeated(messageID: String)
    }

    static let memory: Int64 = 60 * 60 * 1000

    private enum State {
        case inFlight
        case sent(messageID: String)
    }

    private var entries: [String: (state: State, since: Int64)] = [:]
    private var order = Ring<String>()
    private let limit: Int

    /// Milliseconds a uuid is remembered.
    private let memory: Int64

    init(limit: Int, memory: Int64 = Self.memory) {
        self.limit = limit
        self.memory = memory
    }

    mutating func begin(_ uuid: String, now: Int64) -> Decision {
        forget(before: now - memory)
        switch entries[uuid]?.state {
        case .inFlight: return .inFlight
        case .sent(let messageID): return .repeated(messageID: messageID)
        case nil:
            entries[uuid] = (.inFlight, now)
            order.append(uuid)
            if order.count > limit, let oldest = order.popFirst() { entries[oldest] = nil }
            return .proceed
        }
    }

    mutating func finish(_ uuid: String, messageID: String) {
        guard let since = entries[uuid]?.since else { return }
        entries[uuid] = (.sent(messageID: messageID), since)
    }

    /// The send was refused: the uuid is free again.
    mutating func abandon(_ uuid: String) {
        entries[uuid] = nil
    }

    private mutating func forget(before limit: Int64) {
        while let first = order.first {
            if let entry = entries[first], entry.since > limit { return }
            entries[first] = nil
            _ = order.popFirst()
        }
    }
}
