import HTTP

/// Puts a response's head together from the header lines that libcurl hands over one by one.
///
/// Interim responses (1xx) are passed over, and so are trailers.
struct ResponseHeadParser {
    /// What a line amounts to.
    enum Step {
        case more
        case complete(HTTPClientHead)
        case tooLarge
    }

    /// Of a whole head, names and values together.
    static let maximumBytes = 64 << 10

    private var status = 0
    private var version = ""
    private var headers: [(String, String)] = []
    private var bytes = 0
    private var isComplete = false

    /// Takes one line with its line ending.
    mutating func take(line bytes: some Collection<UInt8>) -> Step {
        self.bytes += bytes.count
        guard self.bytes <= Self.maximumBytes else { return .tooLarge }
        guard !isComplete else { return .more }
        let line = String(decoding: bytes, as: UTF8.self).trimmingSuffix { $0.isNewline }
        if line.isEmpty {
            guard status >= 200 else { return .more }
            isComplete = true
            return .complete(HTTPClientHead(status: status, headers: headers, version: version))
        }
        if line.hasPrefix("HTTP/") {
            begin(line)
        } else if let first = line.first, first == " " || first == "\t" {
            fold(line)
        } else {
            add(line)
        }
        return .more
    }

    /// `HTTP/1.1 200 OK` or `HTTP/2 200`: a new response, so what an interim one said is forgotten.
    private mutating func begin(_ line: Substring) {
        let parts = line.split(separator: " ", maxSplits: 2)
        version = String(parts[0].dropFirst("HTTP/".count))
        status = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        headers = []
    }

    /// An obsolete continuation line (RFC 9112, section 5.2) belongs to the value before it.
    private mutating func fold(_ line: Substring) {
        guard let last = headers.popLast() else { return }
        headers.append((last.0, last.1 + " " + line.trimmingSpaces()))
    }

    private mutating func add(_ line: Substring) {
        guard let colon = line.firstIndex(of: ":") else { return }
        headers.append((String(line[..<colon]), String(line[line.index(after: colon)...].trimmingSpaces())))
    }
}

extension StringProtocol {
    fileprivate func trimmingSuffix(while matches: (Character) -> Bool) -> SubSequence {
        var end = endIndex
        while end > startIndex, matches(self[index(before: end)]) { end = index(before: end) }
        return self[..<end]
    }

    fileprivate func trimmingSpaces() -> SubSequence {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        return drop(while: isSpace).trimmingSuffix(while: isSpace)
    }
}
