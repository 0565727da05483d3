import Dispatch
import Platform

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

    /// How it ended.
    enum Ending: Sendable, Equatable, CustomStringConvertible {
        case status(Int32)
        case signal(Int32)

        var description: String {
            switch self {
            case .status(let status): "with status \(status)"
            case .signal(let signal): "by signal \(signal)"
            }
        }
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
        onEnd: @escaping @Sendable (Ending) -> Void
    ) throws(CommandFailure) -> ChildProcess {
        let output = try openPipe(for: plan.name)
        let (processID, status) = spawn(plan, output: output[1])
        close(output[1])
        guard status == 0 else {
            close(output[0])
            throw failure("start", plan.name, status)
        }
        let reading = output[0]
        DispatchQueue(label: "child.\(plan.name)").async {
            LineReader(descriptor: reading).forEachLine(onLine)
            close(reading)
            onEnd(wait(for: processID))
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

    private static func spawn(_ plan: Plan, output: Int32) -> (pid_t, Int32) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO)
        if let lock = plan.lock { posix_spawn_file_actions_adddup2(&actions, lock, 3) }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        posix_spawnattr_setflags(&attributes, Int16(flags))

        var arguments: [UnsafeMutablePointer<CChar>?] = ([plan.program] + plan.arguments).map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = plan.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer {
            for text in arguments { free(text) }
            for text in variables { free(text) }
        }
        var processID = pid_t()
        let status = posix_spawnp(&processID, plan.program, &actions, &attributes, &arguments, &variables)
        return (processID, status)
    }

    private static func wait(for processID: pid_t) -> Ending {
        var status: Int32 = 0
        while waitpid(processID, &status, 0) < 0 && errno == EINTR {}
        let signal = status & 0x7F
        return signal == 0 ? .status((status >> 8) & 0xFF) : .signal(signal)
    }

    private static func failure(_ what: String, _ name: String, _ code: Int32) -> CommandFailure {
        CommandFailure(.failed, "cannot \(what) \(name): \(String(cString: strerror(code)))")
    }
}

/// Cuts what comes through a descriptor into lines.
struct LineReader {
    let descriptor: Int32
    /// A longer line is cut into several.
    private static let maximumLineBytes = 65_536

    /// Reads until the other side closes.
    func forEachLine(_ body: (String) -> Void) {
        var rest: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            rest += buffer[..<count]
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                body(String(decoding: rest[..<end], as: UTF8.self))
                rest.removeFirst(end + 1)
            }
            if rest.count > Self.maximumLineBytes {
                body(String(decoding: rest, as: UTF8.self))
                rest.removeAll()
            }
        }
        if !rest.isEmpty { body(String(decoding: rest, as: UTF8.self)) }
    }
}
