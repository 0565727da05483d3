/// Where the bytes of a streamed body come from: the transport's side of ``HTTPClientBody``.
///
/// Any task may call it, also several at once.
package protocol HTTPClientBodySource: Sendable {
    /// Bytes that arrived and were not taken yet. More than 64 KiB must not gather: the source stops the server instead.
    var bufferedBytes: Int { get }

    /// Waits for bytes and takes them, never none; nil after the last. Cancelling the task ends the transfer at once.
    ///
    /// Throws `.invalidRequest` if another task waits already, and what ended the transfer once all bytes are taken.
    func nextChunk() async throws(HTTPClientError) -> [UInt8]?

    /// Ends the transfer now, unless it has ended; a waiting task gets `.cancelled`. The body calls it when dropped.
    func cancel()
}
