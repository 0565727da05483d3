import JobQueue

/// What every job of the benchmarks is told, so that each message has a typed argument to decode.
struct Number: Codable, Sendable {
    let number: Int
}

/// Does nothing.
struct NoOp: Job {
    static let name: TaskName = "benchmark.no_op"
    static let queue: QueueName = "benchmark"

    func run(_ arguments: Number, in context: JobContext) async throws -> NoOutput { NoOutput() }
}

/// Returns its number, which is stored.
struct Answering: Job {
    static let name: TaskName = "benchmark.answering"
    static let queue: QueueName = "benchmark"

    func run(_ arguments: Number, in context: JobContext) async throws -> Int { arguments.number }
}

/// Notes how long ago it was enqueued; its number is that moment.
struct Timed: Job {
    static let name: TaskName = "benchmark.timed"
    static let queue: QueueName = "benchmark"

    let journal: Journal

    func run(_ arguments: Number, in context: JobContext) async throws -> NoOutput {
        journal.note(Journal.now - arguments.number)
        return NoOutput()
    }
}

/// Notes that it began, and sleeps; its number is in seconds.
struct Sleeper: Job {
    static let name: TaskName = "benchmark.sleeper"
    static let queue: QueueName = "benchmark"

    let journal: Journal

    func run(_ arguments: Number, in context: JobContext) async throws -> NoOutput {
        journal.note(0)
        try await Task.sleep(for: .seconds(arguments.number))
        return NoOutput()
    }
}
