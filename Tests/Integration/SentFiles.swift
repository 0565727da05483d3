import Foundation

/// Files as people send them, each with a word in it to be recognised by.
struct SentFiles {
    let name: String
    let bytes: [UInt8]
    /// What a model must be told of it.
    let word: String

    static var all: [SentFiles] {
        [
            SentFiles(name: "a.txt", bytes: Array("The plum harvest was 12 tons.".utf8), word: "plum harvest"),
            SentFiles(name: "b.md", bytes: Array("# 季度报告\n\n收入增长 8%。".utf8), word: "收入增长 8%"),
            SentFiles(name: "c.csv", bytes: Array("city,rate\n成都,450\n".utf8), word: "| 成都 | 450 |"),
            SentFiles(name: "d.pdf", bytes: pdf("Walnut plan 2026"), word: "Walnut plan 2026"),
            SentFiles(name: "e.docx", bytes: word("Maple budget is agreed."), word: "Maple budget is agreed."),
            SentFiles(name: "f.vtt", bytes: Array(subtitles(isVTT: true).utf8), word: "We decided to ship cedar 3"),
            SentFiles(name: "g.srt", bytes: Array(subtitles(isVTT: false).utf8), word: "We decided to ship cedar 3"),
        ]
    }

    static func subtitles(isVTT: Bool, saying line: (Int) -> String = { "We decided to ship cedar \($0)." }) -> String {
        let cues = (1...8).map { number in
            let (mark, end) = (isVTT ? "." : ",", number + 1)
            let time = "00:00:0\(number)\(mark)000 --> 00:00:0\(end)\(mark)000"
            return isVTT ? "\(time)\n<v Maya>\(line(number))</v>\n" : "\(number)\n\(time)\nMaya: \(line(number))\n"
        }
        return (isVTT ? "WEBVTT\n\n" : "") + cues.joined(separator: "\n")
    }

    /// A PDF file of one page with one line.
    static func pdf(_ text: String, trailer: String = "") -> [UInt8] {
        let content = "BT /F1 12 Tf 40 750 Td (\(text)) Tj ET"
        let objects = [
            "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
            """
            << /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R \
            /Resources << /Font << /F1 4 0 R >> >> >>
            """,
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            "<< /Length \(content.utf8.count) >>\nstream\n\(content)\nendstream",
        ]
        var file = "%PDF-1.4\n"
        var places: [Int] = []
        for (index, object) in objects.enumerated() {
            places.append(file.utf8.count)
            file += "\(index + 1) 0 obj\n\(object)\nendobj\n"
        }
        let start = file.utf8.count
        file += "xref\n0 6\n0000000000 65535 f \n" + places.map { String(format: "%010d 00000 n \n", $0) }.joined()
        file += "trailer\n<< /Size 6 /Root 1 0 R \(trailer)>>\nstartxref\n\(start)\n%%EOF\n"
        return Array(file.utf8)
    }

    /// A PDF file that only a password opens: the standard security handler, with a key that is no password's.
    static var lockedPDF: [UInt8] {
        let key = String(repeating: "5A", count: 32)
        return pdf(
            "secret",
            trailer: "/ID [<00><00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <\(key)> /U <\(key)> >> "
        )
    }

    /// A word processor document of one paragraph, zipped without compression.
    static func word(_ text: String) -> [UInt8] {
        let types = """
            <Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">\
            <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
            <Override PartName="/word/document.xml" \
            ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>
            """
        let relations = """
            <Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" \
            Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" \
            Target="word/document.xml"/></Relationships>
            """
        let document = """
            <w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r>\
            <w:t>\(text)</w:t></w:r></w:p></w:body></w:document>
            """
        return zip([("[Content_Types].xml", types), ("_rels/.rels", relations), ("word/document.xml", document)])
    }

    private static func zip(_ entries: [(name: String, text: String)]) -> [UInt8] {
        func little(_ number: Int, _ size: Int) -> [UInt8] {
            (0..<size).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
        }
        var file: [UInt8] = []
        var directory: [UInt8] = []
        for (name, text) in entries {
            let bytes = Array(text.utf8)
            // CRC-32 of ISO 3309, bit by bit.
            let sum = ~bytes.reduce(UInt32.max) { sum, byte in
                (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
            }
            let common =
                little(20, 2) + little(0, 8) + little(Int(sum), 4) + little(bytes.count, 4) + little(bytes.count, 4)
                + little(name.utf8.count, 2) + little(0, 2)
            directory += [0x50, 0x4B, 1, 2] + little(20, 2) + common + little(0, 10) + little(file.count, 4)
            directory += Array(name.utf8)
            file += [0x50, 0x4B, 3, 4] + common + Array(name.utf8) + bytes
        }
        let end =
            [0x50, 0x4B, 5, 6] + little(0, 4) + little(entries.count, 2) + little(entries.count, 2)
            + little(directory.count, 4) + little(file.count, 4) + little(0, 2)
        return file + directory + end
    }
}
