import Cryptography
import JSON

extension Reply {
    /// As the contract has it.
    var document: JSONValue {
        var document: JSONObject = [
            "reply_message": parts.isEmpty
                ? .null : parts.count == 1 ? parts[0].document : .array(parts.map(\.document))
        ]
        switch state {
        case .kept: break
        case .replaced(let state): document["state"] = .object(state)
        case .removed: document["state"] = .null
        }
        if !jobs.isEmpty {
            document["jobs"] = .array(
                jobs.map { ["delay": $0.delay.number, "message_content": .string($0.content)] }
            )
        }
        if let toolResult {
            document["tool_result"] = ["text": .string(toolResult.text), "is_error": .bool(toolResult.isError)]
        }
        return .object(document)
    }
}

extension Reply.Part {
    fileprivate var document: JSONValue {
        switch self {
        case .text(let text): ["text": .string(text)]
        case .markdown(let text): ["markdown": .string(text)]
        case .card(let card): ["card": .object(card)]
        case .file(let name, let content):
            ["file": ["name": .string(name), "content_base64": .string(Base64.encode(content))]]
        }
    }
}
