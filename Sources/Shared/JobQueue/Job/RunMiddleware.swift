/// Something to be done around every attempt of every job: timing, tracing, a check.
///
/// Given to `JobWorker`, the first outermost. A worker without any pays nothing for them.
public protocol RunMiddleware: Sendable {
    /// Runs around one attempt.
    ///
    /// What it throws stands for what the job threw: rethrow to leave an error as it is, throw another to have that
    /// judged. An attempt whose job was not run, because `next` was not called, fails and is retried as the job says.
    ///
    /// - Parameters:
    ///   - context: The attempt; `context.header(_:)` reads what an `EnqueueMiddleware` wrote.
    ///   - next: The other middleware and the job. Call it once.
    /// - Throws: What `next` threw, or instead of it what is to be judged.
    func run(_ context: JobContext, _ next: () async throws -> Void) async throws
}

extension JobRegistry.Entry {
    /// Runs one attempt inside `middleware` and returns the JSON of the output.
    func run(
        _ message: TaskMessage,
        _ context: JobContext,
        inside middleware: ArraySlice<any RunMiddleware>,
        _ code: (TaskMessage, JobContext) async throws -> [UInt8]
    ) async throws -> [UInt8] {
        guard let outermost = middleware.first else { return try await code(message, context) }
        var output: [UInt8]?
        try await outermost.run(context) {
            output = try await run(message, context, inside: middleware.dropFirst(), code)
        }
        guard let output else {
            throw TaskFailure(type: "JobNotRun", message: "\(type(of: outermost)) did not run the job")
        }
        return output
    }
}
