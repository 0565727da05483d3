import Documents
import TestSupport
import Testing

@Suite("docx files")
struct WordDocumentTests {
    private let reader = DocumentReader()

    @Test("give Markdown: headings, and tables of any shape")
    func markdown() async throws {
        let cell = { (text: String, more: String) in
            "<w:tc><w:tcPr>\(more)</w:tcPr>\(text.split(separator: "/").map { SampleArchive.paragraph(String($0)) }.joined())</w:tc>"
        }
        let table = """
            <w:tbl><w:tblGrid>\(String(repeating: "<w:gridCol w:w=\"2000\"/>", count: 3))</w:tblGrid>\
            <w:tr>\(cell("城市", "<w:gridSpan w:val=\"2\"/>"))\(cell("标准", ""))</w:tr>\
            <w:tr>\(cell("北京", "<w:vMerge w:val=\"restart\"/>"))\(cell("住宿/含早", ""))\(cell("600|元", ""))</w:tr>\
            <w:tr>\(cell(" ", "<w:vMerge/>"))\(cell("餐费", ""))\(cell("100", ""))</w:tr></w:tbl>
            """
        let body = SampleArchive.paragraph("差旅制度", style: "Heading1") + SampleArchive.paragraph("第一条 说明。") + table
        let document = try await reader.text(of: SampleArchive.word(body: body), name: "a.docx")
        #expect(document.kind == .docx && !document.wasCut)
        let lines = document.text.split(separator: "\n").map { line in
            line.split(separator: "|", omittingEmptySubsequences: false)
                .map { $0.trimmingSpaces }.joined(separator: "|")
        }
        #expect(lines.prefix(2) == ["# 差旅制度", "第一条 说明。"])
        let cells = lines.dropFirst(2).filter { !$0.contains("---") }
        #expect(cells == ["|城市||标准|", "|北京|住宿; 含早|600\\|元|", "||餐费|100|"])
    }

    @Test("are cut at the bound on bytes, and say so")
    func cut() async throws {
        let body = (1...500).map { SampleArchive.paragraph("第 \($0) 段") }.joined()
        let document = try await reader.text(
            of: SampleArchive.word(body: body),
            name: "a.docx",
            limits: DocumentLimits(outputBytes: 500)
        )
        #expect(document.wasCut && document.text.utf8.count <= 500 && !document.text.contains("\u{FFFD}"))
    }

    @Test("that say they unfold to gigabytes are too large before anything is started")
    func claimedBomb() async {
        let bytes = SampleArchive.word(body: SampleArchive.paragraph("x"), claimedBytes: 2_000_000_000)
        await #expect(throws: DocumentError.tooLarge) {
            try await DocumentReader(searchPath: "/nowhere").text(of: bytes, name: "a.docx")
        }
    }

    @Test("that unfold to more than they say end at the bound on memory")
    func bomb() async throws {
        let bytes = try SampleArchive.bomb(megabytes: 150)
        #expect(bytes.count < 1_000_000)
        let limits = DocumentLimits(time: .seconds(60), memoryBytes: 805_306_368)
        await #expect(throws: DocumentError.tooLarge) {
            try await reader.text(of: bytes, name: "a.docx", limits: limits)
        }
    }

    @Test("with a password are encrypted")
    func encrypted() async {
        let package: [UInt8] =
            [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1] + [UInt8](repeating: 0, count: 600)
            + "EncryptedPackage".utf8.flatMap { [$0, 0] as [UInt8] }
        let flagged = SampleArchive.word(body: SampleArchive.paragraph("x"), flags: 1)
        for bytes in [package, flagged] {
            await #expect(throws: DocumentError.encrypted) { try await reader.text(of: bytes, name: "a.docx") }
        }
        let old = Array(package.prefix(600))
        await #expect(throws: DocumentError.unsupported) { try await reader.text(of: old, name: "a.doc") }
    }

    @Test("that are broken are damaged")
    func damaged() async {
        let parts = SampleArchive.parts(body: "<w:p><w:r>").map { ($0.name, Array($0.bytes.dropLast(40))) }
        await #expect(throws: DocumentError.damaged) {
            try await reader.text(of: SampleArchive.zip(parts), name: "a.docx")
        }
    }

    @Test("without text are empty")
    func empty() async {
        await #expect(throws: DocumentError.empty) {
            try await reader.text(of: SampleArchive.word(body: SampleArchive.paragraph("")), name: "a.docx")
        }
    }
}

extension Substring {
    /// Without blanks at its ends.
    fileprivate var trimmingSpaces: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
