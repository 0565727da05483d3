import NIOConcurrencyHelpers

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A child process that lives for long, with its group.
///
/// A thread of its own starts it and waits for its end: a death signal that the child asks for (`PR_SET_PDEATHSIG`, see
/// prctl(2)) comes when the *thread* that started it is gone, and threads of a pool come and go. What is left of its group
/// when it has ended is killed.
package final class ChildProcess: Sendable {
    private struct State {
        /// nil once it was waited for: then the number can become another's.
        var processID: Int32?
        /// Whether it was told to end, which it could not while it is paused.
        var isToEnd = false
    }

    /// Also the number of its group.
    package let processID: Int32
    private let state: NIOLockedValueBox<State>

    private init(_ processID: Int32) {
        self.processID = processID
        state = NIOLockedValueBox(State(processID: processID))
    }

    /// Starts it with its standard output and error on one pipe.
    ///
    /// - Parameters:
    ///   - launch: How; `descriptors` 1 and 2 are set here.
    ///   - output: Is given what it says, on another thread.
    ///   - ended: Is called once it has ended and its group is gone, on another thread.
    /// - Returns: The process.
    /// - Throws: `ProcessLaunch.Failure` where the system would not.
    package static func start(
        _ launch: ProcessLaunch,
        output: @escaping @Sendable (ArraySlice<UInt8>) -> Void,
        ended: @escaping @Sendable (ProcessEnding) -> Void
    ) async throws(ProcessLaunch.Failure) -> ChildProcess {
        let result: Result<ChildProcess, ProcessLaunch.Failure> = await withCheckedContinuation { continuation in
            do throws(ProcessLaunch.Failure) {
                try DedicatedThread.start {
                    live(launch, output: output, ended: ended) { continuation.resume(returning: $0) }
                }
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
        return try result.get()
    }

    /// Asks the process, not its group, to end; from then on it is not paused.
    package func terminate() {
        state.withLockedValue { state in
            state.isToEnd = true
            guard let processID = state.processID else { return }
            _ = Self.send(SIGCONT, -processID)
            _ = Self.send(SIGTERM, processID)
        }
    }

    /// Has it and its group stand still, unless it is to end.
    package func pause() {
        state.withLockedValue { state in
            if let processID = state.processID, !state.isToEnd { _ = Self.send(SIGSTOP, -processID) }
        }
    }

    /// Has it and its group go on.
    package func resume() {
        state.withLockedValue { state in
            if let processID = state.processID { _ = Self.send(SIGCONT, -processID) }
        }
    }

    /// Kills it and its group; nothing happens once it has ended.
    package func kill() {
        state.withLockedValue { state in
            if let processID = state.processID { _ = Self.send(SIGKILL, -processID) }
        }
    }

    private static func send(_ number: Int32, _ target: Int32) -> Int32 {
        #if canImport(Glibc)
        Glibc.kill(target, number)
        #else
        Musl.kill(target, number)
        #endif
    }

    /// The thread: from the start to the end.
    private static func live(
        _ launch: ProcessLaunch,
        output: @escaping @Sendable (ArraySlice<UInt8>) -> Void,
        ended: @Sendable (ProcessEnding) -> Void,
        started: (Result<ChildProcess, ProcessLaunch.Failure>) -> Void
    ) {
        let child: ChildProcess
        let processID: Int32
        let over: Int32
        do throws(ProcessLaunch.Failure) {
            let reader = try OutputReader(output)
            defer { close(reader.writing) }
            over = reader.over
            var launch = launch
            launch.descriptors[STDOUT_FILENO] = reader.writing
            launch.descriptors[STDERR_FILENO] = reader.writing
            do throws(ProcessLaunch.Failure) {
                processID = try launch.spawn()
            } catch {
                close(over)
                throw error
            }
            child = ChildProcess(processID)
        } catch {
            started(.failure(error))
            return
        }
        started(.success(child))
        ProcessEnding.waitLeaving(processID)
        let ending = child.state.withLockedValue { state in
            // Its number is its group's as long as it was not waited for.
            _ = send(SIGKILL, -processID)
            state.processID = nil
            return ProcessEnding(of: processID)
        }
        close(over)
        ended(ending)
    }
}

/// Reads what a process says, until nobody can say any more or we say that it is over: what has left the process's group
/// may hold the pipe for ever.
private struct OutputReader {
    private typealias Ends = (reading: Int32, writing: Int32)

    /// For the process; whoever made the reader closes it after the start.
    let writing: Int32
    /// Closed to say that it is over.
    let over: Int32

    init(_ output: @escaping @Sendable (ArraySlice<UInt8>) -> Void) throws(ProcessLaunch.Failure) {
        let said = try Self.pipe()
        let end: Ends
        do throws(ProcessLaunch.Failure) {
            end = try Self.pipe()
        } catch {
            close(said.reading)
            close(said.writing)
            throw error
        }
        do throws(ProcessLaunch.Failure) {
            try DedicatedThread.start {
                Self.read(said.reading, until: end.reading, output)
                close(said.reading)
                close(end.reading)
            }
        } catch {
            for descriptor in [said.reading, said.writing, end.reading, end.writing] { close(descriptor) }
            throw error
        }
        writing = said.writing
        over = end.writing
    }

    private static func read(
        _ source: Int32,
        until end: Int32,
        _ output: @Sendable (ArraySlice<UInt8>) -> Void
    ) {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        var rest = 65_536
        while true {
            var sources = [
                pollfd(fd: source, events: Int16(POLLIN), revents: 0),
                pollfd(fd: end, events: Int16(POLLIN), revents: 0),
            ]
            if poll(&sources, 2, -1) < 0 { continue }
            // What was said before the end is read first, but no more than a pipe holds: others may say on and on.
            guard sources[0].revents != 0, rest > 0 else { return }
            #if canImport(Glibc)
            let count = Glibc.read(source, &buffer, buffer.count)
            #else
            let count = Musl.read(source, &buffer, buffer.count)
            #endif
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            if sources[1].revents != 0 { rest -= count }
            output(buffer[..<count])
        }
    }

    private static func pipe() throws(ProcessLaunch.Failure) -> Ends {
        var ends: [Int32] = [-1, -1]
        #if canImport(Glibc)
        let code = Glibc.pipe(&ends)
        #else
        let code = Musl.pipe(&ends)
        #endif
        guard code == 0 else { throw ProcessLaunch.Failure(code: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }
}
