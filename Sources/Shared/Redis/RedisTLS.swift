import NIOSSL

/// How a connection to Redis is encrypted and whom it trusts.
public struct RedisTLS: Equatable, Sendable {
    /// What is checked of the server's certificate.
    public enum Verification: Sendable {
        /// The chain and the host name (or address).
        case full
        /// The chain only.
        case chainOnly
        /// Nothing: protects from no active attacker.
        case none
    }

    public var verification: Verification = .full
    /// PEM file of the authorities to trust; nil means the system's.
    public var certificateAuthorityFile: String?
    /// PEM file of our own certificate (chain), for servers that ask for one.
    public var certificateFile: String?
    /// PEM file of the key of `certificateFile`.
    public var privateKeyFile: String?
    /// Name to check and to send as SNI; nil means the host connected to.
    public var serverName: String?

    public init() {}

    /// Reads the files and builds the context. Blocks: not for an event loop.
    ///
    /// - Throws: `.connectFailed` when a file cannot be read or used.
    func makeContext() throws(RedisError) -> NIOSSLContext {
        var settings = TLSConfiguration.makeClientConfiguration()
        settings.minimumTLSVersion = .tlsv12
        settings.certificateVerification =
            switch verification {
            case .full: .fullVerification
            case .chainOnly: .noHostnameVerification
            case .none: .none
            }
        do {
            if let certificateAuthorityFile { settings.trustRoots = .file(certificateAuthorityFile) }
            if let certificateFile {
                settings.certificateChain = try NIOSSLCertificate.fromPEMFile(certificateFile).map { .certificate($0) }
            }
            if let privateKeyFile {
                settings.privateKey = .privateKey(try NIOSSLPrivateKey(file: privateKeyFile, format: .pem))
            }
            return try NIOSSLContext(configuration: settings)
        } catch {
            throw RedisError(.connectFailed, command: "TLS", detail: "\(error)")
        }
    }
}
