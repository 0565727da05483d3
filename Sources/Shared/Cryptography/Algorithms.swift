import COpenSSL

/// OpenSSL's algorithm objects, fetched from their provider once per process.
///
/// `EVP_sha256()` and friends would make every use fetch again (OpenSSL 3, `man crypto`, "implicit fetching").
enum Algorithms {
    // Shared between threads safely: OpenSSL's algorithm objects are immutable after the fetch and
    // reference-counted atomically, and these constants keep their reference for the life of the process.
    nonisolated(unsafe) static let sha256: OpaquePointer = unsafe digest("SHA256")
    nonisolated(unsafe) static let sha1: OpaquePointer = unsafe digest("SHA1")
    nonisolated(unsafe) static let aes256CBC: OpaquePointer = unsafe cipher("AES-256-CBC")
    nonisolated(unsafe) static let aes256GCM: OpaquePointer = unsafe cipher("AES-256-GCM")

    private static func digest(_ name: String) -> OpaquePointer {
        guard let algorithm = unsafe EVP_MD_fetch(nil, name, nil) else {
            preconditionFailure("this OpenSSL has no \(name)")
        }
        return unsafe algorithm
    }

    private static func cipher(_ name: String) -> OpaquePointer {
        guard let algorithm = unsafe EVP_CIPHER_fetch(nil, name, nil) else {
            preconditionFailure("this OpenSSL has no \(name)")
        }
        return unsafe algorithm
    }
}
