/// The text of a document.
package struct ReadDocument: Sendable, Equatable {
    /// Lines end with `\n`. Markdown for `markdown`, `csv` (a table) and `docx`; a PDF's pages have a form feed between them.
    package let text: String
    package let kind: DocumentKind
    /// Of a PDF: how many of its pages were read.
    package let pages: Int?
    /// Whether a bound left some of it out.
    package let wasCut: Bool

    package init(text: String, kind: DocumentKind, pages: Int? = nil, wasCut: Bool = false) {
        self.text = text
        self.kind = kind
        self.pages = pages
        self.wasCut = wasCut
    }

    /// The text of `bytes`, cut between characters to the bound.
    init(utf8 bytes: ArraySlice<UInt8>, kind: DocumentKind, pages: Int? = nil, wasCut: Bool, atMost limit: Int) {
        let limit = max(0, limit)
        var end = bytes.endIndex
        if bytes.count > limit {
            end = bytes.startIndex + limit
            while end > bytes.startIndex && bytes[end] & 0xC0 == 0x80 { end -= 1 }
        }
        self.init(
            text: String(decoding: bytes[..<end], as: UTF8.self),
            kind: kind,
            pages: pages,
            wasCut: wasCut || end < bytes.endIndex
        )
    }

    var hasNoText: Bool { text.unicodeScalars.allSatisfy { $0.properties.isWhitespace || $0.value < 0x20 } }
}
