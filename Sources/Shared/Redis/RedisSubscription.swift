import NIOConcurrencyHelpers
import NIOCore

/// One message that was published.
package struct RedisMessage: Equatable, Sendable {
    package let channel: String
    /// The pattern that matched, where the subscription is to patterns.
    package let pattern: String?
    package let payload: [UInt8]

    package init(channel: String, pattern: String?, payload: [UInt8]) {
        self.channel = channel
        self.pattern = pattern
        self.payload = payload
    }
}

/// The messages of some channels, for one reader.
///
/// The subscription survives lost connections, but pub/sub keeps nothing: what was published meanwhile is missed, and
/// ``reconnections`` tells. It ends when the reading task is cancelled, when the sequence is released, and when the
/// client closes.
package struct RedisSubscription: AsyncSequence, Sendable {
    package typealias Element = RedisMessage
    package typealias Failure = Never

    let stream: AsyncStream<RedisMessage>
    let counters: NIOLockedValueBox<SubscriptionCounters>

    package func makeAsyncIterator() -> AsyncStream<RedisMessage>.Iterator { stream.makeAsyncIterator() }

    /// Messages dropped so far because the reader was slower than the configured buffer allows.
    package var dropped: Int { counters.withLockedValue { $0.dropped } }
    /// How often the subscription was renewed on a new connection; each time messages may have been missed.
    package var reconnections: Int { counters.withLockedValue { $0.reconnections } }
}

/// What a subscription counts.
struct SubscriptionCounters: Sendable {
    var dropped = 0
    var reconnections = 0
}

/// What the server sends on a subscribed connection (redis.io, "Redis Pub/Sub").
enum SubscriptionPush: Equatable {
    case confirmation
    case message(RedisMessage)
    /// The answer to a PING, and whatever else only shows that the server lives.
    case signOfLife
    case refusal(String)

    init(_ reply: RedisReply) {
        if case .error(let text) = reply {
            self = .refusal(text)
            return
        }
        switch (reply[0]?.string, reply[1]?.string, reply[2], reply[3]) {
        case ("message", let channel?, .bytes(let payload)?, nil):
            self = .message(RedisMessage(channel: channel, pattern: nil, payload: payload))
        case ("pmessage", let pattern?, let channel?, .bytes(let payload)?):
            self = .message(RedisMessage(channel: channel.string ?? "", pattern: pattern, payload: payload))
        case ("subscribe", _?, _?, nil), ("psubscribe", _?, _?, nil):
            self = .confirmation
        default:
            self = .signOfLife
        }
    }
}
