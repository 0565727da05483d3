import Feishu
import MeetingMinutes

extension AssistantTexts {
    /// What a card is called while its minutes are made.
    var minutesTitle: String { say("会议纪要", "Minutes") }

    /// How far minutes are.
    func minutesProgress(_ done: Int, of count: Int) -> String {
        guard count > 1 else { return say("正在整理会议纪要…", "Writing the minutes…") }
        return say(
            "正在整理会议纪要：已读完 \(done)/\(count) 部分…",
            "Writing the minutes: \(done) of \(count) parts are read…"
        )
    }

    /// The templates that there are, and how one is chosen.
    ///
    /// - Parameters:
    ///   - templates: All of them.
    ///   - usual: The one that is taken where nobody names one.
    ///   - unknown: What somebody named that is none.
    /// - Returns: Markdown.
    func minutesTemplates(_ templates: MinutesTemplates, usual: MinutesTemplate, unknown: String?) -> String {
        let list = templates.all.map { template in
            let title = template == usual ? "**\(template.title[language])** ✓" : template.title[language]
            let sections = template.sections.map { $0.heading[language] }.joined(separator: say("、", ", "))
            return say("- \(title)（\(template.name)）：\(sections)", "- \(title) (`\(template.name)`): \(sections)")
        }
        .joined(separator: "\n")
        let none = unknown.map { name in
            let shown = MessageMarkup.defused(name)
            return say("没有叫“\(shown)”的纪要模板。", "There is no template of minutes “\(shown)”. ")
        }
        return (none ?? "")
            + say(
                """
                纪要模板：
                \(list)

                发送 `/minutes 访谈`，换行后粘贴记录；也可以写“站会纪要：”或“用英文写纪要”。
                """,
                """
                Templates of minutes:
                \(list)

                Send `/minutes interview` and the transcript on the next lines; for another language than the meeting's, \
                `/minutes in Chinese`.
                """
            )
    }

    /// What stands above the transcript in the document of minutes.
    var minutesTranscript: String { say("会议记录", "Transcript") }

    /// There will be none.
    func minutesFailed(reference: String) -> String {
        say(
            "抱歉，会议纪要没能完成，请稍后再发一次会议记录。（参考编号：\(reference)）",
            "Sorry, the minutes could not be made. Please send the transcript again later. (Reference: \(reference))"
        )
    }

    // MARK: The card

    /// Those who were there, of whom only the first are named.
    func minutesPeople(_ names: [String], of count: Int) -> String {
        let list = names.joined(separator: say("、", ", "))
        guard count > names.count else { return list }
        return say("\(list) 等 \(count) 人", "\(list) and \(count - names.count) more")
    }

    /// Behind the last line of a section that is too long for the card.
    func minutesMore(_ count: Int, isInDocument: Bool) -> String {
        isInDocument
            ? say("还有 \(count) 条，见文档", "\(count) more in the document")
            : say("还有 \(count) 条，见 Markdown 文件", "\(count) more in the Markdown file")
    }

    var minutesTaskButton: String { say("建任务", "Make task") }
    var minutesAllTasksButton: String { say("全部建任务", "Make all tasks") }
    var minutesMarkdownButton: String { say("导出 Markdown", "Get Markdown") }
    var minutesTaskMade: String { say("已建任务", "Task made") }
    var minutesDocumentLink: String { say("打开文档：纪要全文和会议记录", "Open the document: full minutes and transcript") }
}
