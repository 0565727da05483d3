import Foundation
import JSON
import Redis
import TestSupport
import Testing

/// A supervisor's worker processes as its log tells of them, and what each holds.
struct SupervisedFleet: Sendable {
    /// One worker process that has registered.
    struct Member: Sendable, Equatable {
        let number: String
        let pid: Int32
        let incarnation: String
    }

    let system: AssistantSystem
    let supervisor: ProgramProcess

    init(_ system: AssistantSystem) {
        self.system = system
        supervisor = system.workers[0]
    }

    static func options(processes: Int, lease: Int, _ more: [String: String] = [:]) -> AssistantSystem.Options {
        let own = ["WORKER_PROCESSES": "\(processes)", "WORKER_LEASE": "\(lease)", "WORKER_GRACE_PERIOD": "8"]
        return AssistantSystem.Options(workers: 1, settings: own.merging(more) { $1 })
    }

    /// Those that were started last under each number and have registered.
    var members: [Member] {
        var pids: [String: Int32] = [:]
        var members: [String: Member] = [:]
        for line in supervisor.log.split(separator: "\n") where line.contains(#""message":"worker "#) {
            guard let entry = try? JSONValue(parsing: String(line)), let metadata = entry["metadata"],
                let number = metadata["process"]?.string
            else { continue }
            switch entry["message"]?.string {
            case "worker process started": pids[number] = metadata["pid"]?.string.flatMap { Int32($0) }
            case "worker process ended": members[number] = nil
            case "worker registered":
                guard let pid = pids[number], let incarnation = metadata["worker"]?.string else { continue }
                members[number] = Member(number: number, pid: pid, incarnation: incarnation)
            default: continue
            }
        }
        return members.values.sorted { $0.number < $1.number }
    }

    /// Waits until so many have registered; `dead` is one that was killed, of whose end the log may not tell yet.
    @discardableResult
    func complete(_ count: Int, without dead: Member? = nil) async throws -> [Member] {
        var found: [Member] = []
        try await eventually("\(count) registered processes", within: .seconds(30)) {
            found = members.filter { $0 != dead }
            return found.count == count
        }
        return found
    }

    func count(_ message: String) -> Int {
        supervisor.log.components(separatedBy: #""message":"\#(message)""#).count - 1
    }

    // MARK: Jobs that only take time

    /// Enqueues so many jobs, as anybody could; returns their ids.
    func push(_ count: Int, sleeping seconds: Double, to queue: String = "background") async throws -> [String] {
        let ids = (0..<count).map { _ in UUID().uuidString.lowercased() }
        for id in ids {
            let message = """
                {"body": "[[], {\\"seconds\\": \(seconds)}, {}]", "content-type": "application/json", \
                "content-encoding": "utf-8", "headers": {"task": "assistant.sleep", "id": "\(id)"}, "properties": {}}
                """
            _ = try await system.database.send(RedisCommand("LPUSH", queue, message))
        }
        return ids
    }

    /// The ids of the tasks in the hands of one process.
    func held(by member: Member, of queue: String = "background") async throws -> Set<String> {
        let reply = try await system.database.send(RedisCommand("HVALS", Self.inflight(member, queue)))
        return Set(
            try (reply.array ?? []).compactMap { try JSONValue(parsing: $0.bytes ?? [])["headers"]?["id"]?.string }
        )
    }

    /// How many of these are done, and done well.
    func succeeded(_ ids: [String]) async throws -> Int {
        let keys = ids.map { "celery-task-meta-\($0)" }
        let results = try await system.database.send(RedisCommand("MGET", arguments: keys)).array ?? []
        return results.count { $0.string?.contains(#""status": "SUCCESS""#) ?? false }
    }

    private static func inflight(_ member: Member, _ queue: String) -> String {
        "{\(queue)}:inflight:\(member.incarnation)"
    }
}
