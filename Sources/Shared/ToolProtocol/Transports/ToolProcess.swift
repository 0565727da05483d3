import Dispatch
import Logging
import NIOConcurrencyHelpers
import Processes

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The process of a server: its pipes, its complaints, its end.
///
/// Ending it is what the protocol asks for: its standard input closes; if that is not enough SIGTERM follows after two
/// seconds and SIGKILL after two more, to all that it started.
final class ToolProcess: Sendable {
    /// What to start.
    struct Launch: Sendable {
        let command: [String]
        /// The whole of it: nothing of ours is handed on by itself.
        let environment: [String: String]
    }

    private struct State {
        /// Nil once it was waited for: then the number can become another's.
        var processID: Int32?
        var isEnding = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    /// Our end of its standard input, for one owner.
    let input: Int32
    /// Our end of its standard output, for one owner.
    let output: Int32
    private let state: NIOLockedValueBox<State>

    /// A server that ends while we write to it is an error code of the write; the signal would end us. Children get the
    /// default back (`ProcessLaunch`).
    private static let ignoresBrokenPipes: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

    /// Throws what the system said against it.
    init(_ launch: Launch, server: String, logger: Logger) throws(ProcessLaunch.Failure) {
        _ = Self.ignoresBrokenPipes
        guard let program = launch.command.first else { throw ProcessLaunch.Failure(code: ENOENT) }
        let input = try Self.openPipe()
        let output: (reading: Int32, writing: Int32)
        let complaints: (reading: Int32, writing: Int32)
        do {
            output = try Self.openPipe()
        } catch {
            Self.closeBoth(input)
            throw error
        }
        do {
            complaints = try Self.openPipe()
        } catch {
            Self.closeBoth(input)
            Self.closeBoth(output)
            throw error
        }
        var process = ProcessLaunch(
            program,
            arguments: Array(launch.command.dropFirst()),
            environment: launch.environment
        )
        process.descriptors = [
            STDIN_FILENO: input.reading, STDOUT_FILENO: output.writing, STDERR_FILENO: complaints.writing,
        ]
        let processID: Int32
        do {
            processID = try process.spawn()
        } catch {
            Self.closeBoth(input)
            Self.closeBoth(output)
            Self.closeBoth(complaints)
            throw error
        }
        for descriptor in [input.reading, output.writing, complaints.writing] { close(descriptor) }
        self.input = input.writing
        self.output = output.reading
        state = NIOLockedValueBox(State(processID: processID))
        // Threads of their own, since both block.
        DispatchQueue(label: "tool-server-log").async {
            LineReader(descriptor: complaints.reading).forEachLine { line in
                logger.debug("tool server says", metadata: ["server": "\(server)", "line": "\(line.prefix(1_000))"])
            }
            close(complaints.reading)
        }
        DispatchQueue(label: "tool-server-end").async { [state] in
            ProcessEnding.waitLeaving(processID)
            let waiting = state.withLockedValue { state in
                state.processID = nil
                defer { state.waiting = [] }
                return state.waiting
            }
            let ending = ProcessEnding(of: processID)
            logger.debug("tool server ended", metadata: ["server": "\(server)", "ending": "\(ending)"])
            for continuation in waiting { continuation.resume() }
        }
    }

    /// Makes sure that it ends, unless it does so by itself.
    func end() {
        let isFirst = state.withLockedValue { state in
            defer { state.isEnding = true }
            return !state.isEnding && state.processID != nil
        }
        guard isFirst else { return }
        for (seconds, signal) in [(2, SIGTERM), (4, SIGKILL)] {
            DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(seconds)) { [state] in
                state.withLockedValue { state in
                    if let processID = state.processID { _ = kill(-processID, signal) }
                }
            }
        }
    }

    /// Makes sure that it ends where nobody became the owner of our ends of its pipes.
    func abandon() {
        close(input)
        close(output)
        end()
    }

    /// Ends it and returns once it has.
    func ended() async {
        end()
        await withCheckedContinuation { continuation in
            let hasEnded = state.withLockedValue { state in
                if state.processID != nil { state.waiting.append(continuation) }
                return state.processID == nil
            }
            if hasEnded { continuation.resume() }
        }
    }

    private static func openPipe() throws(ProcessLaunch.Failure) -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw ProcessLaunch.Failure(code: errno) }
        // Those of two servers that start at once must not hold each other's open; a child gets copies without the flag.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    private static func closeBoth(_ ends: (reading: Int32, writing: Int32)) {
        close(ends.reading)
        close(ends.writing)
    }
}
