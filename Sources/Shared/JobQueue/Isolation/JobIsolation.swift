/// Where the code of a job runs.
public enum JobIsolation: Sendable, Hashable {
    /// In the worker's process, among hundreds of others. Nothing can stop code there that does not heed its
    /// cancellation, and a crash of it ends them all.
    case task
    /// In a process of its own, one for each attempt: the hard time limit kills it and whatever it started, and its
    /// crash is the failure of this attempt alone, with `WorkerLostError` and by the job's `afterCrash`.
    ///
    /// For code that blocks, may crash or must be stopped. A start costs about as much as the start of the program, and
    /// a connection to Redis. The context is the same: steps, output, progress, stops. Middleware runs around the whole
    /// in the worker's process.
    case childProcess
}

/// Starts the processes in which jobs run that ask for one of their own. A program implements it: it knows how it is
/// started, and starts itself to run a `ChildJobProcess`.
public protocol ChildProcessLauncher: Sendable {
    /// Starts a process, in a group of its own, with a line that carries bytes both ways and breaks with either side.
    ///
    /// - Parameters:
    ///   - first: What it reads first.
    ///   - onOutput: Called with what it writes, in order, from one thread.
    ///   - onEnd: Called once, after its last output, when it is dead for certain; with how it ended, such as
    ///     `by signal 9`.
    /// - Returns: The running process.
    /// - Throws: Where it cannot be started; then nothing is called.
    func start(
        writing first: [UInt8],
        onOutput: @escaping @Sendable ([UInt8]) -> Void,
        onEnd: @escaping @Sendable (_ how: String) -> Void
    ) throws -> any ChildProcess
}

/// A process that runs one attempt. Both do nothing once it has ended.
public protocol ChildProcess: Sendable {
    /// Writes a few bytes to its line, without ever waiting.
    func write(_ bytes: [UInt8])
    /// Ends it at once, and whatever it started.
    func kill()
}

/// The process of an attempt ended before the attempt did.
struct ChildProcessLost: Error {
    /// Such as `by signal 9`.
    let how: String

    var failure: TaskFailure {
        TaskFailure(
            type: "WorkerLostError",
            message: "the process of this attempt ended \(how)",
            module: "billiard.exceptions"
        )
    }
}
