import Foundation
import Redis
import TestSupport
import Testing

@Suite("Jobs in processes of their own", .timeLimit(.minutes(2)))
struct ChildJobTests {
    private func spin(_ system: AssistantSystem, _ id: String, seconds: Double, limits: String = "[null, null]")
        async throws
    {
        let message = """
            {"body": "[[\(seconds)], {}, null]", "content-type": "application/json", "content-encoding": "utf-8", \
            "headers": {"task": "assistant.spin", "id": "\(id)", "timelimit": \(limits)}, "properties": {}}
            """
        _ = try await system.database.send(RedisCommand("LPUSH", "background", message))
    }

    private func result(_ system: AssistantSystem, _ id: String) async throws -> String {
        try await system.database.send(RedisCommand("GET", "celery-task-meta-\(id)")).string ?? ""
    }

    /// The processes that a worker started and that have not ended.
    private func children(of worker: ProgramProcess) throws -> [Int32] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(worker.pid)/task").flatMap { thread in
            let path = "/proc/\(worker.pid)/task/\(thread)/children"
            // A thread may have ended meanwhile.
            let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            return text.split(separator: " ").compactMap { Int32($0) }
        }
    }

    @Test("one returns what it has; one that spins beyond its hard limit is killed; one that dies is a dead letter")
    func processes() async throws {
        try await AssistantSystem.with { system in
            let worker = system.workers[0]
            try await spin(system, "good", seconds: 0.01)
            try await eventually("the result", within: .seconds(30)) {
                try await result(system, "good").contains(#""result": 0.01"#)
            }
            try await eventually("its process is gone") { try children(of: worker).isEmpty }

            try await spin(system, "endless", seconds: 600, limits: "[2.5, 2]")
            try await eventually("it has a process") { try children(of: worker).count == 1 }
            try await eventually("it is over", within: .seconds(30)) {
                try await result(system, "endless").contains("\"TimeLimitExceeded\"")
            }
            try await eventually("its process is gone") { try children(of: worker).isEmpty }

            try await spin(system, "dying", seconds: 600)
            try await eventually("it has a process") { try children(of: worker).count == 1 }
            kill(try children(of: worker)[0], SIGSEGV)
            try await eventually("it is lost") { try await result(system, "dying").contains("WorkerLostError") }
            #expect(try await result(system, "dying").contains("by signal 11"))
            #expect(try await system.census().dead == 2)

            try await spin(system, "orphan", seconds: 600)
            try await eventually("it has a process") { try children(of: worker).count == 1 }
            let orphan = try children(of: worker)[0]
            worker.kill()
            try await eventually("it ends with its worker") { kill(orphan, 0) != 0 }
        }
    }
}
