import Foundation

/// Writes ZIP archives and word processor documents.
package enum SampleArchive {
    /// An archive of uncompressed entries.
    package static func zip(_ entries: [(name: String, bytes: [UInt8])], flags: UInt16 = 0, claimedBytes: Int? = nil)
        -> [UInt8]
    {
        var file: [UInt8] = []
        var directory: [UInt8] = []
        for entry in entries {
            let place = file.count
            let size = claimedBytes ?? entry.bytes.count
            let common =
                little(20, 2) + little(Int(flags), 2) + little(0, 2) + little(0, 4)
                + little(Int(checksum(entry.bytes)), 4) + little(entry.bytes.count, 4) + little(size, 4)
                + little(entry.name.utf8.count, 2) + little(0, 2)
            file += [0x50, 0x4B, 3, 4] + common + Array(entry.name.utf8) + entry.bytes
            directory += [0x50, 0x4B, 1, 2] + little(20, 2) + common + little(0, 2) + little(0, 2) + little(0, 2)
            directory += little(0, 4) + little(place, 4) + Array(entry.name.utf8)
        }
        let end =
            [0x50, 0x4B, 5, 6] + little(0, 4) + little(entries.count, 2) + little(entries.count, 2)
            + little(directory.count, 4) + little(file.count, 4) + little(0, 2)
        return file + directory + end
    }

    /// A document with this content of its body, in WordprocessingML.
    package static func word(body: String, flags: UInt16 = 0, claimedBytes: Int? = nil) -> [UInt8] {
        zip(parts(body: body), flags: flags, claimedBytes: claimedBytes)
    }

    package static func parts(body: String) -> [(name: String, bytes: [UInt8])] {
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
        let styles = """
            <w:styles xmlns:w="\(namespace)"><w:style w:type="paragraph" w:styleId="Heading1">\
            <w:name w:val="heading 1"/></w:style></w:styles>
            """
        let links = """
            <Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="s1" \
            Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>\
            </Relationships>
            """
        let document = "<w:document xmlns:w=\"\(namespace)\"><w:body>\(body)</w:body></w:document>"
        return [
            ("[Content_Types].xml", types), ("_rels/.rels", relations), ("word/_rels/document.xml.rels", links),
            ("word/styles.xml", styles), ("word/document.xml", document),
        ].map { ($0.0, Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\($0.1)".utf8)) }
    }

    package static func paragraph(_ text: String, style: String? = nil) -> String {
        let properties = style.map { "<w:pPr><w:pStyle w:val=\"\($0)\"/></w:pPr>" } ?? ""
        return "<w:p>\(properties)<w:r><w:t>\(text)</w:t></w:r></w:p>"
    }

    private static let namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

    private static func little(_ number: Int, _ size: Int) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    /// CRC-32 of ISO 3309, bit by bit: the files are small.
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
        }
    }

    /// A document that unfolds to `megabytes` of one letter, made by Python, whose directory says that it is small.
    package static func bomb(megabytes: Int) throws -> [UInt8] {
        let script = """
            import sys, zipfile, io, struct
            out = io.BytesIO()
            with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
                for part in sys.stdin.buffer.read().split(b'\\0'):
                    name, text = part.split(b'\\n', 1)
                    archive.writestr(name.decode(), text.replace(b'BOMB', b'A' * (\(megabytes) << 20)))
            data = bytearray(out.getvalue())
            place = data.rfind(b'word/document.xml') - 46
            data[place + 24:place + 28] = struct.pack('<I', 1000)
            sys.stdout.buffer.write(data)
            """
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script]
        let input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let parts = parts(body: paragraph("BOMB")).map { Array("\($0.name)\n".utf8) + $0.bytes }
        try input.fileHandleForWriting.write(contentsOf: Data(parts.joined(separator: [0])))
        try input.fileHandleForWriting.close()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return [UInt8](bytes)
    }
}
