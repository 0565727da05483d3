import Processes

/// What of the machine's files a plugin may reach, whoever it runs as: what programs need to run, reach others by name,
/// and trust them, and what is its own.
///
/// Not all of /etc, /run, /var or anybody's home: that is where secrets are. Rules hold for the files that are there when
/// it starts, so one of /etc that is replaced later is seen from its next start on.
enum PluginReach {
    /// Programs and libraries.
    private static let programs = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store"]

    /// How names become addresses and people, and which certificates are trusted; keys of machines are beside those.
    private static let settings = [
        "alternatives", "ca-certificates", "crypto-policies", "gai.conf", "group", "host.conf", "hosts", "ld.so.cache",
        "ld.so.conf", "ld.so.conf.d", "ld.so.preload", "localtime", "mime.types", "networks", "nsswitch.conf", "passwd",
        "pki/ca-trust", "pki/tls/cert.pem", "pki/tls/certs", "pki/tls/openssl.cnf", "protocols", "resolv.conf", "rpc",
        "services", "ssl/cert.pem", "ssl/certs", "ssl/openssl.cnf", "timezone",
    ].map { "/etc/\($0)" }

    /// Where resolv.conf may lead, and what runtimes ask to know the machine's size. Environment and memory of processes
    /// outside stay closed below /proc.
    private static let machine = [
        "/run/systemd/resolve", "/var/lib/ca-certificates", "/proc", "/sys/devices/system/cpu", "/sys/fs/cgroup",
        "/sys/kernel/mm/transparent_hugepage",
    ]

    private static let devices = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"]

    /// - Parameters:
    ///   - folder: Its unpacked files.
    ///   - scratch: Its folder for what it writes.
    ///   - surroundings: What all of them get.
    /// - Returns: The sandbox for its process.
    static func sandbox(
        folder: String,
        scratch: String,
        _ surroundings: PluginSurroundings
    ) -> ProcessSandbox {
        let searched = surroundings.searchPath.split(separator: ":").map(String.init)
        let given = [surroundings.pythonPath, surroundings.variables["SSL_CERT_FILE"], folder].compactMap { $0 }
        return ProcessSandbox(
            readable: programs + settings + machine + searched + surroundings.readable + given,
            writable: [scratch],
            devices: devices
        )
    }
}
