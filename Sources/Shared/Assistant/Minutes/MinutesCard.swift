import Feishu
import JSON
import MeetingMinutes

/// The card of minutes, in Feishu's card JSON 2.0.
struct MinutesCard: Sendable {
    let texts: AssistantTexts
    let id: MinutesID

    /// While chunks are read.
    func progress(_ done: Int, of count: Int) -> JSONValue {
        let note = texts.minutesProgress(done, of: count)
        return card(summary: note, title: texts.minutesTitle, elements: [Self.markdown(note)])
    }

    /// The minutes.
    func finished(_ minutes: Minutes, of transcript: Transcript) -> JSONValue {
        let document = MinutesDocument(minutes, of: transcript)
        return card(summary: document.title, title: document.title, elements: [Self.markdown(document.markdown)])
    }

    private func card(summary: String, title: String, elements: [JSONValue]) -> JSONValue {
        [
            "schema": "2.0",
            "config": ["summary": ["content": .string(summary)], "update_multi": true],
            "header": ["title": ["tag": "plain_text", "content": .string(title)], "template": "blue"],
            "body": ["elements": .array(elements)],
        ]
    }

    private static func markdown(_ text: String) -> JSONValue {
        ["tag": "markdown", "content": .string(AnswerLinks.disclosed(MessageMarkup.defused(text)))]
    }
}
