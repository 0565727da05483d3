import JobQueue
import NIOConcurrencyHelpers

/// Sees what attempts throw, as the outermost middleware.
final class ErrorWitness: RunMiddleware {
    private let errors = NIOLockedValueBox<[TaskID: any Error]>([:])

    func run(_ context: JobContext, _ next: () async throws -> Void) async throws {
        do {
            try await next()
        } catch {
            errors.withLockedValue { $0[context.taskID] = error }
            throw error
        }
    }

    /// What the last attempt of a task threw; nil where it did not, or where somebody has asked before.
    func take(_ id: TaskID) -> (any Error)? { errors.withLockedValue { $0.removeValue(forKey: id) } }
}
