import Cryptography

/// Bytes under AES-256-GCM: a random nonce of 96 bits, the ciphertext, the tag.
enum SealedBytes {
    static let algorithm = "AES-256-GCM"

    static func seal(_ plaintext: [UInt8], key: [UInt8], binding: [UInt8]) -> [UInt8] {
        seal(plaintext, key: key, nonce: RandomBytes.generate(count: AES256GCM.nonceByteCount), binding: binding)
    }

    private static func seal(_ plaintext: [UInt8], key: [UInt8], nonce: [UInt8], binding: [UInt8]) -> [UInt8] {
        do throws(CryptographyError) {
            return nonce
                + (try AES256GCM.seal(plaintext.span, key: key.span, nonce: nonce.span, associatedData: binding.span))
        } catch {
            preconditionFailure("the length of a key was checked, and that of a body is bounded: \(error)")
        }
    }

    /// Nil where anything is not as it was sealed.
    static func open(_ sealed: [UInt8], key: [UInt8], binding: [UInt8]) -> [UInt8]? {
        guard sealed.count >= AES256GCM.nonceByteCount else { return nil }
        let nonce = Array(sealed.prefix(AES256GCM.nonceByteCount))
        let rest = Array(sealed.dropFirst(AES256GCM.nonceByteCount))
        return try? AES256GCM.open(rest.span, key: key.span, nonce: nonce.span, associatedData: binding.span)
    }

    /// Texts as associated data: each behind its length (four bytes, big endian), so that no two lists give the same.
    static func binding(_ texts: [String]) -> [UInt8] {
        var bytes: [UInt8] = []
        for text in ["jobqueue 1"] + texts {
            let length = UInt32(clamping: text.utf8.count)
            for shift in [24, 16, 8, 0] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: length >> shift)) }
            bytes += text.utf8
        }
        return bytes
    }
}
