/// Seals what is kept at rest: AES-256-GCM under one key, and only to be opened for the purpose it was sealed for.
///
/// A sealed text is `v1.` and the Base64 of nonce, ciphertext and tag. The context, such as `plugins:weather`, is
/// authenticated and not part of it: a sealed text that is moved to another place does not open there.
package struct SealingKey: Sendable {
    private static let version = "v1."

    private let key: Secret

    /// - Parameter text: 32 bytes, in Base64 or in hexadecimal.
    /// - Throws: `.badEncoding` where it is neither, `.wrongKeyLength` where it is not 32 bytes.
    package init(_ text: Secret) throws(CryptographyError) {
        let isHexadecimal = text.value.utf8.count == 2 * AES256GCM.keyByteCount
        let bytes = isHexadecimal ? try Hex.decode(text.value) : try Base64.decode(text.value)
        guard bytes.count == AES256GCM.keyByteCount else { throw .wrongKeyLength }
        // Kept as a `Secret`, so that a dump of whatever holds this shows nothing.
        key = Secret(Base64.encode(bytes))
    }

    /// Seals bytes under a new random nonce.
    ///
    /// - Parameters:
    ///   - plaintext: What is sealed.
    ///   - context: What it is for; the same has to be named to open it.
    /// - Returns: The sealed text.
    /// - Throws: `.undecryptable` for a plaintext over 2 GiB.
    package func seal(_ plaintext: [UInt8], context: String) throws(CryptographyError) -> String {
        let nonce = RandomBytes.generate(count: AES256GCM.nonceByteCount)
        let (key, context) = (try Base64.decode(key.value), Array(context.utf8))
        let sealed = try AES256GCM.seal(
            plaintext.span,
            key: key.span,
            nonce: nonce.span,
            associatedData: context.span
        )
        return Self.version + Base64.encode(nonce + sealed)
    }

    /// Opens what ``seal(_:context:)`` returned.
    ///
    /// - Parameters:
    ///   - text: The sealed text.
    ///   - context: The one it was sealed for.
    /// - Returns: The bytes.
    /// - Throws: `.badEncoding` for what is no sealed text; `.undecryptable` for another key, another context, or a
    ///   text that was altered.
    package func open(_ text: String, context: String) throws(CryptographyError) -> [UInt8] {
        guard text.hasPrefix(Self.version) else { throw .badEncoding }
        let bytes = try Base64.decode(text.utf8.dropFirst(Self.version.utf8.count))
        guard bytes.count >= AES256GCM.nonceByteCount else { throw .badEncoding }
        let (key, context) = (try Base64.decode(key.value), Array(context.utf8))
        let nonce = Array(bytes[..<AES256GCM.nonceByteCount])
        let sealed = Array(bytes[AES256GCM.nonceByteCount...])
        return try AES256GCM.open(sealed.span, key: key.span, nonce: nonce.span, associatedData: context.span)
    }
}
