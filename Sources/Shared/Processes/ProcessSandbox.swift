import CSpawn

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What a process may reach of the system, whoever it runs as: kept by the kernel (Landlock, see landlock(7)) from before
/// its first instruction, for it and all that it starts.
///
/// What is not named here cannot be read, listed, written or executed (Linux 5.13). No TCP port can be bound but one of the
/// system's choice (6.7), and no process outside be signalled (6.12), where the kernel is new enough. Environment and
/// memory of processes outside are out of reach, also by `/proc`, but for root's capabilities. What it does not see to: the
/// existence of files, their modes and times, sockets that are files, connections.
package struct ProcessSandbox: Sendable, Equatable {
    /// Whether the kernel has it, and has it switched on.
    package static var isAvailable: Bool { cspawn_landlock_version() > 0 }

    /// Files and folders, with all that is below them, to be read and executed. One that is not there is passed over.
    package var readable: [String]
    /// The same, to be written, too.
    package var writable: [String]
    /// Devices to be read and written.
    package var devices: [String]

    package init(readable: [String] = [], writable: [String] = [], devices: [String] = []) {
        self.readable = readable
        self.writable = writable
        self.devices = devices
    }

    /// The rules as the kernel takes them.
    ///
    /// - Returns: A descriptor, which the caller closes.
    /// - Throws: `ProcessLaunch.Failure` where the kernel will not have them, `ENOSYS` where it has no such thing.
    func ruleset() throws(ProcessLaunch.Failure) -> Int32 {
        let version = cspawn_landlock_version()
        guard version > 0 else { throw ProcessLaunch.Failure(code: ENOSYS) }
        let ruleset = cspawn_landlock_create(version)
        guard ruleset >= 0 else { throw ProcessLaunch.Failure(code: -ruleset) }
        let rules =
            readable.map { ($0, CSPAWN_READ) } + writable.map { ($0, CSPAWN_WRITE) }
            + devices.map { ($0, CSPAWN_DEVICE) }
        for (path, access) in rules {
            let code = cspawn_landlock_allow(ruleset, version, path, access)
            // What we may not see ourselves is nothing that it could be given.
            guard [0, ENOENT, ENOTDIR, EACCES].contains(code) else {
                close(ruleset)
                throw ProcessLaunch.Failure(code: code)
            }
        }
        return ruleset
    }
}
