import CSpawn

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// How to start a program: in a process group of its own, so that Ctrl-C reaches only us, with nothing on its standard
/// input, no signal blocked or ignored, and of our descriptors only those that are named.
///
/// By `posix_spawn`: a process with several threads must not fork.
package struct ProcessLaunch: Sendable {
    /// What the system said against it.
    package struct Failure: Error, CustomStringConvertible {
        /// `errno`, see errno(3).
        package let code: Int32

        package init(code: Int32) { self.code = code }

        package var description: String { String(cString: strerror(code)) }
    }

    /// Absolute path, or a name to be looked up in `PATH`.
    package let program: String
    package let arguments: [String]
    /// The whole environment; secrets travel here and never as arguments.
    package let environment: [String: String]
    /// Our descriptors by the number they get there. 1 and 2 stay what they are where they are not named.
    package var descriptors: [Int32: Int32] = [:]
    /// Its working directory; nil: ours.
    package var directory: String?

    package init(_ program: String, arguments: [String], environment: [String: String]) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
    }

    /// Starts it.
    ///
    /// - Returns: Its process ID, which stands for it until `ProcessEnding(of:)` returned.
    /// - Throws: `Failure` where the system would not.
    package func spawn() throws(Failure) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        for (number, descriptor) in descriptors.sorted(by: { $0.key < $1.key }) {
            posix_spawn_file_actions_adddup2(&actions, descriptor, number)
        }
        if let directory { posix_spawn_file_actions_addchdir_np(&actions, directory) }
        // SwiftNIO's sockets would be inherited: a port would stay taken, a connection open, beyond our own end.
        posix_spawn_file_actions_addclosefrom_np(&actions, max(STDERR_FILENO, descriptors.keys.max() ?? 0) + 1)

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

        var texts: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer {
            for text in texts { free(text) }
            for text in variables { free(text) }
        }
        var processID = pid_t()
        let status = posix_spawnp(&processID, program, &actions, &attributes, &texts, &variables)
        guard status == 0 else { throw Failure(code: status) }
        return processID
    }
}
