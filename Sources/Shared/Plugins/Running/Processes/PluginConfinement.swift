import Processes

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What a plugin's process may use and reach. Limits are set by `prlimit` and `setpriv` of util-linux, which start it in
/// their own place; what it may reach of files and processes, by the kernel's sandbox before these are started.
struct PluginConfinement: Sendable {
    /// The socket's number there; `LISTEN_FDS` begin at it.
    static let listeningDescriptor: Int32 = 3
    private static let mostFiles = 256
    private static let largestFile = 64 << 20
    private static let mostProcesses = 512
    /// We go first.
    private static let niceness = 5

    private struct Account: Sendable {
        let user: uid_t
        let group: gid_t
    }

    /// As whom it runs; nil: as we do.
    private let account: Account?
    private let memoryBytes: Int
    private let surroundings: PluginSurroundings

    /// - Parameters:
    ///   - surroundings: What all plugins get.
    ///   - memoryBytes: For each of its processes.
    /// - Throws: `PluginProcess.Failure` where we are root and there is no such user, or a sandbox is required and not to
    ///   be had.
    init(_ surroundings: PluginSurroundings, memoryBytes: Int) throws(PluginProcess.Failure) {
        self.memoryBytes = memoryBytes
        self.surroundings = surroundings
        if surroundings.sandboxing == .required, !surroundings.canConfine {
            throw PluginProcess.Failure(
                description: "this kernel has no sandbox (Landlock, Linux 5.13), which plugins.sandbox requires"
            )
        }
        guard geteuid() == 0 else {
            account = nil
            return
        }
        account = try Self.account(surroundings.user)
        if account?.user == 0 {
            throw PluginProcess.Failure(description: "plugins.user is root, as which no plugin is run")
        }
    }

    private static func account(_ user: String) throws(PluginProcess.Failure) -> Account {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        guard getpwnam_r(user, &entry, &buffer, buffer.count, &found) == 0, found != nil else {
            throw PluginProcess.Failure(description: "there is no user \(user), see plugins.user")
        }
        return Account(user: entry.pw_uid, group: entry.pw_gid)
    }

    /// Gives it a folder of ours.
    ///
    /// - Returns: Whether that went well; `errno` says why not.
    func give(_ folder: String) -> Bool {
        guard let account else { return true }
        return chown(folder, account.user, account.group) == 0
    }

    /// How to start a command so confined.
    ///
    /// - Parameters:
    ///   - command: The manifest's.
    ///   - environment: The whole of it.
    ///   - folder: Its unpacked files, where it starts.
    ///   - scratch: Its folder for what it writes.
    /// - Returns: Its launch, without descriptors.
    func launch(
        _ command: [String],
        environment: [String: String],
        folder: String,
        scratch: String
    ) -> ProcessLaunch {
        var options = [
            // What it writes to memory. Of its address space a part may only be reserved, as language runtimes do, so that
            // has a wider limit: it bounds memory that is shared between processes.
            "--data=\(memoryBytes)", "--as=\(4 * memoryBytes + (1 << 30))",
            "--nofile=\(Self.mostFiles)", "--fsize=\(Self.largestFile)", "--core=0",
        ]
        // setpriv asks for the death signal last: a change of the user would take it back, see prctl(2).
        var privileges = ["--no-new-privs", "--pdeathsig", "KILL"]
        if let account {
            // Counted per user: as ourselves, our own threads would count.
            options.append("--nproc=\(Self.mostProcesses)")
            privileges += ["--reuid", "\(account.user)", "--regid", "\(account.group)", "--clear-groups"]
        }
        var launch = ProcessLaunch(
            "prlimit",
            arguments: options + ["--", "setpriv"] + privileges + ["--"] + command,
            environment: environment
        )
        launch.directory = folder
        launch.niceness = Self.niceness
        launch.staysInGroup = true
        if surroundings.canConfine {
            launch.sandbox = PluginReach.sandbox(folder: folder, scratch: scratch, surroundings)
        }
        return launch
    }
}
