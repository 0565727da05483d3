import JSON

/// The elements of which a card of minutes is made, and how much of its room each takes.
enum CardElement {
    static func plainText(_ text: String) -> JSONValue { ["tag": "plain_text", "content": .string(text)] }

    /// Whoever calls it has made a stranger's words harmless.
    static func markdown(_ text: String) -> JSONValue { ["tag": "markdown", "content": .string(text)] }

    /// Small and grey, each a line of its own.
    static func notes(_ notes: [String]) -> JSONValue {
        let lines = notes.map { "<font color='grey'>\($0)</font>" }
        return ["tag": "markdown", "content": .string(lines.joined(separator: "\n\n")), "text_size": "notation"]
    }

    /// What can be opened to be read.
    static func panel(_ heading: String, _ elements: [JSONValue]) -> JSONValue {
        [
            "tag": "collapsible_panel", "expanded": false, "header": ["title": plainText(heading)],
            "elements": .array(elements),
        ]
    }

    /// Beside each other: what takes the width that is left, and what takes its own.
    static func row(_ wide: JSONValue?, _ narrow: [JSONValue]) -> JSONValue {
        var columns = narrow.map { element -> JSONValue in
            ["tag": "column", "width": "auto", "elements": [element]]
        }
        if let wide {
            columns.insert(["tag": "column", "width": "weighted", "weight": 1, "elements": [wide]], at: 0)
        }
        return ["tag": "column_set", "columns": .array(columns)]
    }

    static func button(_ label: String, value: JSONObject, type: String = "default") -> JSONValue {
        [
            "tag": "button", "type": .string(type), "size": "small", "text": plainText(label),
            "behaviors": [["type": "callback", "value": .object(value)]],
        ]
    }

    /// Bytes that JSON takes as text within JSON, which is how cards travel.
    static func cost(_ value: JSONValue) -> Int { JSONValue.string(value.text).bytes.count }

    /// Bytes that a line of a Markdown element takes, with the end of the line before it.
    static func cost(ofLine line: String) -> Int { cost(.string("\n" + line)) - cost("") }
}
