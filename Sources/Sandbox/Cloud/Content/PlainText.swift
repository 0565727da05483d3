import JSON

/// The words of a message, for a terminal or a log of what the bot said.
enum PlainText {
    static func of(_ message: CloudMessage) -> String {
        guard !message.isRecalled else { return CloudMessage.recalledContent }
        guard let value = try? JSONValue(parsing: message.original) else { return message.original }
        var parts: [String] = []
        switch message.type {
        case "text": return value["text"]?.string ?? ""
        case "post":
            let post = value["content"] == nil ? value.object?.members.first?.value : value
            if let title = post?["title"]?.string, !title.isEmpty { parts.append(title) }
            for line in post?["content"]?.array ?? [] {
                parts.append((line.array ?? []).map(words).joined())
            }
        default:
            if let title = value["header"]?["title"]?["content"]?.string { parts.append(title) }
            collect(value["body"]?["elements"] ?? value["elements"] ?? [], into: &parts)
        }
        return parts.joined(separator: "\n")
    }

    private static func words(of node: JSONValue) -> String {
        switch node["tag"]?.string {
        case "at": "@" + (node["user_name"]?.string ?? node["user_id"]?.string ?? "")
        case "hr": "---"
        default: node["text"]?.string ?? ""
        }
    }

    private static func collect(_ elements: JSONValue, into parts: inout [String]) {
        for element in elements.array ?? [] {
            if let text = element["content"]?.string ?? element["text"]?["content"]?.string { parts.append(text) }
            for key in ["elements", "columns", "actions"] { collect(element[key] ?? [], into: &parts) }
        }
    }
}
