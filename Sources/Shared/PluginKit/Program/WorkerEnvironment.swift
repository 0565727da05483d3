import Cryptography
import FoundationEssentials
import Glibc

/// What a worker gives the plugins that it starts.
struct WorkerEnvironment {
    private static let secretName = "PLUGIN_SECRET"
    private static let descriptorName = "PLUGIN_LISTEN_FD"

    private let secretText: String
    private let descriptorText: String

    /// Takes it out of our environment, so that no program of ours inherits it. Called before anything else runs.
    init() {
        let environment = ProcessInfo.processInfo.environment
        secretText = environment[Self.secretName] ?? ""
        descriptorText = environment[Self.descriptorName] ?? ""
        for name in [Self.secretName, Self.descriptorName, "LISTEN_FDS"] { unsetenv(name) }
    }

    /// The secret of a file, else of the environment.
    ///
    /// - Throws: ``ServingError`` where it cannot be read, or is none.
    func secret(file: String?) throws(ServingError) -> Secret {
        var text = secretText
        if let file {
            guard let data = FileManager.default.contents(atPath: file) else {
                throw ServingError("the file of the secret cannot be read")
            }
            text = String(decoding: data, as: UTF8.self)
            while text.last?.isWhitespace == true { text.removeLast() }
        }
        guard text.utf8.count >= RequestSignature.leastSecretBytes else {
            throw ServingError(
                "a secret of at least \(RequestSignature.leastSecretBytes) bytes is needed: set \(Self.secretName), "
                    + "or give --secret-file; for a try on this machine, --insecure"
            )
        }
        return Secret(text)
    }

    /// The socket that we were started with; nil where there is none.
    ///
    /// - Throws: ``ServingError`` where it is no socket that listens.
    func descriptor() throws(ServingError) -> CInt? {
        guard !descriptorText.isEmpty else { return nil }
        var isListening: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        guard let descriptor = CInt(descriptorText),
            getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &size) == 0, isListening == 1
        else { throw ServingError("\(Self.descriptorName) is no socket that listens") }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return descriptor
    }
}
