public import Redis

/// A limit of a queue: what was defined, and how it stands.
public struct LimitState: Sendable, Equatable {
    public let name: String
    /// Nil where it has no definition that can be read: nothing is bounded then.
    public let limit: QueueLimit?
    /// Tasks that run under it, where it bounds their number.
    public let running: Int
    /// Tasks that wait for it.
    public let waiting: Int
    /// How long it goes on handing out nothing since the other side said so.
    public let rests: Duration?
}

extension QueueInspector {
    /// The limits that are defined for a queue and those that tasks wait for, by name.
    ///
    /// Three round trips.
    public func limits(of queue: QueueName) async throws(RedisError) -> [LimitState] {
        let keys = redis.keys(of: queue)
        let replies = try await replies([
            RedisCommand("HGETALL", keys.limits), RedisCommand("ZRANGE", keys.limited, 0, -1), RedisCommand("TIME"),
        ])
        let fields = replies[0].array ?? []
        var definitions: [String: QueueLimit?] = [:]
        for index in stride(from: 0, to: fields.count - 1, by: 2) {
            definitions[fields[index].string ?? ""] = fields[index + 1].bytes.flatMap { QueueLimit(reading: $0) }
        }
        let waitedFor = (replies[1].array ?? []).compactMap(\.string)
        let names = Set(definitions.keys).union(waitedFor).sorted()
        let now = Self.time(replies[2])
        let states = try await self.replies(
            names.flatMap { name in
                [
                    RedisCommand("ZCARD", keys.holders(of: name)), RedisCommand("LLEN", keys.limited(by: name)),
                    RedisCommand("HGET", keys.limit(name), "until"),
                ]
            }
        )
        return names.enumerated().map { index, name in
            let until = states[3 * index + 2].integer ?? 0
            return LimitState(
                name: name,
                limit: (definitions[name] ?? nil) ?? (definitions[Self.category(of: name)] ?? nil),
                running: Int(states[3 * index].integer ?? 0),
                waiting: Int(states[3 * index + 1].integer ?? 0),
                rests: until > now ? .milliseconds(until - now) : nil
            )
        }
    }

    /// The name under which all limits of a class are defined.
    private static func category(of name: String) -> String {
        String(name.prefix { $0 != ":" }) + ":*"
    }
}
