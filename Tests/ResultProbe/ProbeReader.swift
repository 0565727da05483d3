import ArgumentParser
import JSON
import JobPayload
import JobQueue
import Redis

/// Reads results and prints what came, a line of JSON each.
struct ProbeReader: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "read", abstract: "Waits for results and prints them.")

    @OptionGroup var redis: ProbeRedis
    @Option(help: "How long to wait, in seconds.")
    var timeout = 20
    @Flag(help: "The id is that of a saved group.")
    var group = false
    @Flag(help: "Print every state, up to the last.")
    var updates = false
    @Flag(help: "Print what follows from the task, level by level.")
    var descendants = false
    @Argument(help: "The tasks, or the group.")
    var ids: [String]

    private var patience: Duration { .seconds(timeout) }

    func run() async throws {
        let client = try redis.client()
        defer { client.close() }
        let store = ResultStore(redis: client, payload: JobPayload())
        if group {
            guard let found = try await store.savedGroup(TaskID(ids[0]), as: JSONValue.self) else {
                return say(["group": .null])
            }
            let outcomes = try await found.outcomes(timeout: patience)
            let counts = try await found.counts()
            for (member, outcome) in zip(found.members, outcomes) { say(Self.line(member.id, outcome)) }
            return say([
                "total": .integer(Int64(counts.total)), "succeeded": .integer(Int64(counts.succeeded)),
                "failed": .integer(Int64(counts.failed)),
            ])
        }
        // All at once, as a program does that waits for many.
        let handles = ids.map { store.handle(of: TaskID($0), as: JSONValue.self) }
        try await withThrowingTaskGroup(of: (Int, [JSONObject]).self) { tasks in
            for (index, handle) in handles.enumerated() {
                tasks.addTask { (index, try await self.lines(of: handle)) }
            }
            var all: [Int: [JSONObject]] = [:]
            for try await (index, lines) in tasks { all[index] = lines }
            for index in handles.indices { for line in all[index] ?? [] { say(line) } }
        }
    }

    private func lines(of handle: TaskHandle<JSONValue>) async throws -> [JSONObject] {
        var lines: [JSONObject] = []
        if updates {
            for try await state in handle.updates(timeout: patience) { lines.append(try Self.line(handle.id, state)) }
            return lines
        }
        let end = try await handle.end(timeout: patience)
        lines.append(try Self.line(handle.id, end))
        do {
            let value = try await handle.value(timeout: .zero)
            lines.append(Self.line(handle.id, .success(value)))
        } catch {
            lines.append(Self.line(handle.id, .failure(error)))
        }
        guard descendants else { return lines }
        for node in try await handle.descendants() {
            switch node {
            case .task(let task): lines.append(["task": .string(task.id.rawValue)])
            case .group(let group):
                let members = group.members.map { JSONValue.string($0.id.rawValue) }
                lines.append(["group": .string(group.id.rawValue), "members": .array(members)])
            }
        }
        return lines
    }

    private static func line(_ id: TaskID, _ state: ResultState) throws -> JSONObject {
        var line: JSONObject = ["id": .string(id.rawValue), "status": .string(state.status.rawValue)]
        line["result"] = try state.value.json()
        line["traceback"] = state.traceback.map { .string($0) } ?? .null
        line["parent"] = state.parentID.map { .string($0.rawValue) } ?? .null
        line["group"] = state.groupID.map { .string($0) } ?? .null
        line["done"] = state.doneAt.map { .string($0.text) } ?? .null
        line["details"] = .object(state.details)
        return line
    }

    private static func line(_ id: TaskID, _ outcome: Result<JSONValue, any Error>) -> JSONObject {
        switch outcome {
        case .success(let value):
            // JSON has no such numbers.
            let text = value.double.map { $0.isFinite ? nil : "\($0)" } ?? nil
            return ["value": text.map { .string($0) } ?? value]
        case .failure(let error as TaskFailedError):
            return [
                "error": .string(error.failure.type), "module": .string(error.failure.module),
                "message": .string(error.failure.message), "arguments": .array(error.failure.arguments ?? []),
            ]
        case .failure(let error as TaskRevokedError): return ["revoked": .string(error.reason)]
        case .failure(let error): return ["trouble": .string("\(error)")]
        }
    }

    private func say(_ line: JSONObject) { print(JSONValue.object(line).text) }
}
