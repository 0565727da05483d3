import Foundation

/// A file sent for transcription: the fields of a `multipart/form-data` body (RFC 7578).
package struct FakeModelUpload: Sendable {
    package let fields: [String: String]
    package let fileName: String
    package let fileType: String
    package let file: [UInt8]

    /// Nil where the body is none, or has no file.
    init?(_ body: [UInt8], contentType: String) {
        guard let mark = contentType.range(of: "boundary=") else { return nil }
        let boundary = Array(("--" + contentType[mark.upperBound...].filter { $0 != "\"" }).utf8)
        var fields: [String: String] = [:]
        var found: (name: String, type: String, bytes: [UInt8])?
        for part in body.separated(by: boundary) {
            // Each part is CRLF, headers, an empty line, content, CRLF.
            guard let end = part.firstIndex(of: Array("\r\n\r\n".utf8)), part.count >= end + 6 else { continue }
            let headers = String(decoding: part[..<end], as: UTF8.self)
            let content = Array(part[(end + 4)..<(part.count - 2)])
            guard let name = headers.quoted(after: " name=") else { continue }
            if let fileName = headers.quoted(after: " filename=") {
                let type =
                    headers.components(separatedBy: "\r\n")
                    .first { $0.lowercased().hasPrefix("content-type:") }?.dropFirst(13) ?? ""
                found = (fileName, type.trimmingCharacters(in: .whitespaces), content)
            } else {
                fields[name] = String(decoding: content, as: UTF8.self)
            }
        }
        guard let found else { return nil }
        self.fields = fields
        fileName = found.name
        fileType = found.type
        file = found.bytes
    }
}

extension [UInt8] {
    /// Where `pattern` begins first.
    fileprivate func firstIndex(of pattern: [UInt8], from start: Int = 0) -> Int? {
        guard count >= pattern.count else { return nil }
        return (start..<Swift.max(start, count - pattern.count + 1)).first {
            self[$0] == pattern[0] && self[$0...].starts(with: pattern)
        }
    }

    fileprivate func separated(by pattern: [UInt8]) -> [[UInt8]] {
        var parts: [[UInt8]] = []
        var start = 0
        while let next = firstIndex(of: pattern, from: start) {
            parts.append(Array(self[start..<next]))
            start = next + pattern.count
        }
        parts.append(Array(self[start...]))
        return parts
    }
}

extension String {
    /// What stands in quotes behind `mark`.
    fileprivate func quoted(after mark: String) -> String? {
        guard let start = range(of: mark)?.upperBound, self[start...].first == "\"" else { return nil }
        return String(self[index(after: start)...].prefix { $0 != "\"" })
    }
}
