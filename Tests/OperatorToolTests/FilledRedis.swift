import Redis
import TestSupport

@testable import OperatorTool

extension RedisServer {
    /// Runs commands, one after the other.
    @discardableResult
    func fill(_ commands: [RedisCommand]) async throws -> [RedisReply] {
        let redis = try RedisClient(
            configuration: try RedisConfiguration(url: url),
            logger: RedisAccess.silentLogger
        )
        defer { redis.close() }
        var replies: [RedisReply] = []
        for reply in try await redis.send(pipeline: commands) { replies.append(try reply.get()) }
        return replies
    }

    /// What one command replies.
    func ask(_ name: String, _ arguments: any RedisArgument...) async throws -> RedisReply {
        try await fill([RedisCommand(name, arguments: arguments)])[0]
    }

    /// Runs `ai-assistant` on this server.
    func tool(_ arguments: String...) async throws -> ToolRun {
        try await ToolRun.run(arguments: arguments, environment: ["REDIS_URL": url])
    }
}

/// Messages and dead letters as they lie in Redis.
enum Sample {
    static func message(_ id: String, task: String = "minutes.generate", retries: Int = 5) -> String {
        #"{"body":"[[],{\"text\":\"hush\"},{}]","content-type":"application/json","content-encoding":"utf-8","#
            + #""headers":{"task":"\#(task)","id":"\#(id)","retries":\#(retries),"kwargsrepr":"{…}"},"properties":{}}"#
    }

    static func letter(
        _ id: String,
        task: String = "minutes.generate",
        error: String = "Broken",
        at: String = "2026-11-23T18:00:00.000+00:00"
    ) -> String {
        #"{"at":"\#(at)","error":{"exc_type":"\#(error)","exc_message":["no\u001b[2J such chat"],"#
            + #""exc_module":"x"},"deliveries":6,"message":\#(message(id, task: task))}"#
    }
}
