#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A program that is given what strangers sent: it gets its input as nameless files in memory, may use so much memory and
/// time, may write no files, reaches no network where the system lets us take that away, and is killed with all that it
/// started when its time is over.
///
/// The limits are set by `prlimit` and `unshare` of util-linux, which start the program in their own place: limits set from
/// outside after the start would come too late. A file in memory is gone with its last holder, even if we are killed.
package struct ConfinedProgram: Sendable {
    /// What one run may use.
    package struct Limits: Sendable {
        /// Of the address space, see `RLIMIT_AS` of setrlimit(2).
        package let memoryBytes: Int
        /// Of the processor's time, rounded up to a second, and of the time that passes.
        package let time: Duration
        /// Of its standard output; it is ended when it says more.
        package let outputBytes: Int

        package init(memoryBytes: Int, time: Duration, outputBytes: Int) {
            self.memoryBytes = memoryBytes
            self.time = time
            self.outputBytes = outputBytes
        }
    }

    /// What one run gave.
    package struct Output: Sendable {
        package let bytes: [UInt8]
        /// Whether it said more than it may, and was ended for that.
        package let wasCut: Bool
        /// The beginning of its standard error output: 4 KiB. May quote the input, so it is nothing for logs.
        package let complaint: String
        package let ending: ProcessEnding
    }

    /// Why there is no output.
    package enum Failure: Error, Equatable, CustomStringConvertible {
        /// No such program in the search path.
        case missing(program: String)
        /// The system refused to start it; `errno`.
        case notStarted(program: String, code: Int32)
        case timedOut(program: String)
        case cancelled

        package var description: String {
            switch self {
            case .missing(let program): "\(program) is not installed"
            case .notStarted(let program, let code): "cannot start \(program): \(String(cString: strerror(code)))"
            case .timedOut(let program): "\(program) took too long"
            case .cancelled: "cancelled"
            }
        }
    }

    /// The n-th input is `inputPath(n)` to the program.
    package static func inputPath(_ index: Int) -> String { "/dev/fd/\(firstInput + Int32(index))" }
    static let firstInput: Int32 = 3

    /// Its name, looked up in the search path.
    package let name: String
    let searchPath: String
    let lane: BlockingLane

    /// - Parameters:
    ///   - name: of the program, without a path.
    ///   - searchPath: directories with colons between them.
    ///   - lane: where runs wait for one another.
    package init(_ name: String, searchPath: String = Self.systemPath, lane: BlockingLane) {
        self.name = name
        self.searchPath = searchPath
        self.lane = lane
    }

    package static let systemPath = "/usr/local/bin:/usr/bin:/bin"

    /// Runs it once. The time counts from now, also while it waits for others in its lane. Cancellation kills it.
    ///
    /// - Parameters:
    ///   - arguments: never anything from outside: `prlimit` and the program read options in them.
    ///   - inputs: what it can read, as files at `inputPath`.
    ///   - limits: what it may use.
    /// - Returns: What it said, and how it ended, which may be with an error of its own.
    /// - Throws: `Failure`.
    package func run(
        _ arguments: [String],
        inputs: [[UInt8]],
        limits: Limits
    ) async throws(Failure) -> Output {
        let deadline = ContinuousClock.now + limits.time
        let run = ConfinedRun(program: self, arguments: arguments, limits: limits, deadline: deadline)
        let result: Result<Output, Failure> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                lane.perform { continuation.resume(returning: run.outcome(inputs: inputs)) }
            }
        } onCancel: {
            run.end(.cancelled)
        }
        return try result.get()
    }

    /// The absolute path of a program, or nil where it is not installed.
    static func find(_ name: String, in searchPath: String) -> String? {
        for directory in searchPath.split(separator: ":") {
            let path = "\(directory)/\(name)"
            var status = stat()
            guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            if access(path, X_OK) == 0 { return path }
        }
        return nil
    }
}
