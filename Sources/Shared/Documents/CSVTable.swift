/// A table of comma-separated values (RFC 4180) as a Markdown table, so that models and people read it alike.
///
/// The separator is what occurs most in the first line: comma, semicolon or tab. As many rows as the bound on text has room
/// for, each whole.
enum CSVTable {
    private static let maximumColumns = 200

    static func read(_ bytes: [UInt8], limits: DocumentLimits) throws(DocumentError) -> ReadDocument {
        let beginning = TextDecoding.beginning(of: bytes, for: limits.outputBytes)
        guard let text = TextDecoding.text(of: beginning) else { throw .unsupported }
        var rows = CSVRows(text)
        var result: [UInt8] = []
        var columns = 0
        var wasCut = beginning.count < bytes.count
        while let row = rows.next() {
            // The last row of a beginning is rarely whole.
            if rows.isAtEnd && beginning.count < bytes.count && !result.isEmpty { break }
            if row.allSatisfy(\.isEmpty) { continue }
            let isHead = columns == 0
            if isHead { columns = min(Self.maximumColumns, row.count) }
            if row.count > columns && isHead { wasCut = true }
            var line: [UInt8] = Array("|".utf8)
            for column in 0..<columns {
                line += Array(" ".utf8)
                if column < row.count {
                    line += column == columns - 1 && !isHead ? last(row, from: column) : row[column]
                }
                line += Array(" |".utf8)
            }
            line.append(0x0A)
            if isHead { line += Array(("|" + String(repeating: " --- |", count: columns) + "\n").utf8) }
            guard result.count + line.count <= limits.outputBytes else {
                wasCut = true
                break
            }
            result += line
        }
        return ReadDocument(utf8: result[...], kind: .csv, wasCut: wasCut, atMost: limits.outputBytes)
    }

    /// A row longer than the head keeps what is left over in its last column.
    private static func last(_ row: [[UInt8]], from column: Int) -> [UInt8] {
        Array(row[column...].prefix(maximumColumns).joined(separator: Array(", ".utf8)))
    }
}

/// Cuts text into rows of cells that are ready for a Markdown table.
private struct CSVRows {
    private let text: [UInt8]
    private let separator: UInt8
    private var place = 0

    var isAtEnd: Bool { place >= text.count }

    init(_ text: [UInt8]) {
        self.text = text
        let head = text.prefix { $0 != 0x0A }
        let candidates = [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09]
        let counts = candidates.map { candidate in head.count { $0 == candidate } }
        separator = zip(candidates, counts).max { $0.1 < $1.1 }.map { $0.1 > 0 ? $0.0 : candidates[0] } ?? candidates[0]
    }

    mutating func next() -> [[UInt8]]? {
        guard place < text.count else { return nil }
        var row: [[UInt8]] = []
        var cell: [UInt8] = []
        var isQuoted = false
        while place < text.count {
            let byte = text[place]
            place += 1
            if isQuoted {
                if byte != UInt8(ascii: "\"") {
                    append(byte, to: &cell)
                } else if place < text.count, text[place] == byte {
                    cell.append(byte)
                    place += 1
                } else {
                    isQuoted = false
                }
            } else if byte == UInt8(ascii: "\""), cell.isEmpty {
                isQuoted = true
            } else if byte == separator {
                row.append(cell)
                cell.removeAll(keepingCapacity: true)
            } else if byte == 0x0A {
                break
            } else {
                append(byte, to: &cell)
            }
        }
        row.append(cell)
        return row
    }

    private func append(_ byte: UInt8, to cell: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "|"): cell += Array("\\|".utf8)
        case 0x0A, 0x09: cell.append(0x20)
        default: cell.append(byte)
        }
    }
}
