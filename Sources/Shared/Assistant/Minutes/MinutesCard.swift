import Feishu
import JSON
import MeetingMinutes

/// The card of minutes, in Feishu's card JSON 2.0.
struct MinutesCard: Sendable {
    /// What a button asks for; the name on the wire is `action.value.action`. Beside it stand the minutes' task as `minutes`
    /// and, for a task, the place of its action item in the minutes as `item`.
    enum Action: String, Sendable, CaseIterable {
        /// A task for one action item, or for all that have none.
        case task = "minutes_task"
        case allTasks = "minutes_all_tasks"
        /// The minutes as a file.
        case markdown = "minutes_markdown"
    }

    let texts: AssistantTexts
    let id: MinutesID

    /// While chunks are read.
    func progress(_ done: Int, of count: Int) -> JSONValue {
        let note = texts.minutesProgress(done, of: count)
        return card(summary: note, title: texts.minutesTitle, elements: [Self.markdown(note)])
    }

    /// The minutes.
    ///
    /// - Parameters:
    ///   - minutes: What the meeting came to.
    ///   - moments: Where one sees what its lines rest on.
    ///   - tasks: Those that were made, by the places of their action items.
    /// - Returns: The card.
    func finished(_ minutes: Minutes, moments: MinutesMoments, tasks: [Int: MinutesTask]) -> JSONValue {
        let document = MinutesDocument(minutes, of: moments.transcript)
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
