#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The lines of a file of records. Reading blocks.
enum AuditLines {
    private static let pieceBytes = 65_536

    /// Hands over each line, without its end, until `take` returns false.
    ///
    /// - Throws: `AuditError`, `.file`.
    static func each(of path: String, _ take: ([UInt8]) -> Bool) throws(AuditError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("opened") }
        defer { close(descriptor) }
        var rest: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: pieceBytes)
        while true {
            let count = read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("read") }
            guard count > 0 else { break }
            rest += piece[..<count]
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                guard take(Array(rest[..<end])) else { return }
                rest.removeFirst(end + 1)
            }
            // Longer than any record: it is told as one that cannot be read, and not gathered without end.
            guard rest.count <= AuditRecord.maximumBytes else {
                _ = take(rest)
                return
            }
        }
        if !rest.isEmpty { _ = take(rest) }
    }

    /// What `errno` says about a file that could not be `done`.
    static func failure(_ done: String) -> AuditError {
        let number = errno
        return AuditError(.file, "the file cannot be \(done): \(String(cString: strerror(number)))")
    }
}
