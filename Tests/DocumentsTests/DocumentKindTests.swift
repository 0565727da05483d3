import Documents
import TestSupport
import Testing

@Suite("Kinds of documents")
struct DocumentKindTests {
    @Test(
        "are decided by what a file contains, and by its name only between forms of text",
        arguments: [
            ("a.txt", "hello", DocumentKind.text),
            ("a.md", "# hello", .markdown),
            ("A.MARKDOWN", "hello", .markdown),
            ("a.csv", "a,b\n1,2", .csv),
            ("a.txt", "WEBVTT\n\n00:00.000 --> 00:01.000\nhello", .vtt),
            ("a.md", "1\n00:00:00,000 --> 00:00:01,000\nhello", .srt),
            ("report.pdf", "no PDF at all", .text),
            ("readme", "hello", .text),
            ("a.txt", "\u{FEFF}WEBVTT\n", .vtt),
        ]
    )
    func texts(_ name: String, _ text: String, _ kind: DocumentKind) {
        #expect(DocumentKind(name: name, bytes: Array(text.utf8)) == kind)
    }

    @Test("documents keep their kind under a wrong name")
    func wrongNames() {
        #expect(DocumentKind(name: "a.txt", bytes: SamplePDF.bytes(pages: ["x"])) == .pdf)
        let word = SampleArchive.word(body: SampleArchive.paragraph("x"))
        #expect(DocumentKind(name: "a.pdf", bytes: word) == .docx)
    }

    @Test("what has no text is no document")
    func others() {
        let image: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]
        #expect(DocumentKind(name: "a.txt", bytes: image) == nil)
        #expect(DocumentKind(name: "a.docx", bytes: SampleArchive.zip([("a.txt", [65])])) == nil)
        #expect(DocumentKind(name: "a.docx", bytes: [0x50, 0x4B, 3, 4, 0, 0]) == nil)
        #expect(DocumentKind(name: "a.txt", bytes: (0..<4_096).map { UInt8(truncatingIfNeeded: $0 &* 7) }) == nil)
    }

    @Test("names say which files of a folder are worth reading")
    func likely() {
        #expect(DocumentKind.isLikely(name: "制度.DOCX") && DocumentKind.isLikely(name: "a.b.md"))
        #expect(!DocumentKind.isLikely(name: "a.png") && !DocumentKind.isLikely(name: "pdf"))
    }
}
