import Dispatch
import Platform
import Processes

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A program started by us, in a process group of its own so that Ctrl-C reaches only us and we stop it in order.
struct ChildProcess: Sendable {
    /// What to start and how.
    struct Plan: Sendable {
        /// The short name its lines are prefixed with.
        let name: String
        /// Absolute path, or a name to be looked up in `PATH`.
        let program: String
        var arguments: [String] = []
        /// The whole environment; secrets travel here and never as arguments.
        var environment: [String: String] = [:]
        /// The file it logs to instead of its output; nil where it has none.
        var log: String?
        /// A descriptor it gets as number 3, so that a lock lives as long as it does.
        var lock: Int32?
    }

    let plan: Plan
    let processID: pid_t

    var name: String { plan.name }

    /// Starts the program.
    ///
    /// - Parameters:
    ///   - plan: what to start.
    ///   - onLine: called with each line it prints, from a thread of its own.
    ///   - onEnd: called once, after its last line.
    /// - Returns: the running program.
    /// - Throws: `CommandFailure` when it cannot be started.
    static func start(
        _ plan: Plan,
        onLine: @escaping @Sendable (String) -> Void,
        onEnd: @escaping @Sendable (ProcessEnding) -> Void
    ) throws(CommandFailure) -> ChildProcess {
        let output = try openPipe(for: plan.name)
        var launch = ProcessLaunch(plan.program, arguments: plan.arguments, environment: plan.environment)
        launch.descriptors = [STDOUT_FILENO: output[1], STDERR_FILENO: output[1]]
        if let lock = plan.lock { launch.descriptors[3] = lock }
        defer { close(output[1]) }
        let processID: pid_t
        do {
            processID = try launch.spawn()
        } catch {
            close(output[0])
            throw failure("start", plan.name, error.code)
        }
        let reading = output[0]
        DispatchQueue(label: "child.\(plan.name)").async {
            LineReader(descriptor: reading).forEachLine(onLine)
            close(reading)
            onEnd(ProcessEnding(of: processID))
        }
        return ChildProcess(plan: plan, processID: processID)
    }

    /// Sends a signal to it and to what it started itself.
    func send(_ signal: Int32) {
        kill(-processID, signal)
    }

    /// A pipe whose ends other programs do not inherit: reading end, writing end.
    private static func openPipe(for name: String) throws(CommandFailure) -> [Int32] {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw failure("make a pipe for", name, errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return ends
    }

    private static func failure(_ what: String, _ name: String, _ code: Int32) -> CommandFailure {
        CommandFailure(.failed, "cannot \(what) \(name): \(String(cString: strerror(code)))")
    }
}
