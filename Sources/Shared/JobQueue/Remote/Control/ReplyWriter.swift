import JSON
import Logging
import Redis

/// Answers a client of remote control (kombu.pidbox, `Mailbox._publish_reply`): on a list that it reads, and only
/// while it is bound, as a list that nobody reads would stay.
struct ReplyWriter: Sendable {
    /// The longest reply, in bytes; a longer one is answered with an error.
    static let maximumBytes = 8 << 20
    /// How long a reply is kept for a client that does not come for it.
    private static let life: Duration = .seconds(60)
    /// Most replies that one list holds.
    private static let maximumReplies = 10_000
    /// The longest ticket, in characters. Clients send UUIDs.
    private static let maximumTicket = 255
    private static let patience: Duration = .seconds(2)

    let node: NodeName
    let clock: LamportClock
    let redis: RedisClient
    let names: RemoteNames
    let logger: Logger

    func reply(_ value: JSONValue, to address: ControlRequest.ReplyAddress) async {
        guard address.exchange == RemoteNames.replyExchange else { return }
        do throws(RedisError) {
            for queue in try await queues(of: address.routingKey) {
                _ = try await redis.evaluate(
                    QueueScripts.reply,
                    keys: [names.replies(queue)],
                    arguments: [envelope(value, address), Self.life.milliseconds, Self.maximumReplies],
                    timeout: Self.patience
                )
            }
        } catch {
            logger.debug("client of remote control was not answered", metadata: ["error": "\(error)"])
        }
    }

    private func envelope(_ value: JSONValue, _ address: ControlRequest.ReplyAddress) -> [UInt8] {
        func body(_ value: JSONValue) -> [UInt8] {
            var object = JSONObject()
            object[node.rawValue] = value
            return JSONValue.object(object).bytes
        }
        var text = body(value)
        if text.count > Self.maximumBytes {
            text = body(["error": .string(ControlError.valueError("the reply is too long").text)])
        }
        let ticket = address.ticket.map { JSONValue.string(String($0.prefix(Self.maximumTicket))) }
        return RemoteEnvelope.write(
            text,
            headers: ["ticket": ticket ?? .null, "clock": .integer(clock.tick())],
            exchange: address.exchange,
            routingKey: address.routingKey
        )
    }

    /// The lists of this client. Only such names are written to as clients of remote control have: a binding cannot
    /// make a worker write to a queue.
    private func queues(of routingKey: String) async throws(RedisError) -> [String] {
        let own = "\(routingKey).\(RemoteNames.replyExchange)"
        let member = [routingKey, "", own].joined(separator: RemoteNames.separator)
        let isBound = try await redis.send(
            RedisCommand("SISMEMBER", names.replyBindings, member),
            timeout: Self.patience
        )
        return isBound.integer == 1 ? [own] : []
    }
}

extension QueueScripts {
    /// Puts a reply into a client's list, which does not outlive a client that never comes.
    ///
    /// KEYS: the list. ARGV: the reply, life of the list (ms), most replies that it holds. Replies 1.
    static let reply = RedisScript(
        name: "reply",
        source: """
            redis.call('LPUSH', KEYS[1], ARGV[1])
            redis.call('LTRIM', KEYS[1], 0, tonumber(ARGV[3]) - 1)
            redis.call('PEXPIRE', KEYS[1], ARGV[2])
            return 1
            """
    )
}
