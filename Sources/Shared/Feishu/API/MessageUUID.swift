import Cryptography

/// The `uuid` by which Feishu sends a message at most once within an hour.
package enum MessageUUID {
    /// No longer ones are taken, in characters.
    package static let maximumCharacters = 50

    /// The same 32 characters for the same job and step, in whichever process and attempt.
    package static func derive(job: String, step: String) -> String {
        Hex.encode(SHA256.hash(Array(job.utf8) + [0] + Array(step.utf8)).prefix(16))
    }
}
