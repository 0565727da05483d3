/// The parts of a `multipart/form-data` body (RFC 7578).
struct Multipart {
    /// One field or file.
    struct Part {
        let name: String
        let fileName: String?
        let bytes: [UInt8]
    }

    let parts: [Part]

    /// Reads the body of a request with this content type; nil when it is not well formed.
    init?(_ body: [UInt8], contentType: String) {
        guard contentType.lowercased().hasPrefix("multipart/form-data"),
            let boundary = Self.parameter("boundary", of: contentType), (1...70).contains(boundary.utf8.count)
        else { return nil }
        let delimiter = Array("\r\n--\(boundary)".utf8)
        // The first delimiter may stand at the very start; with a line break before it, it is like the others.
        let padded = Array("\r\n".utf8) + body
        let starts = Self.occurrences(of: delimiter, in: padded)
        guard starts.count >= 2 else { return nil }
        var parts: [Part] = []
        for (start, end) in zip(starts, starts.dropFirst()) {
            guard let part = Self.part(padded[(start + delimiter.count)..<end]) else { return nil }
            parts.append(part)
        }
        self.parts = parts
    }

    func part(_ name: String) -> Part? { parts.first { $0.name == name } }

    func text(_ name: String) -> String? { part(name).map { String(decoding: $0.bytes, as: UTF8.self) } }

    private static func part(_ bytes: ArraySlice<UInt8>) -> Part? {
        let blank = Array("\r\n\r\n".utf8)
        guard let end = occurrences(of: blank, in: Array(bytes.prefix(16 << 10)), limit: 1).first else { return nil }
        let head = String(decoding: bytes.prefix(end), as: UTF8.self)
        for line in head.split(separator: "\r\n") {
            guard line.lowercased().hasPrefix("content-disposition:"), let name = parameter("name", of: String(line))
            else { continue }
            let content = bytes.dropFirst(end + blank.count)
            return Part(name: name, fileName: parameter("filename", of: String(line)), bytes: Array(content))
        }
        return nil
    }

    /// A parameter such as `name="file"`, with or without quotes.
    private static func parameter(_ name: String, of header: String) -> String? {
        for piece in header.split(separator: ";").dropFirst() {
            let pair = piece.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, pair[0].filter({ $0 != " " }).lowercased() == name else { continue }
            return String(pair[1]).trimmingQuotes
        }
        return nil
    }

    /// Where `needle` begins, by the algorithm of Horspool: uploads are big.
    private static func occurrences(of needle: [UInt8], in bytes: [UInt8], limit: Int = 100) -> [Int] {
        guard !needle.isEmpty, bytes.count >= needle.count else { return [] }
        var skip = [Int](repeating: needle.count, count: 256)
        for (index, byte) in needle.dropLast().enumerated() { skip[Int(byte)] = needle.count - 1 - index }
        var found: [Int] = []
        var at = 0
        while at + needle.count <= bytes.count, found.count < limit {
            if bytes[at..<at + needle.count].elementsEqual(needle) {
                found.append(at)
                at += needle.count
            } else {
                at += skip[Int(bytes[at + needle.count - 1])]
            }
        }
        return found
    }
}

extension String {
    fileprivate var trimmingQuotes: String {
        var text = Substring(self)
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        if text.count >= 2, text.first == "\"", text.last == "\"" { text = text.dropFirst().dropLast() }
        return String(text)
    }
}
