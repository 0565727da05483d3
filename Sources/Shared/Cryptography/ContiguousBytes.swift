/// Calls `body` with the bytes in one piece, copying them only if they are not so already.
///
/// For the generic forms, which suit any collection. The forms that take a `Span<UInt8>` are for where every event passes:
/// other modules call generic code unspecialised, which costs more than a short digest.
func withContiguousBytes<Result, Failure: Error>(
    of bytes: some Collection<UInt8>,
    _ body: (Span<UInt8>) throws(Failure) -> Result
) throws(Failure) -> Result {
    let outcome = bytes.withContiguousStorageIfAvailable { buffer in
        let span = unsafe Span(_unsafeElements: buffer)
        do throws(Failure) {
            return Swift.Result<Result, Failure>.success(try body(span))
        } catch {
            return .failure(error)
        }
    }
    guard let outcome else { return try body(Array(bytes).span) }
    return try outcome.get()
}
