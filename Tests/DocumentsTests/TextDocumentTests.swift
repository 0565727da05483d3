import Documents
import Testing

@Suite("Text files")
struct TextDocumentTests {
    private let reader = DocumentReader()

    private func read(_ bytes: [UInt8], _ name: String = "a.txt", _ limits: DocumentLimits = .init()) async throws
        -> ReadDocument
    {
        try await reader.text(of: bytes, name: name, limits: limits)
    }

    @Test("are read in UTF-8 with and without mark, with one kind of line end")
    func utf8() async throws {
        let text = "\u{FEFF}第一行\r\n第二行\rthird\n\u{0}".dropLast()
        #expect(try await read(Array(text.utf8)) == ReadDocument(text: "第一行\n第二行\nthird\n", kind: .text))
    }

    @Test("are read in UTF-16 of both orders, with and without mark", arguments: [true, false], [true, false])
    func utf16(_ bigEndian: Bool, _ hasMark: Bool) async throws {
        let text = "会议纪要 Minutes\n周五交付 😀\n"
        let units = (hasMark ? [0xFEFF] : []) + Array(text.utf16)
        let bytes = units.flatMap {
            (bigEndian ? [UInt8($0 >> 8), UInt8($0 & 255)] : [UInt8($0 & 255), UInt8($0 >> 8)]) as [UInt8]
        }
        #expect(try await read(bytes).text == text)
    }

    @Test("are read in GB18030, also cut inside a character")
    func gb18030() async throws {
        // "会议纪要：周五" and a line end.
        let bytes: [UInt8] = [
            0xBB, 0xE1, 0xD2, 0xE9, 0xBC, 0xCD, 0xD2, 0xAA, 0xA3, 0xBA, 0xD6, 0xDC, 0xCE, 0xE5, 0x0A,
        ]
        #expect(try await read(bytes).text == "会议纪要：周五\n")
        #expect(try await read(bytes + [0xBB]).text == "会议纪要：周五\n")
    }

    @Test("with some broken UTF-8 keep the rest")
    func broken() async throws {
        let bytes = Array("这是一份很长的会议记录，".utf8) + [0xFF, 0xC3] + Array("后面还有。".utf8)
        let text = try await read(bytes).text
        #expect(text.hasPrefix("这是一份很长的会议记录，\u{FFFD}") && text.hasSuffix("后面还有。"))
    }

    @Test("are cut between characters, and say so")
    func cut() async throws {
        let text = String(repeating: "会议", count: 100)
        let document = try await read(Array(text.utf8), "a.md", DocumentLimits(outputBytes: 100))
        #expect(document == ReadDocument(text: String(text.prefix(33)), kind: .markdown, wasCut: true))
    }

    @Test("without a letter are empty", arguments: ["", " \n\t\n", "\u{FEFF}"])
    func empty(_ text: String) async {
        await #expect(throws: DocumentError.empty) { try await read(Array(text.utf8)) }
    }

    @Test("that are none are refused under every name", arguments: ["a.txt", "a.pdf", "a.docx", "a.csv"])
    func binary(_ name: String) async {
        let bytes = (0..<9_999).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 31 ^ $0 >> 3) }
        await #expect(throws: DocumentError.unsupported) { try await read(bytes, name) }
    }

    @Test("of meetings keep their times and speakers")
    func subtitles() async throws {
        let text = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n<v 张伟>我们开始吧。\n"
        #expect(try await read(Array(text.utf8), "meeting.txt") == ReadDocument(text: text, kind: .vtt))
    }

    @Test("of values become tables: quotes, separators inside cells, short and long rows")
    func table() async throws {
        let text = "name;note\n\"a \"\"b\"\"\";\"x;y|z\nnext\"\n\nonly\n1;2;3\n"
        let table = """
            | name | note |
            | --- | --- |
            | a "b" | x;y\\|z next |
            | only |  |
            | 1 | 2, 3 |

            """
        #expect(try await read(Array(text.utf8), "a.csv").text == table)
    }

    @Test("of values as large as 100 MB are cut at a row, and soon")
    func hugeTable() async throws {
        let row = Array("12345,\"some, text\",中文,2026-01-01\n".utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(100_000_000 + row.count)
        while bytes.count < 100_000_000 { bytes += row }
        await #expect(throws: DocumentError.tooLarge) { try await read(bytes, "a.csv") }
        let limits = DocumentLimits(inputBytes: 200_000_000, outputBytes: 50_000)
        let start = ContinuousClock.now
        let document = try await read(bytes, "a.csv", limits)
        #expect(ContinuousClock.now - start < .seconds(5))
        #expect(document.wasCut && document.text.utf8.count <= 50_000 && document.text.utf8.count > 49_000)
        #expect(document.text.hasSuffix("| 12345 | some, text | 中文 | 2026-01-01 |\n"))
    }
}
