/// What a listener to a channel is told.
package enum ChannelNews: Sendable {
    /// The server tells us of this channel from now on. Told at first and again on every new connection: what was
    /// published before may have been missed.
    case listening
    case message([UInt8])
    /// There is no connection at the moment; another is tried for.
    case lost(RedisError)
    /// Nothing more comes: the server refuses the channel, there are too many, or the client is closed.
    case ended(RedisError)
}

/// Who listens to which channels of one connection, and what has to be said to the server. Decides, does no I/O.
///
/// What the server was asked for and what is wanted are kept apart, so that listeners that come and go within a moment
/// cost nothing, and one that comes as the last one leaves waits for its own confirmation.
struct ChannelBook {
    typealias Listener = @Sendable (ChannelNews) -> Void

    /// Somebody who is to be told something, once the book is closed again.
    struct Notice {
        let listener: Listener
        let news: ChannelNews
        func deliver() { listener(news) }
    }

    private struct Channel {
        var listeners: [UInt64: Listener] = [:]
        /// Whether the last that was said of it on this connection is SUBSCRIBE.
        var isAsked = false
        /// SUBSCRIBEs that the server has not confirmed.
        var unconfirmed = 0
    }

    private var channels: [String: Channel] = [:]
    /// Channels whose wish may differ from what was asked for.
    private var changed: Set<String> = []
    let limit: Int

    init(limit: Int) { self.limit = limit }

    /// Whether anybody listens to anything.
    var isWanted: Bool { channels.contains { !$0.value.listeners.isEmpty } }
    /// How many channels it knows of.
    var count: Int { channels.count }

    mutating func add(_ listener: @escaping Listener, id: UInt64, to channel: String) -> Notice? {
        guard channels[channel] != nil || channels.count < limit else {
            return Notice(listener: listener, news: .ended(RedisError(.overloaded, command: "SUBSCRIBE")))
        }
        var entry = channels[channel] ?? Channel()
        entry.listeners[id] = listener
        channels[channel] = entry
        changed.insert(channel)
        return entry.isAsked && entry.unconfirmed == 0 ? Notice(listener: listener, news: .listening) : nil
    }

    mutating func remove(id: UInt64, from channel: String) {
        guard channels[channel]?.listeners.removeValue(forKey: id) != nil else { return }
        changed.insert(channel)
    }

    /// What is to be said to the server now, taken as said.
    mutating func takeChanges() -> (subscribe: [String], unsubscribe: [String]) {
        var subscribe: [String] = []
        var unsubscribe: [String] = []
        for name in changed {
            guard var entry = channels[name] else { continue }
            let isWanted = !entry.listeners.isEmpty
            if isWanted, !entry.isAsked {
                entry.isAsked = true
                entry.unconfirmed += 1
                subscribe.append(name)
            } else if !isWanted, entry.isAsked {
                entry.isAsked = false
                unsubscribe.append(name)
            }
            channels[name] = entry
            forget(name)
        }
        changed = []
        return (subscribe, unsubscribe)
    }

    /// The server has confirmed a SUBSCRIBE.
    mutating func confirm(_ channel: String) -> [Notice] {
        guard var entry = channels[channel], entry.unconfirmed > 0 else { return [] }
        entry.unconfirmed -= 1
        channels[channel] = entry
        defer { forget(channel) }
        guard entry.isAsked, entry.unconfirmed == 0 else { return [] }
        return entry.listeners.values.map { Notice(listener: $0, news: .listening) }
    }

    func message(_ payload: [UInt8], on channel: String) -> [Notice] {
        (channels[channel]?.listeners.values).map { $0.map { Notice(listener: $0, news: .message(payload)) } } ?? []
    }

    /// The connection is gone, or could not be had: all has to be said again on the next.
    mutating func lose(_ error: RedisError) -> [Notice] {
        var notices: [Notice] = []
        for name in Array(channels.keys) {
            channels[name]?.isAsked = false
            channels[name]?.unconfirmed = 0
            changed.insert(name)
            for listener in channels[name]?.listeners.values ?? [:].values {
                notices.append(Notice(listener: listener, news: .lost(error)))
            }
            forget(name)
        }
        return notices
    }

    /// The server refuses what it has not confirmed: it does not say which.
    ///
    /// - Returns: Nil where nothing waits for a confirmation, so that the refusal was of something else.
    mutating func refuse(_ error: RedisError) -> [Notice]? {
        let refused = channels.filter { $0.value.unconfirmed > 0 }
        guard !refused.isEmpty else { return nil }
        for name in refused.keys { channels[name] = nil }
        return refused.values.flatMap { $0.listeners.values.map { Notice(listener: $0, news: .ended(error)) } }
    }

    /// Ends everything.
    mutating func close(_ error: RedisError) -> [Notice] {
        defer { channels = [:] }
        return channels.values.flatMap { $0.listeners.values.map { Notice(listener: $0, news: .ended(error)) } }
    }

    private mutating func forget(_ name: String) {
        guard let entry = channels[name], entry.listeners.isEmpty, !entry.isAsked, entry.unconfirmed == 0 else {
            return
        }
        channels[name] = nil
    }
}
