import NIOCore
import NIOSSL

/// The server's certificate and private key, in PEM files.
struct TLSIdentity: Sendable {
    /// The certificate, followed by its intermediates.
    let certificatePath: String
    let privateKeyPath: String

    /// Loads both, for TLS 1.2 and later.
    ///
    /// - Throws: When a file cannot be read or is not PEM, or the key does not belong to the certificate.
    func makeContext() throws -> NIOSSLContext {
        let chain = try NIOSSLCertificate.fromPEMFile(certificatePath)
        let key = try NIOSSLPrivateKey(file: privateKeyPath, format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        configuration.minimumTLSVersion = .tlsv12
        // A client that does not close its side must not hold up a stop.
        configuration.shutdownTimeout = .seconds(1)
        configuration.applicationProtocols = ["http/1.1"]
        return try NIOSSLContext(configuration: configuration)
    }
}
