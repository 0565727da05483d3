import Cryptography

/// The `client_token` by which Feishu's documents take a change once: it wants the form of a random UUID.
package enum ClientToken {
    /// The same UUID (version 4 by its form) for the same key, in whichever process and attempt.
    package static func uuid(of key: String) -> String {
        var bytes = Array(SHA256.hash(Array(key.utf8)).prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let text = Hex.encode(bytes)
        let cuts = [0, 8, 12, 16, 20, 32]
        return zip(cuts, cuts.dropFirst()).map { String(text.dropFirst($0).prefix($1 - $0)) }.joined(separator: "-")
    }
}
