import Documents
import Foundation
import Testing

@Suite("PDF files")
struct PDFDocumentTests {
    private let reader = DocumentReader()

    @Test("give the text of each page, Chinese without an embedded font, too")
    func pages() async throws {
        let bytes = SamplePDF.bytes(pages: ["Quarterly-report", "第二页：差旅报销标准"])
        let document = try await reader.text(of: bytes, name: "a.pdf")
        #expect(document.kind == .pdf && document.pages == 2 && !document.wasCut)
        #expect(document.text.contains("Quarterly-report") && document.text.contains("第二页：差旅报销标准"))
    }

    @Test("are cut at the bound on pages, and say so")
    func manyPages() async throws {
        let bytes = SamplePDF.bytes(pages: (1...40).map { "page\($0)of40" })
        let document = try await reader.text(of: bytes, name: "a.pdf", limits: DocumentLimits(pages: 7))
        #expect(document.pages == 7 && document.wasCut)
        #expect(document.text.contains("page7of") && !document.text.contains("page8of"))
        let whole = try await reader.text(of: bytes, name: "a.pdf", limits: DocumentLimits(pages: 40))
        #expect(whole.pages == 40 && !whole.wasCut)
    }

    @Test("are cut at the bound on bytes, and say so")
    func manyBytes() async throws {
        let bytes = SamplePDF.bytes(pages: (1...40).map { "第\($0)页" })
        let document = try await reader.text(of: bytes, name: "a.pdf", limits: DocumentLimits(outputBytes: 200))
        #expect(document.wasCut && document.text.utf8.count <= 200)
        #expect(!document.text.contains("\u{FFFD}") && document.text.contains("第1页"))
    }

    @Test("without text, as scans, are empty")
    func scan() async {
        await #expect(throws: DocumentError.empty) {
            try await reader.text(of: SamplePDF.bytes(pages: [""]), name: "a.pdf")
        }
    }

    @Test("with a password are encrypted")
    func encrypted() async throws {
        let path = try #require(
            Bundle.module.url(forResource: "password", withExtension: "pdf", subdirectory: "Fixtures")
        )
        let bytes = [UInt8](try Data(contentsOf: path))
        await #expect(throws: DocumentError.encrypted) { try await reader.text(of: bytes, name: "a.pdf") }
    }

    @Test(
        "that are broken are damaged",
        arguments: ["%PDF-1.7\n", "%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj %%EOF"]
    )
    func damaged(_ text: String) async {
        await #expect(throws: DocumentError.damaged) { try await reader.text(of: Array(text.utf8), name: "a.pdf") }
    }

    @Test("cut anywhere are read or refused, and nothing hangs")
    func truncated() async throws {
        let bytes = SamplePDF.bytes(pages: ["one", "two", "three"])
        for length in stride(from: 20, to: bytes.count, by: bytes.count / 9) {
            _ = try? await reader.text(of: Array(bytes[..<length]), name: "a.pdf")
        }
    }

    @Test("whose pages lead in a circle come to an end")
    func circle() async {
        let text = """
            %PDF-1.4
            1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
            2 0 obj << /Type /Pages /Count 999999999 /Kids [2 0 R 2 0 R] /Parent 2 0 R >> endobj
            trailer << /Root 1 0 R /Size 3 >>
            """
        let limits = DocumentLimits(time: .seconds(10))
        await #expect(throws: DocumentError.self) {
            try await reader.text(of: Array(text.utf8), name: "a.pdf", limits: limits)
        }
    }
}
