import Feishu
import JSON

/// The card that an answer is shown in, in Feishu's card JSON 2.0.
struct AnswerCard: Sendable {
    /// The element that grows while the model writes.
    static let answerElement = "answer"
    /// The element below it: what is going on.
    static let statusElement = "status"

    /// What a button of an answer asks for; the name on the wire is `action.value.action`.
    enum Action: String, Sendable, CaseIterable {
        case stop, regenerate, useful, useless
        /// Whether what the model wants done is done.
        case approve, deny
    }

    let texts: AssistantTexts
    /// The task that answers: what its buttons name.
    let task: String

    /// While the model writes. `text` is what it has said so far.
    func streaming(_ text: String, status: String) -> JSONValue {
        card(
            config: [
                "streaming_mode": true,
                // The client types this much between two updates, which are seconds apart.
                "streaming_config": [
                    "print_frequency_ms": ["default": 50], "print_step": ["default": 2], "print_strategy": "fast",
                ],
                "summary": ["content": .string(texts.answering)],
                "update_multi": true,
            ],
            elements: [
                Self.markdown(text.isEmpty ? "…" : text, id: Self.answerElement),
                note(status, id: Self.statusElement),
                button(.stop, texts.stopButton, type: "default"),
            ]
        )
    }

    /// The end of it, or a whole answer at once: page `number` (from 0) of `count`.
    ///
    /// - Parameters:
    ///   - text: The page; may be empty where only the footer tells something.
    ///   - footer: Who answered and how long it took, or what went wrong.
    ///   - number: Which page.
    ///   - count: How many there are.
    ///   - offers: The buttons; on the last page only.
    /// - Returns: The card.
    func finished(_ text: String, footer: String, page number: Int = 0, of count: Int = 1, offers: [Action])
        -> JSONValue
    {
        let isLast = number == count - 1
        var elements: [JSONValue] = []
        if !text.isEmpty { elements.append(Self.markdown(text, id: Self.answerElement)) }
        if count > 1 { elements.append(note(texts.page(number + 1, of: count), id: "page")) }
        if isLast, !footer.isEmpty {
            // Where nothing else stands it is what there is to read.
            let id = Self.statusElement
            elements.append(text.isEmpty ? Self.markdown(footer, id: id) : note(footer, id: id))
        }
        if isLast, !offers.isEmpty { elements.append(row(offers)) }
        return card(
            config: [
                "streaming_mode": false,
                "summary": ["content": .string(Self.summary(of: text.isEmpty ? footer : text))], "update_multi": true,
            ],
            elements: elements
        )
    }

    /// What the chat list shows of an answer: its first words.
    static func summary(of text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).lazy
            .map { $0.drop { "#*->` ".contains($0) } }
            .first { !$0.isEmpty }
        return String((line ?? "").prefix(80))
    }

    private func card(config: JSONValue, elements: [JSONValue]) -> JSONValue {
        ["schema": "2.0", "config": config, "body": ["elements": .array(elements)]]
    }

    private static func markdown(_ text: String, id: String) -> JSONValue {
        ["tag": "markdown", "element_id": .string(id), "content": .string(MessageMarkup.defused(text))]
    }

    private func note(_ text: String, id: String) -> JSONValue {
        let content = "<font color='grey'>\(MessageMarkup.defused(text))</font>"
        return ["tag": "markdown", "element_id": .string(id), "content": .string(content), "text_size": "notation"]
    }

    private func row(_ offers: [Action]) -> JSONValue {
        let columns = offers.map { offer -> JSONValue in
            let type = offer == .approve ? "primary" : "default"
            return ["tag": "column", "width": "auto", "elements": [button(offer, texts.label(of: offer), type: type)]]
        }
        return ["tag": "column_set", "columns": .array(columns)]
    }

    private func button(_ action: Action, _ label: String, type: String) -> JSONValue {
        [
            "tag": "button", "element_id": .string(action.rawValue), "type": .string(type),
            "text": ["tag": "plain_text", "content": .string(label)],
            "behaviors": [
                ["type": "callback", "value": ["action": .string(action.rawValue), "task": .string(task)]]
            ],
        ]
    }
}
