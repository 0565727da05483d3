import Cryptography
import JSON

/// Reads an answer member by member and notes all that is wrong with it.
struct ReplyReader {
    private static let mostParts = 5
    private static let mostCharacters = 30_000
    private static let mostStateBytes = 64 << 10
    private static let mostJobs = 10
    private static let longestDelay = 30.0 * 86_400

    private let permitted: Set<PluginPermission>
    private(set) var problems: [ContractProblem] = []

    init(permitted: Set<PluginPermission>) { self.permitted = permitted }

    mutating func parts(_ document: JSONValue) -> [PluginReply.Part] {
        guard document.object != nil else {
            note("", "expected an object")
            return []
        }
        guard let value = document["reply_message"], !value.isNull else { return [] }
        guard let entries = value.array else { return part(value, "/reply_message").map { [$0] } ?? [] }
        guard entries.count <= Self.mostParts else {
            note("/reply_message", "expected at most \(Self.mostParts) messages")
            return []
        }
        var parts: [PluginReply.Part] = []
        for (index, entry) in entries.enumerated() {
            if let part = part(entry, "/reply_message/\(index)") { parts.append(part) }
        }
        return parts
    }

    private mutating func part(_ value: JSONValue, _ pointer: String) -> PluginReply.Part? {
        if value.string != nil { return text(value, pointer).map { .text($0) } }
        if let entry = value["text"] { return text(entry, "\(pointer)/text").map { .text($0) } }
        if let entry = value["markdown"] { return text(entry, "\(pointer)/markdown").map { .markdown($0) } }
        if let entry = value["file"] { return file(entry, "\(pointer)/file") }
        if let entry = value["card"] {
            if entry.object == nil { note("\(pointer)/card", "expected an object") }
            return entry.object.map { .card($0) }
        }
        note(pointer, "expected text, or an object with text, markdown, card or file")
        return nil
    }

    private mutating func file(_ value: JSONValue, _ pointer: String) -> PluginReply.Part? {
        let name = value["name"]?.string ?? ""
        let isName =
            (1...255).contains(name.utf8.count) && name != "." && name != ".."
            && !name.unicodeScalars.contains {
                $0.value < 0x20 || $0.value == 0x7F || "/\\".unicodeScalars.contains($0)
            }
        if !isName { note("\(pointer)/name", "expected the name of a file, 1 to 255 bytes without a folder") }
        guard let content = value["content_base64"]?.string, let bytes = Self.decoded(content), !bytes.isEmpty else {
            note("\(pointer)/content_base64", "expected base64 of at least one byte")
            return nil
        }
        return isName ? .file(name: name, bytes: bytes) : nil
    }

    private static func decoded(_ text: String) -> [UInt8]? {
        do throws(CryptographyError) {
            return try Base64.decode(text)
        } catch {
            return nil
        }
    }

    mutating func state(_ document: JSONValue) -> PluginReply.StateChange {
        guard let value = document["state"] else { return .unchanged }
        guard permitted.contains(.conversationState) else {
            if !value.isNull { note("/state", "needs the permission conversation.state") }
            return .unchanged
        }
        if value.isNull { return .removed }
        guard let object = value.object, value.bytes.count <= Self.mostStateBytes else {
            note("/state", "expected an object of at most \(Self.mostStateBytes) bytes, or null")
            return .unchanged
        }
        return .replaced(object)
    }

    mutating func jobs(_ document: JSONValue) -> [PluginReply.Job] {
        guard let value = document["jobs"], !value.isNull else { return [] }
        guard let entries = value.array, entries.count <= Self.mostJobs else {
            note("/jobs", "expected a list of at most \(Self.mostJobs) jobs")
            return []
        }
        if !entries.isEmpty, !permitted.contains(.enqueueJobs) { note("/jobs", "needs the permission jobs.enqueue") }
        var jobs: [PluginReply.Job] = []
        for (index, entry) in entries.enumerated() {
            let delay = entry["delay"].map { $0.double ?? -1 } ?? 0
            if !(0...Self.longestDelay).contains(delay) {
                note("/jobs/\(index)/delay", "expected seconds from 0 to \(Int(Self.longestDelay))")
            } else if let content = text(entry["message_content"], "/jobs/\(index)/message_content") {
                jobs.append(.init(delay: .milliseconds(Int64((delay * 1_000).rounded())), content: content))
            }
        }
        return jobs
    }

    mutating func toolResult(_ document: JSONValue) -> PluginReply.ToolResult? {
        guard let value = document["tool_result"], !value.isNull else { return nil }
        let isError = value["is_error"].map { flag in flag.bool } ?? false
        if isError == nil { note("/tool_result/is_error", "expected true or false") }
        return text(value["text"], "/tool_result/text").map { .init(text: $0, isError: isError ?? false) }
    }

    private mutating func text(_ value: JSONValue?, _ pointer: String) -> String? {
        // Bytes first: counting characters takes time, and one has at least one byte.
        guard let text = value?.string, text.utf8.count <= Self.mostCharacters || text.count <= Self.mostCharacters
        else {
            note(pointer, "expected text of at most \(Self.mostCharacters) characters")
            return nil
        }
        return text
    }

    private mutating func note(_ pointer: String, _ explanation: String) {
        problems.append(ContractProblem(pointer, explanation))
    }
}
