import Foundation
import Redis
import TestSupport
import Testing

@Suite("A worker that is to take no more", .timeLimit(.minutes(1)))
struct QuietWorkerTests {
    @Test("SIGUSR1: what runs ends and is settled, what waits stays, and SIGTERM ends it")
    func quiet() async throws {
        try await AssistantSystem.with { system in
            func push(_ task: String, _ id: String, _ arguments: String) async throws {
                let message = """
                    {"body": "[[], \(arguments), null]", "content-type": "application/json", \
                    "content-encoding": "utf-8", "headers": {"task": "\(task)", "id": "\(id)"}, "properties": {}}
                    """
                _ = try await system.database.send(RedisCommand("LPUSH", "background", message))
            }
            func result(_ id: String) async throws -> String {
                try await system.database.send(RedisCommand("GET", "celery-task-meta-\(id)")).string ?? ""
            }
            let worker = system.workers[0]
            try await push("assistant.sleep", "running", #"{\"seconds\": 2}"#)
            try await eventually("it runs") { try await system.census().inFlight == 1 }
            worker.signal(SIGUSR1)
            try await worker.says(#""message":"takes no more tasks""#)
            try await push("assistant.echo", "waiting", #"{\"value\": 1}"#)
            try await eventually("the running one ends") { try await result("running").contains("SUCCESS") }
            #expect(try await system.census().ready == 1)
            #expect(try await result("waiting").isEmpty)
            #expect(try await worker.terminate() == .exited(0))
        }
    }
}
