import Foundation
import NIOSSL

@testable import Gateway

/// A self-signed certificate for `localhost` and its key, valid until 2126. They protect nothing.
struct TestCertificate {
    let identity: TLSIdentity
    private let folder: URL

    /// Writes both into a new folder of their own.
    static func write() throws -> TestCertificate {
        let folder = FileManager.default.temporaryDirectory.appending(path: "gateway-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let certificate = folder.appending(path: "certificate.pem")
        let key = folder.appending(path: "key.pem")
        try Data(Self.certificate.utf8).write(to: certificate)
        try Data(Self.key.utf8).write(to: key)
        let identity = TLSIdentity(certificatePath: certificate.path, privateKeyPath: key.path)
        return TestCertificate(identity: identity, folder: folder)
    }

    /// For a client that trusts this certificate.
    func client() throws -> NIOSSLContext {
        try client(newest: nil)
    }

    /// For one that speaks TLS 1.1 and nothing later.
    func outdatedClient() throws -> NIOSSLContext {
        try client(newest: .tlsv11)
    }

    private func client(newest: TLSVersion?) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .file(identity.certificatePath)
        configuration.minimumTLSVersion = .tlsv1
        configuration.maximumTLSVersion = newest
        return try NIOSSLContext(configuration: configuration)
    }

    func remove() {
        try? FileManager.default.removeItem(at: folder)
    }

    private static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBlTCCATugAwIBAgIUa9BnPkYvV9fXYTDduPSry9cvR6owCgYIKoZIzj0EAwIw
        FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMzE3MTYwNFoYDzIxMjYxMDMw
        MTcxNjA0WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
        PQMBBwNCAASpDjJEm4CwnYSRos2CaWkSwymUbMrlIWOElYSQ+W8eQq5gruaHP5Es
        PTwo1unXanikTcStceC6BxNOZeigG2Fho2kwZzAdBgNVHQ4EFgQU61nnKhdUK40D
        fEiO+bT4CG82SwEwHwYDVR0jBBgwFoAU61nnKhdUK40DfEiO+bT4CG82SwEwDwYD
        VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwID
        SAAwRQIhAP87UZ8ncv3ChnncC+RhLDlIZ8SZkcBYBh9MnNmDEAQOAiAEMG4SlkEB
        8JhYSY3LoiPw4Z3aTcwG6r5F1TuB4AwBFQ==
        -----END CERTIFICATE-----

        """

    private static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgdhYx5T3bNPBE1Uwh
        IQ0Mlo7QQ1sbu888IZrNWkuqEsKhRANCAASpDjJEm4CwnYSRos2CaWkSwymUbMrl
        IWOElYSQ+W8eQq5gruaHP5EsPTwo1unXanikTcStceC6BxNOZeigG2Fh
        -----END PRIVATE KEY-----

        """
}
