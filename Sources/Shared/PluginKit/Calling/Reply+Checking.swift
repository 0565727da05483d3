import JSON

/// A reply that the assistant would refuse, with what is wrong and where (JSON Pointer).
public struct BadReply: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String
}

extension Reply {
    private static let maximumBytes = 4 << 20
    private static let maximumParts = 5
    private static let maximumCharacters = 30_000
    private static let maximumStateBytes = 64 << 10
    private static let maximumJobs = 10
    private static let longestDelay: Duration = .seconds(30 * 86_400)

    /// The reply as it is sent.
    ///
    /// - Returns: JSON.
    /// - Throws: ``BadReply`` where the assistant would refuse it.
    func encoded() throws(BadReply) -> [UInt8] {
        let problems = problems
        guard problems.isEmpty else { throw BadReply(description: problems.joined(separator: "; ")) }
        let bytes = document.bytes
        guard bytes.count <= Self.maximumBytes else {
            throw BadReply(description: "the reply has \(bytes.count) bytes; at most \(Self.maximumBytes) are taken")
        }
        return bytes
    }

    private var problems: [String] {
        var problems: [String] = []
        func expect(_ holds: Bool, _ pointer: String, _ expectation: String) {
            if !holds { problems.append("\(pointer): expected \(expectation)") }
        }
        func expectText(_ text: String, _ pointer: String) {
            let isShort = text.unicodeScalars.count <= Self.maximumCharacters
            expect(isShort, pointer, "at most \(Self.maximumCharacters) characters")
        }
        expect(parts.count <= Self.maximumParts, "/reply_message", "at most \(Self.maximumParts) parts")
        for (index, part) in parts.enumerated() {
            let pointer = parts.count == 1 ? "/reply_message" : "/reply_message/\(index)"
            switch part {
            case .text(let text): expectText(text, "\(pointer)/text")
            case .markdown(let text): expectText(text, "\(pointer)/markdown")
            case .card: break
            case .file(let name, _):
                let isName = (1...255).contains(name.unicodeScalars.count)
                expect(isName, "\(pointer)/file/name", "a name of at most 255 characters")
            }
        }
        if case .replaced(let state) = state {
            let isSmall = JSONValue.object(state).bytes.count <= Self.maximumStateBytes
            expect(isSmall, "/state", "at most \(Self.maximumStateBytes) bytes")
        }
        expect(jobs.count <= Self.maximumJobs, "/jobs", "at most \(Self.maximumJobs)")
        for (index, job) in jobs.enumerated() {
            let isInTime = (.zero...Self.longestDelay).contains(job.delay)
            expect(isInTime, "/jobs/\(index)/delay", "0 to \(Self.longestDelay.components.seconds) seconds")
            expectText(job.content, "/jobs/\(index)/message_content")
        }
        return problems
    }
}
