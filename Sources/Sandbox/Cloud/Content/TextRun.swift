import JSON

/// A piece of text of one style, as blocks of documents hold it (`text_run`).
struct TextRun: Sendable, Equatable {
    var text: String
    var isBold = false
    var isItalic = false
    var isStruck = false
    var isCode = false
    var link: String?

    init(_ text: String) { self.text = text }

    /// Reads an element of a block; nil for one of another kind.
    init?(_ element: JSONValue) {
        guard let run = element["text_run"], let content = run["content"]?.string else { return nil }
        let style = run["text_element_style"]
        text = content
        isBold = style?["bold"]?.bool ?? false
        isItalic = style?["italic"]?.bool ?? false
        isStruck = style?["strikethrough"]?.bool ?? false
        isCode = style?["inline_code"]?.bool ?? false
        link = style?["link"]?["url"]?.string.map(Self.decoded)
    }

    /// The element of a block, with an address percent-encoded as the real cloud wants it.
    var element: JSONValue {
        var style: JSONObject = [
            "bold": .bool(isBold), "italic": .bool(isItalic), "strikethrough": .bool(isStruck), "underline": false,
            "inline_code": .bool(isCode),
        ]
        if let link { style["link"] = ["url": .string(ResourceHeaders.encoded(link))] }
        return ["text_run": ["content": .string(text), "text_element_style": .object(style)]]
    }

    /// As Markdown.
    var markdown: String {
        var words = text
        if isCode { words = "`\(words)`" }
        if isStruck { words = "~~\(words)~~" }
        if isItalic { words = "*\(words)*" }
        if isBold { words = "**\(words)**" }
        return link.map { "[\(words)](\($0))" } ?? words
    }

    private static func decoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2,
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
