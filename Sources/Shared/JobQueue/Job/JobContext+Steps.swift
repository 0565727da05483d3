import FoundationEssentials
import Redis

extension JobContext {
    /// Most steps of one task.
    public static let maximumSteps = 1_000
    /// The longest result of a step, as JSON, in bytes.
    public static let maximumStepBytes = 1 << 20

    /// Does a part of the work once: where an earlier attempt has done this step its result is returned, else `body`
    /// runs, and its result is in Redis when this returns.
    ///
    /// What was paid for is so paid for once, through retries, a stop and the death of the worker; only an end between
    /// `body` and the write does it again. The results are kept while the task may come back, at most
    /// `WorkerConfiguration.journalExpires` after the latest step, and are gone once it has ended. Steps may run in
    /// parallel. Each costs two round trips.
    ///
    /// - Parameters:
    ///   - name: Names the step within the task, the same in every attempt and once in each; at most 256 bytes.
    ///   - body: The work. Not run where there is a result.
    /// - Returns: What `body` returned, now or in an earlier attempt.
    /// - Throws: What `body` throws. `JobQueueError`: `.leaseLost` where another worker may have the task by now: stop;
    ///   `.unavailable` where Redis did not answer; `.duplicateStep`, `.tooLarge`, `.tooMany` and `.unreadableStep` for
    ///   mistakes of the job, after which no attempt follows.
    public func step<Value: Codable & Sendable>(
        _ name: String,
        _ body: () async throws -> Value
    ) async throws -> Value {
        let step = JournaledStep(name: stepPrefix + name, context: self)
        try step.begin()
        do {
            if let stored = try await step.stored(as: Value.self) { return stored }
            let value = try await body()
            try await step.record(value)
            return value
        } catch {
            step.release()
            throw error
        }
    }

    /// Tells whether a step is done. One round trip.
    ///
    /// - Parameter name: As it was given to `step`.
    /// - Returns: Whether an earlier attempt, or this one, has done it.
    /// - Throws: `JobQueueError.unavailable` where Redis did not answer.
    public func hasDone(step name: String) async throws(JobQueueError) -> Bool {
        do throws(RedisError) {
            return try await scope.store.step(stepPrefix + name, of: taskID) != nil
        } catch {
            throw JobQueueError(.unavailable, task: taskName, cause: error, step: name)
        }
    }

    /// Does a part of the work once that has no result; else as the other `step`.
    ///
    /// - Throws: As the other `step`.
    public func step(_ name: String, _ body: () async throws -> Void) async throws {
        _ = try await step(name) {
            try await body()
            return NoOutput()
        }
    }
}

/// One step of one attempt, and its line in the task's journal.
private struct JournaledStep {
    let name: String
    let context: JobContext

    private var scope: AttemptScope { context.scope }

    /// Takes the name for this attempt.
    func begin() throws(JobQueueError) {
        guard (1...256).contains(name.utf8.count) else { throw error(.tooLarge) }
        switch scope.running.useStep(name, context.tag) {
        case .first: return
        case .duplicate: throw error(.duplicateStep)
        case .over: throw error(.leaseLost)
        }
    }

    func release() { scope.running.releaseStep(name, context.tag) }

    /// What an earlier attempt stored; nil where none did.
    func stored<Value: Decodable>(as type: Value.Type) async throws(JobQueueError) -> Value? {
        let stored: [UInt8]?
        do throws(RedisError) {
            stored = try await scope.store.step(name, of: context.taskID)
        } catch let cause {
            throw error(.unavailable, cause)
        }
        guard let stored else { return nil }
        do {
            let text = try scope.producer.payload?.open(stored, .step(name), of: context.taskID) ?? stored
            return try JSONDecoder().decode(Value.self, from: Data(text))
        } catch let cause {
            throw error(.unreadableStep, cause)
        }
    }

    func record(_ value: some Encodable) async throws {
        let text = Array(try JSONEncoder().encode(value))
        guard text.count <= JobContext.maximumStepBytes else { throw error(.tooLarge) }
        let sealed = scope.producer.payload?.seal(text, .step(name), of: context.taskID)
        let isKept = try await scope.store.record(sealed ?? text, of: name, by: context.identity)
        if !isKept { throw error(.tooMany) }
    }

    private func error(_ code: JobQueueError.Code, _ cause: (any Error)? = nil) -> JobQueueError {
        JobQueueError(code, task: context.taskName, cause: cause, step: name)
    }
}
