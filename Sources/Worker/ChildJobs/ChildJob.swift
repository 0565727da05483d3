import Dispatch
import JobQueue
import NIOConcurrencyHelpers
import Platform
import Processes

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Starts this program once more for one attempt, with a socket that only the two hold.
struct ChildJobLauncher: ChildProcessLauncher {
    let launch: ProcessLaunch

    func start(
        writing first: [UInt8],
        onOutput: @escaping @Sendable ([UInt8]) -> Void,
        onEnd: @escaping @Sendable (_ how: String) -> Void
    ) throws -> any JobQueue.ChildProcess {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw ProcessLaunch.Failure(code: errno) }
        let (ours, theirs) = (ends[0], ends[1])
        defer { close(theirs) }
        var launch = launch
        launch.descriptors[ChildJobLine.theirs] = theirs
        let child: ChildJob
        do {
            child = ChildJob(processID: try launch.spawn(), line: ChildJobLine(descriptor: ours))
        } catch {
            close(ours)
            throw error
        }
        DispatchQueue(label: "job.\(child.processID)").async {
            child.line.write(first)
            child.line.forEachPiece(onOutput)
            onEnd("\(child.waitForEnd())")
        }
        return child
    }
}

/// The process of one attempt, as its worker sees it.
private final class ChildJob: JobQueue.ChildProcess {
    let processID: Int32
    let line: ChildJobLine
    /// Guards the process's number and its line: once it was waited for, they can become another's.
    private let hasEnded = NIOLockedValueBox(false)

    init(processID: Int32, line: ChildJobLine) {
        self.processID = processID
        self.line = line
    }

    func write(_ bytes: [UInt8]) { hasEnded.withLockedValue { if !$0 { line.writeAtOnce(bytes) } } }

    func kill() { hasEnded.withLockedValue { if !$0 { _ = send(SIGKILL, to: -processID) } } }

    /// Blocks. What the child started ends with it.
    func waitForEnd() -> ProcessEnding {
        ProcessEnding.waitLeaving(processID)
        return hasEnded.withLockedValue { hasEnded in
            hasEnded = true
            // Its number is its group's as long as it was not waited for.
            _ = send(SIGKILL, to: -processID)
            close(line.descriptor)
            return ProcessEnding(of: processID)
        }
    }
}

/// `kill` of the C library, out of reach inside a type that has a method of that name.
private func send(_ signal: Int32, to target: Int32) -> Int32 { kill(target, signal) }
