import Feishu
import LanguageModel
import MeetingMinutes
import TimeZones

/// What a task says that is made for an action item. No I/O.
struct MinutesTaskDraft {
    let minutes: Minutes
    let moments: MinutesMoments
    let texts: AssistantTexts

    /// - Parameters:
    ///   - action: The action item.
    ///   - assignees: Open ids of those who are certain to be meant.
    ///   - followers: Open ids of those who are told how it goes.
    /// - Returns: The task.
    func task(for action: Minutes.Action, assignees: [String], followers: [String]) -> NewFeishuTask {
        let moment = action.line.utterances.first.flatMap(moments.url)
        let address = moment ?? moments.document?.url
        let title = texts.minutesName(minutes.title, moments.transcript.date)
        return NewFeishuTask(
            summary: action.line.text.plainLine(atMost: 2_000),
            description: description(action, title, moment),
            due: due(action),
            isDueAllDay: true,
            assignees: assignees,
            followers: followers,
            origin: address.map { address in
                FeishuTaskOrigin(
                    chineseName: AssistantTexts(.chinese).minutesTitle,
                    englishName: AssistantTexts(.english).minutesTitle,
                    title: String(title.prefix(100)),
                    url: address
                )
            }
        )
    }

    /// Who said so, when, and where that is seen.
    private func description(_ action: Minutes.Action, _ title: String, _ moment: String?) -> String {
        let doubts = action.line.doubts
        let utterance = action.line.utterances.first.flatMap { moments.transcript[$0] }
        let said = (action.line.quote ?? utterance?.text).map { $0.plainLine(atMost: 1_200) }
        let lines: [String?] = [
            action.owner.map { texts.taskOwner($0.plainLine(atMost: 200), isCertain: !doubts.contains(.owner)) }
                ?? texts.taskWithoutOwner,
            action.due.map { texts.taskDue($0.plainLine(atMost: 200), isCertain: !doubts.contains(.due)) },
            said.map { texts.taskQuote($0, utterance?.label) },
            moment,
            title,
            moments.document?.url == moment ? nil : moments.document?.url,
        ]
        return lines.compactMap { $0 }.joined(separator: "\n")
    }

    /// The beginning of the day in UTC, as Feishu wants it; nil where the day is not certain.
    private func due(_ action: Minutes.Action) -> Int64? {
        guard let day = action.dueDay, day.isValid, day.daysSince1970 >= 0, !action.line.doubts.contains(.due) else {
            return nil
        }
        return Int64(day.daysSince1970) * 86_400_000
    }
}
