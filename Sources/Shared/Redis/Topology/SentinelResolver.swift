import NIOConcurrencyHelpers
import NIOCore

/// Asks sentinels where the primary is, as their guidelines for clients say (redis.io, "Guidelines for Redis clients
/// with support for Redis Sentinel"): in turn, first the one that answered last, anew for every connection.
///
/// Whether the server named is a primary indeed, the connector asks that server (`ROLE`).
final class SentinelResolver: EndpointResolver {
    private let configuration: RedisConfiguration
    private let set: SentinelSet
    /// The sentinels, the one that answered last in front.
    private let order: NIOLockedValueBox<[RedisEndpoint]>

    init(_ set: SentinelSet, configuration: RedisConfiguration) {
        var configuration = configuration
        configuration.username = set.username
        configuration.password = set.password
        configuration.database = 0
        if !set.followsTLS { configuration.tls = nil }
        self.configuration = configuration
        self.set = set
        order = NIOLockedValueBox(set.sentinels)
    }

    func resolve(_ endpoint: RedisEndpoint, on eventLoop: any EventLoop) -> EventLoopFuture<RedisEndpoint> {
        let sentinels = order.withLockedValue { $0 }
        let question = RedisCommand("SENTINEL", "GET-MASTER-ADDR-BY-NAME", set.primary)
        return ServerRound(configuration).ask(sentinels, question, on: eventLoop) { reply, _ throws(RedisError) in
            try Self.address(reply)
        }
        .map { [order] answer, index in
            if index > 0 { order.withLockedValue { Self.move(sentinels[index], toEnd: false, of: &$0) } }
            return answer
        }
    }

    /// The sentinel that answered last may be behind the others, or cut off from them: another is asked next.
    func failed(_ answer: RedisEndpoint) {
        order.withLockedValue { order in
            if let first = order.first { Self.move(first, toEnd: true, of: &order) }
        }
    }

    private static func move(_ sentinel: RedisEndpoint, toEnd: Bool, of order: inout [RedisEndpoint]) {
        order.removeAll { $0 == sentinel }
        order.insert(sentinel, at: toEnd ? order.endIndex : 0)
    }

    /// The address in a sentinel's reply: host and port, or null for a name that it does not know.
    static func address(_ reply: RedisReply) throws(RedisError) -> RedisEndpoint {
        guard let host = reply[0]?.string, let port = reply[1]?.integer, let port = Int(exactly: port) else {
            let detail = reply.isNull ? "the sentinel knows no primary of that name" : "no address"
            throw RedisError(.connectFailed, command: "SENTINEL", detail: detail)
        }
        return .tcp(host: host, port: port)
    }
}
