import Redis
import TestSupport
import Testing

@Suite("Feedback on the command line")
struct FeedbackCommandTests {
    @Test("opinions are listed, the latest first, and those that help nobody alone where that is asked")
    func feedback() async throws {
        try await RedisServer.with { server in
            try await server.fill([
                RedisCommand(
                    "HSET",
                    "assistant:{cli_1}:feedback",
                    "task-1:ou_1",
                    #"{"useful":true,"at":1749700000000}"#,
                    "task-2:ou_2",
                    #"{"useful":false,"at":1749700001000}"#
                )
            ])
            let all = try await server.tool("feedback", "--app", "cli_1")
            #expect(
                all.output == """
                    TIME                            OPINION   TASK     USER
                    2025-06-12T03:46:41.000+00:00   useless   task-2   ou_2
                    2025-06-12T03:46:40.000+00:00   useful    task-1   ou_1

                    """
            )
            let useless = try await server.tool("feedback", "--app", "cli_1", "--useless", "--output", "json")
            #expect(useless.output.contains("task-2") && !useless.output.contains("task-1"))
            #expect(try await server.tool("feedback").status == 2)
        }
    }
}
