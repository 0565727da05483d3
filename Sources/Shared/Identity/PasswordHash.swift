import Cryptography

/// A password's hash with all that is needed to check one against it.
struct PasswordHash: Codable, Equatable, Sendable {
    /// scrypt's parameters: raised later, old hashes stay readable.
    let costExponent: Int
    let blockSize: Int
    let parallelism: Int
    /// Both in Base64.
    let salt: String
    let hash: String

    enum CodingKeys: String, CodingKey {
        case salt, hash
        case costExponent = "n"
        case blockSize = "r"
        case parallelism = "p"
    }

    private static let (saltByteCount, hashByteCount) = (16, 32)

    /// Nil where the record is damaged, or asks for more than anybody would have set.
    var parameters: Scrypt.Parameters? {
        Scrypt.Parameters(costExponent: costExponent, blockSize: blockSize, parallelism: parallelism)
    }

    /// Hashes a password under a new salt. It blocks its thread.
    init(of password: String, parameters: Scrypt.Parameters) {
        let salt = RandomBytes.generate(count: Self.saltByteCount)
        let hash = Scrypt.derive(
            password: Array(password.utf8),
            salt: salt,
            parameters: parameters,
            byteCount: Self.hashByteCount
        )
        self.init(parameters: parameters, salt: salt, hash: hash)
    }

    /// A hash that is nobody's, and as dear to check as one that is.
    static func nobodys(_ parameters: Scrypt.Parameters) -> PasswordHash {
        PasswordHash(
            parameters: parameters,
            salt: RandomBytes.generate(count: saltByteCount),
            hash: RandomBytes.generate(count: hashByteCount)
        )
    }

    private init(parameters: Scrypt.Parameters, salt: [UInt8], hash: [UInt8]) {
        costExponent = parameters.costExponent
        blockSize = parameters.blockSize
        parallelism = parameters.parallelism
        self.salt = Base64.encode(salt)
        self.hash = Base64.encode(hash)
    }

    /// Whether it is this password's. It blocks its thread.
    func matches(_ password: String) -> Bool {
        guard let parameters, let salt = try? Base64.decode(salt), let hash = try? Base64.decode(hash),
            hash.count == Self.hashByteCount
        else {
            return false
        }
        let derived = Scrypt.derive(
            password: Array(password.utf8),
            salt: salt,
            parameters: parameters,
            byteCount: hash.count
        )
        return constantTimeEquals(derived, hash)
    }
}
