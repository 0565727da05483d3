import JobQueue
import Synchronization

/// Does nothing but count itself.
struct NoOp: Job {
    static let name: TaskName = "benchmark.no_op"
    static let queue: QueueName = "benchmark"

    let counter: RunCounter

    func run(_ arguments: NoArguments, in context: JobContext) async throws -> NoOutput {
        counter.count()
        return NoOutput()
    }
}

/// Tells when it began.
struct TimedJob: Job {
    static let name: TaskName = "benchmark.timed"
    static let queue: QueueName = "benchmark"

    let started: AsyncStream<ContinuousClock.Instant>.Continuation

    func run(_ arguments: NoArguments, in context: JobContext) async throws -> NoOutput {
        started.yield(.now)
        return NoOutput()
    }
}

/// Counts runs and tells when the first and the last one were.
final class RunCounter: Sendable {
    private let runs = Atomic<Int>(0)
    private let last: Int
    private let tell: @Sendable (ContinuousClock.Instant) -> Void

    init(last: Int, tell: @escaping @Sendable (ContinuousClock.Instant) -> Void) {
        self.last = last
        self.tell = tell
    }

    func count() {
        let run = runs.add(1, ordering: .relaxed).newValue
        if run == 1 || run == last { tell(.now) }
    }
}
