import Foundation
import TestSupport

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
            SentFiles(
                name: "e.docx",
                bytes: SampleArchive.word(body: SampleArchive.paragraph("Maple budget is agreed.")),
                word: "Maple budget is agreed."
            ),
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
}
