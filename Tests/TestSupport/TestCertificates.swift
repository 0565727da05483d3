package import Foundation

/// A private certificate authority, a server certificate and a client certificate, made by the `openssl` command.
package struct TestCertificates: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    package let directory: URL
    package var authority: URL { directory.appendingPathComponent("ca.pem") }
    package var server: URL { directory.appendingPathComponent("server.pem") }
    package var serverKey: URL { directory.appendingPathComponent("server.key") }
    package var client: URL { directory.appendingPathComponent("client.pem") }
    package var clientKey: URL { directory.appendingPathComponent("client.key") }

    /// Makes the files in a new directory, which the caller removes by ``remove()``.
    ///
    /// - Parameter names: Subject alternative names of the server, such as `DNS:localhost` or `IP:127.0.0.1`.
    /// - Returns: Where the files are.
    /// - Throws: ``Failure`` with what `openssl` said.
    package static func make(names: [String] = ["DNS:localhost", "IP:127.0.0.1"]) throws -> TestCertificates {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("c\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let made = TestCertificates(directory: directory)
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        try made.openssl(
            ["req", "-x509", "-days", "2", "-subj", "/CN=Test CA", "-keyout", "ca.key", "-out", "ca.pem"] + key
        )
        for (name, extensions) in [
            ("server", "subjectAltName=\(names.joined(separator: ","))\n"), ("client", "extendedKeyUsage=clientAuth\n"),
        ] {
            try Data(extensions.utf8).write(to: directory.appendingPathComponent("\(name).ext"))
            try made.openssl(
                ["req", "-subj", "/CN=Test \(name)", "-keyout", "\(name).key", "-out", "\(name).csr"] + key
            )
            try made.openssl([
                "x509", "-req", "-days", "2", "-in", "\(name).csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                "-CAcreateserial", "-extfile", "\(name).ext", "-out", "\(name).pem",
            ])
        }
        return made
    }

    package func remove() { try? FileManager.default.removeItem(at: directory) }

    private func openssl(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.currentDirectoryURL = directory
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "openssl \(arguments[0]): \(String(decoding: said, as: UTF8.self))")
        }
    }
}
