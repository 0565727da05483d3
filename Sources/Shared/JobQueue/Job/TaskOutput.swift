import NIOConcurrencyHelpers
import Redis

/// The output of a task as its attempt writes it, piece by piece, while others read it
/// (`JobProducer.output(of:in:from:)`).
///
/// It belongs to the task: an attempt after a failure, a stop or the death of a worker finds what was written, and goes
/// on behind it or cuts it off. What is written is in Redis when the call returns, and is kept for
/// `WorkerConfiguration.outputExpires` after the latest write. Each write is a round trip, so gather the tokens of a
/// model for some tens of milliseconds.
///
/// Written in one place at a time: a write that begins before another has returned throws `.outputBusy`.
public struct TaskOutput: Sendable {
    /// The longest output, in bytes.
    public static let maximumBytes = 8 << 20

    let context: JobContext
    let position: OutputPosition

    private var scope: AttemptScope { context.scope }

    /// How long it is, in bytes, with what earlier attempts wrote.
    ///
    /// - Throws: `JobQueueError(.unavailable)`.
    public func length() async throws(JobQueueError) -> Int {
        do throws(RedisError) {
            return try await scope.store.outputLength(of: context.taskID)
        } catch {
            throw JobQueueError(.unavailable, task: context.taskName, cause: error)
        }
    }

    /// All of it, with what earlier attempts wrote.
    ///
    /// - Throws: `JobQueueError(.unavailable)`.
    public func contents() async throws(JobQueueError) -> [UInt8] {
        do throws(RedisError) {
            return try await scope.store.output(of: context.taskID)
        } catch {
            throw JobQueueError(.unavailable, task: context.taskName, cause: error)
        }
    }

    /// Adds to its end.
    ///
    /// - Returns: How long it is now, in bytes.
    /// - Throws: `JobQueueError`: `.leaseLost` where another worker may have the task by now: stop; `.unavailable` where
    ///   Redis did not confirm; `.tooLarge` over ``maximumBytes``; `.outputBusy`; `.outputMoved` where it is not what
    ///   this attempt left, as after its life.
    @discardableResult
    public func append(_ bytes: [UInt8]) async throws(JobQueueError) -> Int {
        try await write { place throws(JobQueueError) in
            try await scope.store.append(bytes, at: place, by: context.identity)
        }
    }

    /// Adds to its end, as UTF-8; see `append(_:)` for bytes.
    ///
    /// - Throws: As `append(_:)` for bytes.
    @discardableResult
    public func append(_ text: String) async throws(JobQueueError) -> Int { try await append(Array(text.utf8)) }

    /// Cuts off what stands behind the first `place` bytes. Readers who have read beyond are told.
    ///
    /// - Throws: As `append(_:)`; `.outputMoved` where it is shorter than that.
    public func cut(to place: Int = 0) async throws(JobQueueError) {
        _ = try await write { _ throws(JobQueueError) in
            try await scope.store.cutOutput(to: place, by: context.identity)
        }
    }

    private func write(
        _ body: (_ place: Int) async throws(JobQueueError) -> OutputWrite
    ) async throws(JobQueueError) -> Int {
        guard position.begin() else { throw JobQueueError(.outputBusy, task: context.taskName, cause: nil) }
        var length: Int?
        defer { position.end(at: length) }
        var place = position.place
        if place == nil { place = try await self.length() }
        switch try await body(place ?? 0) {
        case .written(let written): length = written
        case .tooLarge: throw JobQueueError(.tooLarge, task: context.taskName, cause: nil)
        case .moved: throw JobQueueError(.outputMoved, task: context.taskName, cause: nil)
        }
        return length ?? 0
    }
}

extension JobContext {
    /// The output of this task.
    ///
    /// - Throws: `JobQueueError(.noOutputStream)` where the job does not say that it has one (`Job.streamsOutput`);
    ///   `.leaseLost` where this attempt is over.
    public var output: TaskOutput {
        get throws(JobQueueError) {
            guard streamsOutput else { throw JobQueueError(.noOutputStream, task: taskName, cause: nil) }
            guard let position = scope.running.output(tag) else {
                throw JobQueueError(.leaseLost, task: taskName, cause: nil)
            }
            return TaskOutput(context: self, position: position)
        }
    }
}

/// Where one attempt writes next.
final class OutputPosition: Sendable {
    private struct State {
        /// Nil where nobody has looked yet, or where nobody knows what became of the last write.
        var place: Int?
        var isBusy = false
    }

    private let state = NIOLockedValueBox(State())

    var place: Int? { state.withLockedValue { $0.place } }

    /// - Returns: whether nobody else writes.
    func begin() -> Bool {
        state.withLockedValue { state in
            defer { state.isBusy = true }
            return !state.isBusy
        }
    }

    func end(at place: Int?) {
        state.withLockedValue { state in
            state.place = place
            state.isBusy = false
        }
    }
}
