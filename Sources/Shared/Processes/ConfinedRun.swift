import CSpawn
import Dispatch
import NIOConcurrencyHelpers

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// One run of a confined program: its process, and who may end it when.
final class ConfinedRun: Sendable {
    private struct State {
        /// nil before the start and once it was waited for: then the number can become another's.
        var processID: Int32?
        /// The first reason to end it.
        var reason: Reason?
    }

    enum Reason: Sendable { case cancelled, timedOut, saidTooMuch }

    private typealias Pipe = (reading: Int32, writing: Int32)

    private static let complaintBytes = 4_096
    /// Our numbers of inputs are above all that they get there, so that none is overwritten before it is copied.
    private static let leastDescriptor: Int32 = 64

    private let program: ConfinedProgram
    private let arguments: [String]
    private let limits: ConfinedProgram.Limits
    private let deadline: ContinuousClock.Instant
    private let state = NIOLockedValueBox(State())

    init(
        program: ConfinedProgram,
        arguments: [String],
        limits: ConfinedProgram.Limits,
        deadline: ContinuousClock.Instant
    ) {
        self.program = program
        self.arguments = arguments
        self.limits = limits
        self.deadline = deadline
    }

    /// Kills it and what it started. Before the start: it will not start.
    func end(_ reason: Reason) {
        state.withLockedValue { state in
            state.reason = state.reason ?? reason
            if let processID = state.processID { kill(-processID, SIGKILL) }
        }
    }

    /// Blocks until it has ended.
    func outcome(inputs: [[UInt8]]) -> Result<ConfinedProgram.Output, ConfinedProgram.Failure> {
        guard let path = ConfinedProgram.find(program.name, in: program.searchPath) else {
            return .failure(.missing(program: program.name))
        }
        guard let prlimit = ConfinedProgram.find("prlimit", in: ConfinedProgram.systemPath) else {
            return .failure(.missing(program: "prlimit"))
        }
        if ContinuousClock.now >= deadline { end(.timedOut) }
        var descriptors: [Int32] = []
        defer { for descriptor in descriptors { close(descriptor) } }
        do {
            for input in inputs { descriptors.append(try Self.nameless(input)) }
            let output = try Self.openPipe()
            descriptors.append(output.reading)
            let complaints = try Self.openPipe(besides: output)
            descriptors.append(complaints.reading)
            var launch = ProcessLaunch(
                prlimit,
                arguments: prlimitOptions + ["--"] + NetworkNamespace.prefix + [path] + arguments,
                environment: ["PATH": program.searchPath, "LANG": "C.UTF-8", "HOME": "/nonexistent"]
            )
            launch.descriptors = [STDOUT_FILENO: output.writing, STDERR_FILENO: complaints.writing]
            for index in inputs.indices {
                launch.descriptors[ConfinedProgram.firstInput + Int32(index)] = descriptors[index]
            }
            let refusal = Result { () throws(ProcessLaunch.Failure) in try start(launch) }
            close(output.writing)
            close(complaints.writing)
            if let failure = try refusal.get() { return .failure(failure) }
            return collect(output.reading, complaints.reading)
        } catch {
            return .failure(.notStarted(program: program.name, code: error.code))
        }
    }

    private var prlimitOptions: [String] {
        let seconds = limits.time.components.seconds + (limits.time.components.attoseconds > 0 ? 1 : 0)
        return ["--as=\(limits.memoryBytes)", "--cpu=\(seconds)", "--fsize=0", "--nofile=128", "--core=0"]
    }

    /// Starts it, unless there is a reason not to.
    private func start(_ launch: ProcessLaunch) throws(ProcessLaunch.Failure) -> ConfinedProgram.Failure? {
        let result: Result<Reason?, ProcessLaunch.Failure> = state.withLockedValue { state in
            if let reason = state.reason { return .success(reason) }
            return Result { () throws(ProcessLaunch.Failure) in
                state.processID = try launch.spawn()
                return nil
            }
        }
        return try result.get().flatMap(failure(for:))
    }

    private func failure(for reason: Reason) -> ConfinedProgram.Failure? {
        switch reason {
        case .cancelled: .cancelled
        case .timedOut: .timedOut(program: program.name)
        case .saidTooMuch: nil
        }
    }

    /// Reads both until all that may write to them is gone, then waits for the process.
    private func collect(
        _ output: Int32,
        _ complaints: Int32
    ) -> Result<ConfinedProgram.Output, ConfinedProgram.Failure> {
        let alarm = DispatchWorkItem { self.end(.timedOut) }
        let nanoseconds = Int(max(.zero, deadline - .now) / .nanoseconds(1))
        DispatchQueue.global().asyncAfter(deadline: .now() + .nanoseconds(nanoseconds), execute: alarm)
        defer { alarm.cancel() }

        var said = BoundedOutput(limit: limits.outputBytes)
        var complained = BoundedOutput(limit: Self.complaintBytes)
        var sources = [
            pollfd(fd: output, events: Int16(POLLIN), revents: 0),
            pollfd(fd: complaints, events: Int16(POLLIN), revents: 0),
        ]
        var buffer = [UInt8](repeating: 0, count: 65_536)
        // What left its group holds the pipes beyond the end of the others, so the deadline bounds reading, too.
        while sources.contains(where: { $0.fd >= 0 }), deadline > .now {
            let milliseconds = Int32(clamping: Int(max(.zero, deadline - .now) / .milliseconds(1)) + 1)
            guard poll(&sources, nfds_t(sources.count), milliseconds) > 0 else { continue }
            for index in sources.indices where sources[index].revents != 0 {
                let count = read(sources[index].fd, &buffer, buffer.count)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else {
                    sources[index].fd = -1
                    continue
                }
                if index == 0 { said.append(buffer[..<count]) } else { complained.append(buffer[..<count]) }
            }
            if said.isOver { end(.saidTooMuch) }
        }
        let ending = waitForEnd()
        if let reason = state.withLockedValue({ $0.reason }), let failure = failure(for: reason) {
            return .failure(failure)
        }
        return .success(
            ConfinedProgram.Output(
                bytes: said.bytes,
                wasCut: said.isOver,
                complaint: String(decoding: complained.bytes, as: UTF8.self),
                ending: ending
            )
        )
    }

    /// Blocks until the process is gone, at the deadline at the latest. What it started goes with it.
    private func waitForEnd() -> ProcessEnding {
        guard let processID = state.withLockedValue({ $0.processID }) else { return .status(0) }
        ProcessEnding.waitLeaving(processID)
        return state.withLockedValue { state in
            // Its number is its group's as long as it was not waited for.
            kill(-processID, SIGKILL)
            state.processID = nil
            return ProcessEnding(of: processID)
        }
    }

    /// A file without a name that holds `bytes`.
    private static func nameless(_ bytes: [UInt8]) throws(ProcessLaunch.Failure) -> Int32 {
        let small = memfd_create("input", 1)  // MFD_CLOEXEC, a macro that its header hides with the function
        guard small >= 0 else { throw ProcessLaunch.Failure(code: errno) }
        let descriptor = fcntl(small, F_DUPFD_CLOEXEC, leastDescriptor)
        close(small)
        guard descriptor >= 0 else { throw ProcessLaunch.Failure(code: errno) }
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                let code = errno
                close(descriptor)
                throw ProcessLaunch.Failure(code: code)
            }
            written += count
        }
        return descriptor
    }

    /// Both ends are ours alone until they are given to a program. `other` is one whose writing end is closed where there
    /// is no second.
    private static func openPipe(besides other: Pipe? = nil) throws(ProcessLaunch.Failure) -> Pipe {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            let code = errno
            if let other { close(other.writing) }
            throw ProcessLaunch.Failure(code: code)
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }
}

/// What a program says, as far as it may.
private struct BoundedOutput {
    let limit: Int
    private(set) var bytes: [UInt8] = []
    private(set) var isOver = false

    init(limit: Int) { self.limit = limit }

    mutating func append(_ more: ArraySlice<UInt8>) {
        let room = limit - bytes.count
        bytes += more.prefix(room)
        if more.count > room { isOver = true }
    }
}
