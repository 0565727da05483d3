import JSON

extension Manifest {
    /// What the assistant would refuse, each with its place (JSON Pointer). It checks again, and more closely.
    var problems: [String] {
        var problems: [String] = []
        func expect(_ holds: Bool, _ pointer: String, _ expectation: String) {
            if !holds { problems.append("\(pointer): expected \(expectation)") }
        }
        expect(Self.isName(name), "/name", "lower-case letters, digits and '-' between them, at most 64")
        expect(Self.isVersion(version), "/version", "a semantic version, such as 1.2.0")
        expect((.milliseconds(100) ... .seconds(300)).contains(timeout), "/timeout", "0.1 to 300 seconds")
        expect((1...1_000).contains(concurrency), "/concurrency", "1 to 1000")
        expect(
            memoryBytes.map { (16 << 20...16 << 30).contains($0) } ?? true,
            "/memory_bytes",
            "16777216 to 17179869184"
        )
        expect(triggers.count <= 64, "/triggers", "at most 64 triggers")
        for (index, trigger) in triggers.enumerated() {
            for need in trigger.needed { expect(need.isThere, "/triggers/\(index)/\(need.member)", "a value") }
        }
        return problems
    }

    private static func isName(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return (1...64).contains(bytes.count) && bytes.allSatisfy { $0.isLowerCaseOrDigit || $0 == UInt8(ascii: "-") }
            && bytes.first != UInt8(ascii: "-") && bytes.last != UInt8(ascii: "-")
    }

    /// Source: Semantic Versioning 2.0.0, its grammar.
    private static func isVersion(_ text: String) -> Bool {
        let parts = text.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
        let release = parts[0].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let numbers = release[0].split(separator: ".", omittingEmptySubsequences: false)
        let named = release.dropFirst().flatMap { $0.split(separator: ".", omittingEmptySubsequences: false) }
        let build = parts.dropFirst().flatMap { $0.split(separator: ".", omittingEmptySubsequences: false) }
        return text.utf8.count <= 128 && numbers.count == 3 && numbers.allSatisfy { isNumber($0) }
            && named.allSatisfy { isIdentifier($0) && (!isDigits($0) || isNumber($0)) }
            && build.allSatisfy { isIdentifier($0) }
    }

    private static func isDigits(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    private static func isNumber(_ text: Substring) -> Bool { isDigits(text) && (text == "0" || text.first != "0") }

    private static func isIdentifier(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { ($0 | 0x20).isLowerCaseOrDigit && $0 >= 0x30 || $0 == UInt8(ascii: "-") }
    }
}

extension UInt8 {
    fileprivate var isLowerCaseOrDigit: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
    }
}
