/// The SHA-256 digest (FIPS 180-4), at once or piece by piece.
package struct SHA256: ~Copyable {
    /// Length of a digest, in bytes.
    package static let byteCount = 32

    private var context = unsafe DigestContext(Algorithms.sha256, byteCount: Self.byteCount)

    package init() {}

    /// Adds bytes; the digest is that of all added ones in order.
    package mutating func update(_ bytes: Span<UInt8>) { context.update(bytes) }

    /// Adds bytes, as above.
    package mutating func update(_ bytes: some Collection<UInt8>) {
        withContiguousBytes(of: bytes) { context.update($0) }
    }

    /// Ends the digest and returns its 32 bytes.
    package consuming func finalize() -> [UInt8] { context.finalize() }

    /// The digest of `bytes`.
    package static func hash(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var digest = SHA256()
        digest.update(bytes)
        return digest.finalize()
    }
}
