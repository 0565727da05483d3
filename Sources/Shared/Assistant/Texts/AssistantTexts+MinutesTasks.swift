import Feishu
import MeetingMinutes

/// What tasks say that are made of minutes, and what is said of them.
extension AssistantTexts {
    /// What a meeting's minutes are called, and when it was.
    func minutesName(_ title: String?, _ date: String? = nil) -> String {
        func plain(_ text: String) -> String { text.plainLine(atMost: 200) }
        let name = title.map { say("会议纪要：\(plain($0))", "Minutes: \(plain($0))") } ?? minutesTitle
        return date.map { say("\(name)（\(plain($0))）", "\(name) (\(plain($0)))") } ?? name
    }

    func taskOwner(_ name: String, isCertain: Bool) -> String {
        say("负责人：\(name)", "Owner: \(name)") + (isCertain ? "" : toBeConfirmed)
    }

    var taskWithoutOwner: String { say("负责人：待确认", "Owner: to be confirmed") }

    /// In the words of the meeting.
    func taskDue(_ words: String, isCertain: Bool) -> String {
        say("期限：\(words)", "Due: \(words)") + (isCertain ? "" : toBeConfirmed)
    }

    private var toBeConfirmed: String { say("（待确认）", " (to be confirmed)") }

    /// What the meeting said, and where.
    func taskQuote(_ words: String, _ place: String?) -> String {
        let quoted = say("“\(words)”", "\"\(words)\"")
        return place.map { "\(quoted) — \($0)" } ?? quoted
    }

    /// Nobody can tell whether a task was made.
    var taskIsUncertain: String {
        say(
            "飞书没有及时回应，任务可能已经建好。请先在飞书任务里看一下；如果没有，再点一次按钮。",
            "Feishu did not answer in time, and the task may be there. Please look among your tasks; if it is not, click again."
        )
    }

    /// A task was not made.
    func taskFailed(_ error: any Error, reference: String) -> String {
        let (chinese, english) = Self.cause((error as? FeishuError)?.kind)
        return say(
            "任务没能建好：\(chinese)（参考编号：\(reference)）",
            "The task was not made: \(english) (Reference: \(reference))"
        )
    }

    private static func cause(_ kind: FeishuError.Kind?) -> (chinese: String, english: String) {
        switch kind {
        case .permission:
            (
                "应用没有建任务的权限。请管理员在飞书开放平台为应用开通 task:task:writeonly 并发布新版本，然后再点一次按钮。",
                """
                the app may not make tasks. Please have your administrator grant it task:task:writeonly in Feishu's developer \
                console and publish a new version, then click again.
                """
            )
        case .credentials, .denied, .token:
            (
                "飞书现在不接受这个应用的调用，请联系管理员。",
                "Feishu takes no calls of this app now. Please tell your administrator."
            )
        case .content, .identifier, .gone, .conflict:
            (
                "飞书不接受这个任务，请手动新建。",
                "Feishu refuses this task. Please make it by hand."
            )
        case .rateLimited, .busy, .notReady, .transport, .cancelled, .badResponse, .other, nil:
            ("飞书暂时没有回应，请稍后再点一次按钮。", "Feishu does not answer now. Please click again later.")
        }
    }

    /// To somebody who wants the latest minutes of a chat that has none.
    var noMinutesYet: String {
        say(
            "这个聊天里还没有会议纪要。\(minutesUsage)",
            "There are no minutes in this chat yet. \(minutesUsage)"
        )
    }
}
