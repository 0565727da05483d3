#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// How to start a program without a network: in a network namespace of its own, which has no device that is up.
enum NetworkNamespace {
    /// What comes before the program's path; empty where the system allows none of the ways. Found out once, by trying:
    /// root may, others may inside a user namespace of their own, containers often allow neither.
    static let prefix: [String] = {
        guard let unshare = ConfinedProgram.find("unshare", in: ConfinedProgram.systemPath) else { return [] }
        for options in [["--net"], ["--user", "--net"]] {
            var launch = ProcessLaunch(
                unshare,
                arguments: options + ["--", "true"],
                environment: ["PATH": "/usr/bin:/bin"]
            )
            let nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)
            defer { close(nowhere) }
            launch.descriptors = [STDERR_FILENO: nowhere]
            guard let processID = try? launch.spawn() else { continue }
            if ProcessEnding(of: processID) == .status(0) { return [unshare] + options + ["--"] }
        }
        return []
    }()
}
