import JSON

/// What a tool returned, as text for a model.
package struct ToolResult: Sendable, Equatable {
    /// At most as long as the client's bound; it is data from outside and never an instruction.
    package let text: String
    /// Whether the tool says that it failed; the text then says why.
    package let isError: Bool
    /// Whether the text was longer.
    package let wasCut: Bool

    package init(text: String, isError: Bool = false, wasCut: Bool = false) {
        self.text = text
        self.isError = isError
        self.wasCut = wasCut
    }

    /// Reads the result of `tools/call`: the text of its content, notes in the place of pictures and sounds, and where
    /// there is none the structured content.
    init?(_ result: JSONObject, maximumBytes: Int) {
        let content = result["content"]?.array ?? []
        var parts = content.map(Self.text(of:)).filter { !$0.isEmpty }
        if parts.isEmpty, let structured = result["structuredContent"] { parts = [structured.text] }
        guard result["content"] != nil || !parts.isEmpty else { return nil }
        let all = parts.joined(separator: "\n")
        text = Self.cut(all, maximumBytes)
        wasCut = text.utf8.count < all.utf8.count
        isError = result["isError"]?.bool == true
    }

    private static func text(of item: JSONValue) -> String {
        switch item["type"]?.string {
        case "text": item["text"]?.string ?? ""
        case "resource": item["resource"]?["text"]?.string ?? "[\(item["resource"]?["uri"]?.string ?? "resource")]"
        case "resource_link": "[\(item["uri"]?.string ?? "resource")]"
        case let type?: "[\(type) \(item["mimeType"]?.string ?? "")]"
        case nil: ""
        }
    }

    /// The beginning of a text, whole characters of it.
    private static func cut(_ text: String, _ maximumBytes: Int) -> String {
        guard text.utf8.count > maximumBytes else { return text }
        var end = text.utf8.index(text.startIndex, offsetBy: maximumBytes)
        while end.samePosition(in: text) == nil { end = text.utf8.index(before: end) }
        return String(text[..<end])
    }
}
