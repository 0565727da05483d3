import Feishu
import JSON
import LanguageModel
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

    /// Of a card's JSON as it stands in a request, where it is text in JSON and each quote of it counts twice.
    static let mostBytes = FeishuClient.maximumCardBytes - 500

    let texts: AssistantTexts
    let id: MinutesID

    /// While chunks are read.
    func progress(_ done: Int, of count: Int) -> JSONValue {
        let note = texts.minutesProgress(done, of: count)
        var elements = [CardElement.markdown(note)]
        if count > 1 {
            let full = min(10, max(0, done) * 10 / count)
            let bar = String(repeating: "■", count: full) + String(repeating: "□", count: 10 - full)
            elements.append(CardElement.markdown("<font color='blue'>\(bar)</font>"))
        }
        return card(summary: note, title: texts.minutesTitle, template: "wathet", elements: elements)
    }

    /// There will be none.
    ///
    /// - Parameter note: Why, or what to do.
    /// - Returns: The card.
    func failed(_ note: String) -> JSONValue {
        let words = CardElement.markdown(note.plainInMarkdown)
        return card(summary: texts.minutesTitle, title: texts.minutesTitle, template: "grey", elements: [words])
    }

    /// The minutes.
    ///
    /// What is longer than a card may be leaves out quotes first, then the last lines of its weakest sections, and says how
    /// many.
    ///
    /// - Parameters:
    ///   - minutes: What the meeting came to.
    ///   - moments: Where one sees what its lines rest on.
    ///   - tasks: Those that were made, by the places of their action items.
    /// - Returns: The card.
    func finished(_ minutes: Minutes, moments: MinutesMoments, tasks: [Int: MinutesTask]) -> JSONValue {
        func document(showsQuotes: Bool) -> MinutesDocument {
            let lines = MinutesLines(
                in: minutes.language,
                of: moments.transcript,
                mostBytes: 900,
                mostCited: 4,
                showsQuotes: showsQuotes,
                moment: { moments.url(of: $0) }
            )
            return MinutesDocument(minutes, of: moments.transcript, in: lines)
        }
        let quoting = document(showsQuotes: true)
        let title = quoting.title
        let subtitle = subtitle(of: moments.transcript)
        func framed(_ elements: [JSONValue]) -> JSONValue {
            card(summary: title, title: title, subtitle: subtitle, template: "blue", elements: elements)
        }
        let bytes = Self.mostBytes - CardElement.cost(framed([]))
        func body(_ document: MinutesDocument) -> MinutesCardBody {
            MinutesCardBody(document, of: self, page: moments.document?.url, tasks: tasks, bytes: bytes)
        }
        let whole = body(quoting)
        return framed((whole.isWhole ? whole : body(document(showsQuotes: false))).elements)
    }

    /// When it was and who was there; empty where nobody says so.
    private func subtitle(of transcript: Transcript) -> String {
        let names = transcript.people.prefix(6).map { $0.plainLine(atMost: 60) }
        let people = names.isEmpty ? nil : texts.minutesPeople(names, of: transcript.people.count)
        return [transcript.date?.plainLine(atMost: 100), people].compactMap { $0 }.joined(separator: " · ")
    }

    /// A button, with what it asks for.
    func button(_ action: Action, _ label: String, item: Int? = nil, type: String = "default") -> JSONValue {
        var value: JSONObject = ["action": .string(action.rawValue), "minutes": .string(id.task)]
        if let item { value["item"] = .integer(Int64(item)) }
        return CardElement.button(label, value: value, type: type)
    }

    /// Tells of a task that was made, and leads to it.
    func made(_ task: MinutesTask) -> String {
        guard let url = task.url, MinutesLines.isAddress(url) else { return "✓ \(texts.minutesTaskMade)" }
        return "[✓ \(texts.minutesTaskMade)](\(url))"
    }

    private func card(
        summary: String,
        title: String,
        subtitle: String = "",
        template: String,
        elements: [JSONValue]
    ) -> JSONValue {
        var header: JSONObject = ["title": CardElement.plainText(title), "template": .string(template)]
        if !subtitle.isEmpty { header["subtitle"] = CardElement.plainText(subtitle) }
        return [
            "schema": "2.0",
            "config": ["summary": ["content": .string(summary)], "update_multi": true],
            "header": .object(header),
            "body": ["elements": .array(elements)],
        ]
    }
}
