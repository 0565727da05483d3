import JSON
import Redis

@testable import JobQueue

/// What tests of the operator's steps need besides a queue.
extension QueueFixture {
    var control: QueueControl { QueueControl(redis: redis) }
    var inspector: QueueInspector { QueueInspector(redis: redis) }

    /// A message of `id`, as a worker would find it after so many retries.
    func message(_ id: String, task: TaskName = "test.job", retries: Int = 0) throws -> [UInt8] {
        let new = NewTask(
            id: TaskID(id),
            name: task,
            queue: queue,
            keywordArguments: Array(#"{"value":"\#(id)"}"#.utf8)
        )
        let raw = new.encoded(origin: "gen1@test")
        guard retries > 0 else { return raw }
        return try TaskMessage(decoding: raw).retried(at: WireTime.now.advanced(by: .seconds(9)), spending: retries)
    }

    /// Lets a task die as a worker would; the newest letter stands left.
    func bury(
        _ id: String,
        task: TaskName = "test.job",
        error: String = "Broken",
        at time: WireTime = .now
    ) async throws {
        let letter = DeadLetter.failed(
            try TaskMessage(decoding: try message(id, task: task, retries: 2)),
            TaskFailure(type: error, message: "no \(id)"),
            crashes: 1,
            at: time
        )
        _ = try await command("LPUSH", keys.dead, letter)
    }

    /// The ids of a list's messages, the next to be taken first.
    func ready() async throws -> [String?] {
        try await inspector.next(100_000, of: queue).map(\.id)
    }

    func dead() async throws -> [String?] {
        try await inspector.deadLetters(of: queue, limit: 100_000).map(\.message.id)
    }

    /// How often Redis ran a command since the last `CONFIG RESETSTAT`, scripts' calls included.
    func calls(_ command: String) async throws -> Int {
        let statistics = try await self.command("INFO", "commandstats").string ?? ""
        let line = statistics.split(whereSeparator: \.isNewline).first { $0.hasPrefix("cmdstat_\(command):calls=") }
        return line.flatMap { Int($0.dropFirst("cmdstat_\(command):calls=".count).prefix { $0.isNumber }) } ?? 0
    }
}
