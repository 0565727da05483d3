/// Text that is read as it stands.
enum PlainText {
    static func read(
        _ bytes: [UInt8],
        as kind: DocumentKind,
        limits: DocumentLimits
    ) throws(DocumentError) -> ReadDocument {
        let beginning = TextDecoding.beginning(of: bytes, for: limits.outputBytes)
        guard let text = TextDecoding.text(of: beginning) else { throw .unsupported }
        let wasCut = beginning.count < bytes.count
        return ReadDocument(utf8: text[...], kind: kind, wasCut: wasCut, atMost: limits.outputBytes)
    }
}
