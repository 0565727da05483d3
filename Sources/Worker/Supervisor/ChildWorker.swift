import Dispatch
import NIOConcurrencyHelpers
import Platform
import Processes

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A worker process, as its supervisor sees it.
final class ChildWorker: Sendable {
    let processID: Int32
    /// Guards the process's number: once it was waited for, it can become another's.
    private let hasEnded = NIOLockedValueBox(false)

    private init(processID: Int32) { self.processID = processID }

    /// Starts a program with a line to us.
    ///
    /// - Parameters:
    ///   - launch: The program.
    ///   - onNotice: Called with each notice, from a thread of its own.
    ///   - onEnd: Called once, when the process is dead for certain, after its last notice.
    /// - Returns: The running process.
    /// - Throws: `ProcessLaunch.Failure` where it cannot be started.
    static func start(
        _ launch: ProcessLaunch,
        onNotice: @escaping @Sendable (ChildNotice) -> Void,
        onEnd: @escaping @Sendable (ProcessEnding) -> Void
    ) throws(ProcessLaunch.Failure) -> ChildWorker {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw ProcessLaunch.Failure(code: errno) }
        let (ours, theirs) = (ends[0], ends[1])
        defer { close(theirs) }
        var launch = launch
        launch.descriptors[SupervisorLine.descriptor] = theirs
        let child: ChildWorker
        do {
            child = ChildWorker(processID: try launch.spawn())
        } catch {
            close(ours)
            throw error
        }
        DispatchQueue(label: "worker.\(child.processID)").async {
            // The line breaks with the process: nobody else has its other end.
            LineReader(descriptor: ours).forEachLine { line in
                if let notice = ChildNotice(line) { onNotice(notice) }
            }
            let ending = child.waitForEnd()
            close(ours)
            onEnd(ending)
        }
        return child
    }

    /// Asks it to take no more tasks.
    func quieten() { signal(SIGUSR1, to: processID) }

    /// Asks it alone to stop.
    func stop() { signal(SIGTERM, to: processID) }

    /// Ends it at once, and whatever it started.
    func kill() { signal(SIGKILL, to: -processID) }

    private func signal(_ number: Int32, to target: Int32) {
        hasEnded.withLockedValue { hasEnded in
            if !hasEnded { _ = send(number, to: target) }
        }
    }

    private func waitForEnd() -> ProcessEnding {
        ProcessEnding.waitLeaving(processID)
        return hasEnded.withLockedValue { hasEnded in
            hasEnded = true
            return ProcessEnding(of: processID)
        }
    }
}

/// `kill` of the C library, out of reach inside a type that has a method of that name.
private func send(_ signal: Int32, to target: Int32) -> Int32 { kill(target, signal) }
