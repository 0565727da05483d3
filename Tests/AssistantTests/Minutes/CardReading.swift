import JSON

/// A card as its reader has it: its texts, its buttons, and how much it is.
struct CardReading {
    private(set) var elements = 0
    /// The Markdown, in order.
    private(set) var texts: [String] = []
    /// What the buttons ask for, with their labels.
    private(set) var buttons: [(label: String, value: JSONValue)] = []
    private(set) var tags: Set<String> = []

    init(_ card: JSONValue) {
        read(card)
    }

    var markdown: String { texts.joined(separator: "\n") }
    /// Those of lists, in every section.
    var lines: [Substring] { markdown.split(separator: "\n").filter { $0.hasPrefix("- ") }.map { $0.dropFirst(2) } }

    /// Where its links lead: what no backslash takes the meaning from.
    var addresses: [Substring] {
        var text = ""
        var isEscaped = false
        for scalar in markdown.unicodeScalars {
            if !isEscaped, scalar != "\\" { text.unicodeScalars.append(scalar) }
            isEscaped = !isEscaped && scalar == "\\"
        }
        return text.split(separator: "](", omittingEmptySubsequences: false).dropFirst().map { $0.prefix { $0 != ")" } }
    }

    private mutating func read(_ value: JSONValue) {
        switch value {
        case .array(let values): for value in values { read(value) }
        case .object(let object):
            if let tag = object["tag"]?.string {
                elements += 1
                tags.insert(tag)
                if tag == "markdown" { texts.append(object["content"]?.string ?? "") }
                if tag == "button", let value = object["behaviors"]?.array?.first?["value"] {
                    buttons.append((object["text"]?["content"]?.string ?? "", value))
                }
            }
            for member in object.members { read(member.value) }
        default: break
        }
    }
}
