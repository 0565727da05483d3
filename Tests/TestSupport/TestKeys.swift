import Foundation

/// Keys as OpenSSL makes them.
package enum TestKeys {
    /// A private RSA key.
    package static func rsaPEM(bits: Int = 2_048) throws -> String {
        try openssl(["genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:\(bits)"], input: "")
    }

    /// A private key on a curve that OpenSSL knows by this name.
    package static func ecPEM(curve: String) throws -> String {
        try openssl(["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:\(curve)"], input: "")
    }

    /// The public key of a private one.
    package static func publicPEM(of privateKey: String) throws -> String {
        try openssl(["pkey", "-pubout"], input: privateKey)
    }

    private static func openssl(_ arguments: [String], input: String) throws -> String {
        try run("openssl", arguments, input: input)
    }

    /// What a program writes, given something to read.
    package static func run(_ program: String, _ arguments: [String], input: String = "") throws -> String {
        let process = Process()
        let (stdin, stdout) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.standardInput = stdin
        process.standardOutput = stdout
        process.standardError = FileHandle.nullDevice
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try stdin.fileHandleForWriting.close()
        let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw NeverHappened(description: "\(program) ended with \(process.terminationStatus)")
        }
        return String(decoding: output, as: UTF8.self)
    }
}
