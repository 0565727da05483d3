#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// How many files and sockets the process may have open.
///
/// Systems start programs with a soft limit of 1,024, which is for those that use select(2); ours wait with epoll, and a
/// worker has a socket for each stream of a model that does not speak HTTP/2. So the soft limit is raised to what the
/// hard one allows, as systemd's documentation of `LimitNOFILE` asks of such programs.
package enum FileDescriptorLimit {
    /// The most it is raised to: programs that we start inherit it, and some walk through all of them.
    static let most: UInt64 = 131_072

    /// What a limit is to be, where it is to be raised.
    static func raised(soft: UInt64, hard: UInt64) -> UInt64? {
        let wanted = min(hard, most)
        return wanted > soft ? wanted : nil
    }

    /// Raises the soft limit of this process, see setrlimit(2); what cannot be raised stays. Returns the limit in force.
    @discardableResult
    package static func raise() -> UInt64 {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return 0 }
        let soft = UInt64(limit.rlim_cur)
        guard let wanted = raised(soft: soft, hard: UInt64(limit.rlim_max)) else { return soft }
        limit.rlim_cur = rlim_t(wanted)
        return setrlimit(resource, &limit) == 0 ? wanted : soft
    }
}
