import JSON

/// What reading a message back gives, which is not what was sent (interface specification, section 5.1).
enum ContentEcho {
    /// The content as it is answered, and who is mentioned in it.
    static func echo(
        _ value: JSONValue,
        type: String,
        nameOf: (String) -> String
    ) -> (content: String, mentions: [Mention]) {
        switch type {
        case "text": return echoText(value["text"]?.string ?? "", nameOf: nameOf)
        case "post": return (echoPost(value).text, [])
        case "interactive": return (echoCard(value).text, [])
        default: return (value.text, [])
        }
    }

    /// Replaces each `<at user_id="…">…</at>` by a mention key.
    private static func echoText(
        _ text: String,
        nameOf: (String) -> String
    ) -> (content: String, mentions: [Mention]) {
        var output = ""
        var mentions: [Mention] = []
        var rest = Substring(text)
        while let start = rest.firstRange(of: "<at user_id=\"") {
            guard let quote = rest[start.upperBound...].firstIndex(of: "\""),
                let end = rest[quote...].firstRange(of: "</at>")
            else { break }
            let id = String(rest[start.upperBound..<quote])
            output += rest[..<start.lowerBound]
            if id == "all" {
                output += "@_all"
            } else {
                let key = "@_user_\(mentions.count + 1)"
                mentions.append(Mention(key: key, id: id, name: nameOf(id)))
                output += key
            }
            rest = rest[end.upperBound...]
        }
        output += rest
        let echoed: JSONValue = ["text": .string(output)]
        return (echoed.text, mentions)
    }

    /// The first locale without its level; Markdown as lines of text.
    private static func echoPost(_ value: JSONValue) -> JSONValue {
        guard let post = value.object?.members.first?.value else { return value }
        var lines: [JSONValue] = []
        for line in post["content"]?.array ?? [] {
            let nodes = line.array ?? []
            guard nodes.count == 1, nodes[0]["tag"]?.string == "md" else {
                lines.append(line)
                continue
            }
            for text in (nodes[0]["text"]?.string ?? "").split(separator: "\n") {
                let plain = String(text).replacing("**", with: "")
                let style: [JSONValue] = plain == text ? [] : ["bold"]
                lines.append([["tag": "text", "text": .string(plain), "style": .array(style)]])
            }
        }
        return ["title": post["title"] ?? "", "content": .array(lines)]
    }

    /// Title and texts of a card.
    private static func echoCard(_ card: JSONValue) -> JSONValue {
        var texts: [JSONValue] = []
        collect(card["body"]?["elements"] ?? card["elements"] ?? [], into: &texts)
        return ["title": card["header"]?["title"]?["content"] ?? "", "elements": .array(texts.map { [$0] })]
    }

    private static func collect(_ elements: JSONValue, into texts: inout [JSONValue]) {
        for element in elements.array ?? [] {
            if let text = element["content"] ?? element["text"]?["content"] {
                texts.append(["tag": element["tag"] == "button" ? "button" : "text", "text": text])
            }
            for key in ["elements", "columns", "actions"] { collect(element[key] ?? [], into: &texts) }
        }
    }
}
