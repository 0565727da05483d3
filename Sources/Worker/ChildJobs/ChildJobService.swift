import Dispatch
import JobQueue
import Platform

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The whole work of a process that a worker started for one attempt.
struct ChildJobService: LeadingService {
    let process: ChildJobProcess
    private let line = ChildJobLine(descriptor: ChildJobLine.theirs)

    /// - Throws: `NotAChild` where no worker started this process.
    init(_ process: ChildJobProcess) throws {
        self.process = process
        var status = stat()
        guard fstat(line.descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { throw NotAChild() }
        // What the job starts must not keep the line open beyond the end of this process.
        _ = fcntl(line.descriptor, F_SETFD, FD_CLOEXEC)
    }

    /// Runs the attempt and returns once its end was written.
    func run() async throws {
        // A stop of the whole group is the worker's to judge: it tells us, or is gone.
        signal(SIGTERM, SIG_IGN)
        signal(SIGINT, SIG_IGN)
        let (input, pieces) = AsyncStream.makeStream(of: [UInt8].self)
        let line = line
        DispatchQueue(label: "worker").async {
            line.forEachPiece { pieces.yield($0) }
            // The worker is gone, and with it whoever could tell of this attempt. Whatever the job started goes, too.
            kill(0, SIGKILL)
        }
        let writing = DispatchQueue(label: "answers")
        await process.run(input: input) { bytes in writing.async { line.write(bytes) } }
        // Until the last answer was written.
        await withCheckedContinuation { continuation in writing.async { continuation.resume() } }
    }
}

/// A process that claims to be a worker's without being it.
struct NotAChild: Error, CustomStringConvertible {
    let description = "--child-job is for processes that a worker starts"
}
