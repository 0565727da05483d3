import Dispatch
import Logging
import Platform
import Processes

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A worker process's line to its supervisor: a socket that only these two hold. The worker writes its notices to it;
/// that it breaks tells each of the other's end, however that came.
struct SupervisorLine: Sendable {
    /// Where a worker process finds it.
    static let descriptor: Int32 = 3

    /// The worker's number among its supervisor's.
    let number: Int

    /// Takes over the line that this process was started with.
    ///
    /// - Throws: `NotSupervised` where there is none.
    init(number: Int) throws {
        var status = stat()
        guard number > 0, fstat(Self.descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else {
            throw NotSupervised()
        }
        // What this process starts must not keep the line open beyond its death.
        _ = fcntl(Self.descriptor, F_SETFD, FD_CLOEXEC)
        self.number = number
    }

    /// Tells the supervisor, without ever waiting for it: one that does not listen costs speed of recovery, no job.
    func tell(_ notice: ChildNotice, logger: Logger) {
        let line = Array(notice.line.utf8)
        if send(Self.descriptor, line, line.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL)) != line.count {
            logger.warning("the supervisor does not listen", metadata: ["error": "\(String(cString: strerror(errno)))"])
        }
    }

    /// From now on, asks this process to stop gracefully once the supervisor is gone.
    func followToTheEnd() {
        DispatchQueue(label: "supervisor").async {
            LineReader(descriptor: Self.descriptor).forEachLine { _ in }
            kill(getpid(), SIGTERM)
        }
    }
}

/// A process that claims to be another's without being it.
struct NotSupervised: Error, CustomStringConvertible {
    let description = "--supervised is for processes that a supervisor starts; use --processes"
}
