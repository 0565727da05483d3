import Redis

@testable import JobQueue

/// What tests of the operator's steps need besides a queue.
extension QueueFixture {
    var control: QueueControl { QueueControl(redis: redis) }

    /// How often Redis ran a command since the last `CONFIG RESETSTAT`, scripts' calls included.
    func calls(_ command: String) async throws -> Int {
        let statistics = try await self.command("INFO", "commandstats").string ?? ""
        let line = statistics.split(whereSeparator: \.isNewline).first { $0.hasPrefix("cmdstat_\(command):calls=") }
        return line.flatMap { Int($0.dropFirst("cmdstat_\(command):calls=".count).prefix { $0.isNumber }) } ?? 0
    }
}
