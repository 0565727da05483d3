import FoundationEssentials
import JSON
import JobQueue
import Plugins
package import Redis

/// What is kept for plugins from call to call, in Redis.
package struct PluginMemory: Sendable {
    private static let stateLifetime = 30 * 86_400
    /// For how long a person may decide.
    private static let pendingLifetime = 86_400

    private let redis: RedisClient

    package init(redis: RedisClient) { self.redis = redis }

    /// What a plugin keeps for a conversation; nil where that is nothing. One round trip.
    ///
    /// - Throws: `RedisError`.
    func state(of plugin: PluginName, in conversation: String) async throws -> JSONObject? {
        guard let bytes = try await redis.send(RedisCommand("GET", key(plugin, conversation))).bytes else { return nil }
        return (try? JSONValue(parsing: bytes))?.object
    }

    /// Puts another in its place, for 30 days.
    ///
    /// - Throws: `RedisError`.
    func change(_ plugin: PluginName, in conversation: String, _ change: PluginReply.StateChange) async throws {
        let key = key(plugin, conversation)
        switch change {
        case .unchanged: return
        case .removed: _ = try await redis.send(RedisCommand("DEL", key))
        case .replaced(let state):
            let text = JSONValue.object(state).text
            _ = try await redis.send(RedisCommand("SET", key, text, "EX", Self.stateLifetime))
        }
    }

    /// Keeps a call until a person has decided on it.
    ///
    /// - Throws: `RedisError`.
    func keep(pending arguments: SkillRunJob.Arguments, of task: String) async throws {
        let text = String(decoding: try JSONEncoder().encode(arguments), as: UTF8.self)
        _ = try await redis.send(RedisCommand("SET", pendingKey(task), text, "EX", Self.pendingLifetime))
    }

    /// The call that waits for a word; nil where none does.
    ///
    /// - Throws: `RedisError`.
    func pending(of task: String) async throws -> SkillRunJob.Arguments? {
        guard let bytes = try await redis.send(RedisCommand("GET", pendingKey(task))).bytes else { return nil }
        return try? JSONDecoder().decode(SkillRunJob.Arguments.self, from: Data(bytes))
    }

    /// Claims the decision on a call that waits. One round trip.
    ///
    /// - Parameters:
    ///   - task: What asked.
    ///   - decider: Who claims it: the same one may do so again.
    /// - Returns: Whether it is theirs.
    /// - Throws: `RedisError`.
    func decide(on task: String, by decider: String) async throws -> Bool {
        let key = redis.key("{plugins}:decided:\(task)")
        let replies = try await redis.send(pipeline: [
            RedisCommand("SET", key, decider, "NX", "EX", Self.pendingLifetime), RedisCommand("GET", key),
        ])
        _ = try replies[0].get()
        return try replies[1].get().string == decider
    }

    private func key(_ plugin: PluginName, _ conversation: String) -> String {
        redis.key("{plugins}:state:\(plugin):\(conversation)")
    }

    private func pendingKey(_ task: String) -> String { redis.key("{plugins}:pending:\(task)") }
}
