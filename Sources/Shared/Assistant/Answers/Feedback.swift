import JSON
package import Redis

/// What somebody thinks of an answer.
package struct Feedback: Sendable, Equatable {
    package let appID: String
    /// The task that answered.
    package let task: String
    /// Open id of who judges.
    package let userID: String
    package let isUseful: Bool
    /// Milliseconds since 1970.
    package let at: Int64

    package init(appID: String, task: String, userID: String, isUseful: Bool, at: Int64) {
        self.appID = appID
        self.task = task
        self.userID = userID
        self.isUseful = isUseful
        self.at = at
    }
}

/// Where that is kept.
package protocol FeedbackStore: Sendable {
    /// Keeps it. Each person has one opinion of an answer: the latest, in whatever order they come.
    func keep(_ feedback: Feedback) async throws
    /// All of an app, in no order.
    func all(ofApp appID: String) async throws(RedisError) -> [Feedback]
}

/// In Redis: the hash `assistant:{<app>}:feedback`, a field `<task>:<user>` each with `{"useful":…,"at":…}`. Kept until an
/// operator exports and clears it, at most 100,000.
package struct RedisFeedbackStore: FeedbackStore {
    private static let most = 100_000

    private let redis: RedisClient

    package init(redis: RedisClient) { self.redis = redis }

    /// Throws `RedisError`. One round trip.
    package func keep(_ feedback: Feedback) async throws {
        let value: JSONValue = ["useful": .bool(feedback.isUseful), "at": .integer(feedback.at)]
        _ = try await redis.evaluate(
            Self.script,
            keys: [key(feedback.appID)],
            arguments: ["\(feedback.task):\(feedback.userID)", value.text, Self.most, feedback.at]
        )
    }

    /// Throws `RedisError`. One round trip for each thousand.
    package func all(ofApp appID: String) async throws(RedisError) -> [Feedback] {
        var all: [String: Feedback] = [:]
        var cursor = "0"
        repeat {
            let reply = try await redis.send(RedisCommand("HSCAN", key(appID), cursor, "COUNT", 1_000))
            cursor = reply[0]?.string ?? "0"
            let fields = reply[1]?.array ?? []
            for index in stride(from: 0, to: fields.count - 1, by: 2) {
                guard let name = fields[index].string, let text = fields[index + 1].string else { continue }
                all[name] = Self.read(name, text, appID)
            }
        } while cursor != "0"
        return Array(all.values)
    }

    private static func read(_ name: String, _ text: String, _ appID: String) -> Feedback? {
        guard let split = name.lastIndex(of: ":"), let value = try? JSONValue(parsing: text),
            let isUseful = value["useful"]?.bool, let at = value["at"]?.integer
        else { return nil }
        let user = String(name[name.index(after: split)...])
        return Feedback(appID: appID, task: String(name[..<split]), userID: user, isUseful: isUseful, at: at)
    }

    private func key(_ appID: String) -> String { redis.key("assistant:{\(appID)}:feedback") }

    /// KEYS: the hash. ARGV: field, value, most fields, when (ms). Replies 1, or 0 where there is a later one, or no room
    /// for another.
    private static let script = RedisScript(
        name: "keepfeedback",
        source: """
            local known = redis.call('HGET', KEYS[1], ARGV[1])
            if known then
              if cjson.decode(known).at > tonumber(ARGV[4]) then return 0 end
            elseif redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[3]) then
              return 0
            end
            redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
            return 1
            """
    )
}
