/// The text of a result as others may have stored it.
enum ResultText {
    /// What begins a result that a Python worker compressed (celery.backends.base, `result_compression`): then the
    /// content type, a zero byte, and the compressed text.
    private static let compressedMark: [UInt8] = [0] + Array("celery-compressed".utf8) + [0]
    /// The most that one decompresses to, in bytes.
    private static let maximumBytes = 64 << 20

    /// The text, decompressed where it has to be.
    ///
    /// - Throws: `TaskFailure` where it is compressed otherwise than with zlib, or damaged.
    static func plain(_ text: [UInt8]) throws(TaskFailure) -> [UInt8] {
        guard text.starts(with: compressedMark), let end = text[compressedMark.count...].firstIndex(of: 0) else {
            return text
        }
        let type = String(decoding: text[compressedMark.count..<end], as: UTF8.self)
        return try BodyCompression.undo(type, Array(text[(end + 1)...]), bound: maximumBytes)
    }
}
