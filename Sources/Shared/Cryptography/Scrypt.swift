import COpenSSL

/// The password hash scrypt (RFC 7914), which costs a guesser memory as well as time.
package enum Scrypt {
    /// What one hash costs. The bounds keep a hostile or damaged record from taking all memory.
    package struct Parameters: Equatable, Sendable {
        /// The binary logarithm of RFC 7914's N.
        package let costExponent: Int
        /// RFC 7914's r.
        package let blockSize: Int
        /// RFC 7914's p.
        package let parallelism: Int

        /// 32 MiB and about a tenth of a second: what OWASP advises for people who wait, at p = 1.
        package static let standard = Parameters(unchecked: 15, blockSize: 8, parallelism: 1)
        /// The most memory that a hash may take, in bytes.
        private static let maximumMemory = 256 << 20

        private init(unchecked costExponent: Int, blockSize: Int, parallelism: Int) {
            self.costExponent = costExponent
            self.blockSize = blockSize
            self.parallelism = parallelism
        }

        /// Nil where RFC 7914 does not allow them, or they would take over 256 MiB or minutes.
        package init?(costExponent: Int, blockSize: Int, parallelism: Int) {
            guard (1...20).contains(costExponent), (1...64).contains(blockSize), (1...16).contains(parallelism) else {
                return nil
            }
            self.init(unchecked: costExponent, blockSize: blockSize, parallelism: parallelism)
            guard memory <= Self.maximumMemory, costExponent < 16 * blockSize else { return nil }
        }

        /// What RFC 7914 §2 has in memory at once, in bytes.
        fileprivate var memory: Int { 128 * blockSize * ((1 << costExponent) + parallelism + 2) }
    }

    /// Derives bytes from a password. It blocks its thread for as long as that takes.
    ///
    /// - Parameters:
    ///   - password: Any bytes.
    ///   - salt: Random bytes that are kept with the hash.
    ///   - parameters: What it costs.
    ///   - byteCount: How many bytes are wanted.
    /// - Returns: The derived bytes.
    package static func derive(
        password: [UInt8],
        salt: [UInt8],
        parameters: Parameters = .standard,
        byteCount: Int = 32
    ) -> [UInt8] {
        unsafe password.withUnsafeBytes { password in
            unsafe salt.withUnsafeBytes { salt in
                unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { output, count in
                    // A null password would mean "only check the parameters" to OpenSSL: an empty one must not be null.
                    var none: UInt8 = 0
                    let status = unsafe withUnsafeBytes(of: &none) { empty in
                        unsafe EVP_PBE_scrypt(
                            (password.baseAddress ?? empty.baseAddress)?.assumingMemoryBound(to: CChar.self),
                            password.count,
                            (salt.baseAddress ?? empty.baseAddress)?.assumingMemoryBound(to: UInt8.self),
                            salt.count,
                            UInt64(1) << UInt64(parameters.costExponent),
                            UInt64(parameters.blockSize),
                            UInt64(parameters.parallelism),
                            UInt64(2 * parameters.memory),
                            output.baseAddress,
                            byteCount
                        )
                    }
                    precondition(status == 1, "there is memory for a hash whose parameters were checked")
                    count = byteCount
                }
            }
        }
    }
}
