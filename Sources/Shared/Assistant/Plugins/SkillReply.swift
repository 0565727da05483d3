import Cryptography
import JSON
import JobQueue
import Plugins

/// What a plugin answered, as it stands in a task's journal.
struct SkillReply: Equatable {
    /// A later call that it asks for.
    struct Job: Equatable {
        let delay: Duration
        let content: String
    }

    let parts: [PluginReply.Part]
    let state: PluginReply.StateChange
    let jobs: [Job]

    /// The answer that an earlier attempt got, else that of the call.
    ///
    /// A step of a journal is smaller than an answer may be, so it is cut into several: those behind the first are
    /// written before it, under names that it tells. Without the first, none of them counts.
    ///
    /// - Parameters:
    ///   - context: Whose journal it is.
    ///   - call: Asks the plugin.
    /// - Returns: The answer.
    /// - Throws: What the call throws, and errors of the journal.
    static func journaled(in context: JobContext, _ call: () async throws -> PluginReply) async throws -> SkillReply {
        var written: [String: String] = [:]
        let first = try await context.step("call") {
            let pieces = pieces(of: SkillReply(try await call()).json.bytes)
            let mark = Hex.encode(RandomBytes.generate(count: 8))
            for (index, piece) in pieces.enumerated().dropFirst() {
                let name = "reply:\(mark):\(index)"
                written[name] = try await context.step(name) { piece }
            }
            return Beginning(piece: pieces[0], mark: mark, count: pieces.count)
        }
        var bytes = try Base64.decode(first.piece)
        for index in 1..<max(1, first.count) {
            let name = "reply:\(first.mark):\(index)"
            var piece = written[name]
            if piece == nil { piece = try await context.step(name) { () throws -> String in throw LostReply() } }
            bytes += try Base64.decode(piece ?? "")
        }
        return try SkillReply(try JSONValue(parsing: bytes))
    }

    private static let pieceBytes = 512 << 10

    private struct Beginning: Codable {
        let piece: String
        let mark: String
        let count: Int
    }

    private static func pieces(of bytes: [UInt8]) -> [String] {
        stride(from: 0, to: max(1, bytes.count), by: pieceBytes).map { start in
            Base64.encode(Array(bytes[start..<min(bytes.count, start + pieceBytes)]))
        }
    }

    init(_ reply: PluginReply) {
        parts = reply.parts
        state = reply.state
        jobs = reply.jobs.map { Job(delay: $0.delay, content: $0.content) }
    }

    /// - Throws: Where it is not what `json` wrote.
    private init(_ json: JSONValue) throws {
        parts = try (json["parts"]?.array ?? []).map { part in
            if let text = part["text"]?.string { return .text(text) }
            if let text = part["markdown"]?.string { return .markdown(text) }
            if let card = part["card"]?.object { return .card(card) }
            return .file(
                name: part["file"]?.string ?? "file",
                bytes: try Base64.decode(part["bytes"]?.string ?? "")
            )
        }
        state =
            switch json["state"] {
            case .object(let state)?: .replaced(state)
            case .null?: .removed
            default: .unchanged
            }
        jobs = (json["jobs"]?.array ?? []).map { job in
            Job(delay: .milliseconds(job["delay"]?.integer ?? 0), content: job["content"]?.string ?? "")
        }
    }

    private var json: JSONValue {
        var json: JSONObject = [
            "parts": .array(
                parts.map { part in
                    switch part {
                    case .text(let text): ["text": .string(text)]
                    case .markdown(let text): ["markdown": .string(text)]
                    case .card(let card): ["card": .object(card)]
                    case .file(let name, let bytes):
                        ["file": .string(name), "bytes": .string(Base64.encode(bytes))]
                    }
                }
            ),
            "jobs": .array(
                jobs.map { ["delay": .integer($0.delay.milliseconds), "content": .string($0.content)] }
            ),
        ]
        switch state {
        case .unchanged: break
        case .removed: json["state"] = .null
        case .replaced(let state): json["state"] = .object(state)
        }
        return .object(json)
    }
}

/// A part of an answer is not in the journal whose beginning is.
private struct LostReply: RetryAdvising, CustomStringConvertible {
    var retryAdvice: RetryAdvice { .never }
    var description: String { "the journal has a part of the plugin's answer only" }
}
