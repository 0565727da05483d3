/// The bytes of a streamed response, in the pieces in which they were there when asked for.
///
/// At most 64 KiB wait here; with more, the transport stops reading from the server until the reader has come. For one
/// reader: a second one gets `.invalidRequest`.
package struct HTTPClientBody: AsyncSequence, Sendable {
    package typealias Element = [UInt8]
    package typealias Failure = HTTPClientError

    /// Ends the transfer when nobody can read it any more.
    fileprivate final class Reader: Sendable {
        let source: any HTTPClientBodySource

        init(_ source: any HTTPClientBodySource) { self.source = source }

        deinit { source.cancel() }
    }

    package struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let reader: Reader

        /// The next bytes, never empty; nil after the last. Cancelling the task ends the transfer at once.
        package mutating func next() async throws(HTTPClientError) -> [UInt8]? {
            try await reader.source.nextChunk()
        }
    }

    private let reader: Reader

    /// The body owns the source: dropping its last copy, iterators included, cancels the source.
    package init(_ source: any HTTPClientBodySource) { reader = Reader(source) }

    /// Bytes that arrived and were not read yet.
    package var bufferedBytes: Int { reader.source.bufferedBytes }

    package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(reader: reader) }

    /// Ends the transfer and frees its connection now; a reader gets `.cancelled`.
    package func cancel() { reader.source.cancel() }
}
