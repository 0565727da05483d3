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

    /// There will be none.
    func minutesFailed(reference: String) -> String {
        say(
            "抱歉，会议纪要没能完成，请稍后再发一次会议记录。（参考编号：\(reference)）",
            "Sorry, the minutes could not be made. Please send the transcript again later. (Reference: \(reference))"
        )
    }
}
