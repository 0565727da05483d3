package import JobQueue

/// What to do, for all jobs of this program.
package struct Work: Codable, Sendable {
    /// Names the effect.
    package var number: String
    /// How long it takes.
    package var milliseconds = 0
    /// So many attempts fail first.
    package var failures = 0
    /// Its result has so many bytes more.
    package var padding = 0

    package init(number: String, milliseconds: Int = 0, failures: Int = 0, padding: Int = 0) {
        self.number = number
        self.milliseconds = milliseconds
        self.failures = failures
        self.padding = padding
    }
}

/// A failure that was asked for.
struct AskedFor: Error {}

/// A job of this program. All have one effect for each number, and are tried again for as long as it takes.
package protocol ChaosJob: Job where Arguments == Work, Output == String {
    var ledger: Ledger { get }
}

extension ChaosJob {
    package static var queue: QueueName { "chaos" }
    package static var retry: RetryPolicy {
        .exponential(base: .milliseconds(40), cap: .milliseconds(200), maximumRetries: 1_000)
    }

    func effect(of work: Work, _ context: JobContext) async throws -> String {
        if work.milliseconds > 0 { try await Task.sleep(for: .milliseconds(work.milliseconds)) }
        if context.attempt <= work.failures { throw AskedFor() }
        try await ledger.note(work.number, task: context.taskID.rawValue)
        return work.number + String(repeating: ".", count: work.padding)
    }
}

/// Has its effect.
package struct PlainJob: ChaosJob {
    package static let name: TaskName = "chaos.plain"
    package let ledger: Ledger

    package func run(_ work: Work, in context: JobContext) async throws -> String {
        try await effect(of: work, context)
    }
}

/// Has its effect in a step, with another step before it.
package struct SteppedJob: ChaosJob {
    package static let name: TaskName = "chaos.stepped"
    package let ledger: Ledger

    package func run(_ work: Work, in context: JobContext) async throws -> String {
        let doubled = try await context.step("double") { work.number + work.number }
        guard doubled == work.number + work.number else { throw AskedFor() }
        return try await context.step("effect") { try await effect(of: work, context) }
    }
}

/// Streams a few pieces before its effect; an attempt after another begins the output again.
package struct StreamingJob: ChaosJob {
    package static let name: TaskName = "chaos.streaming"
    package static let streamsOutput = true
    package let ledger: Ledger

    package func run(_ work: Work, in context: JobContext) async throws -> String {
        let output = try context.output
        try await output.cut()
        for piece in ["one ", "two ", "three"] { try await output.append(piece) }
        return try await effect(of: work, context)
    }
}

/// Enqueues one more task before its effect: `number` followed by `-child`.
package struct ParentJob: ChaosJob {
    package static let name: TaskName = "chaos.parent"
    package let ledger: Ledger

    package func run(_ work: Work, in context: JobContext) async throws -> String {
        let child = work.number + "-child"
        let options = EnqueueOptions(queue: context.queue, deduplicationKey: child, taskID: TaskID(child))
        try await context.enqueue(PlainJob.self, Work(number: child), options: options)
        return try await effect(of: work, context)
    }
}

/// Does along with its own work what waits for its ordering key.
package struct AbsorbingJob: ChaosJob {
    package static let name: TaskName = "chaos.absorbing"
    package let ledger: Ledger

    package func run(_ work: Work, in context: JobContext) async throws -> String {
        let absorbed = try await context.absorb(Self.self)
        for task in absorbed { try await ledger.note(task.arguments.number, task: task.taskID.rawValue) }
        return try await effect(of: work, context)
    }
}

extension JobRegistry {
    /// All jobs of this program.
    package static func chaos(_ ledger: Ledger) -> JobRegistry {
        var registry = JobRegistry()
        registry.register(PlainJob(ledger: ledger))
        registry.register(SteppedJob(ledger: ledger))
        registry.register(StreamingJob(ledger: ledger))
        registry.register(ParentJob(ledger: ledger))
        registry.register(AbsorbingJob(ledger: ledger))
        return registry
    }
}
