import Feishu
import JSON
import NIOHTTP1

/// What whoever acted on a card is shown at once, while a worker does what was asked for.
///
/// Feishu wants it in the answer, within three seconds ("Handle card callbacks"); the card itself changes later.
enum CardToast: Sendable, CaseIterable {
    case stopping, thanks, makingTask, makingTasks, sendingFile, received

    /// By what the button wants; those of other cards are only received.
    init(for event: ReceivedEvent) {
        switch event.cardAction {
        case "stop": self = .stopping
        case "useful", "useless", "feedback": self = .thanks
        case "minutes_task": self = .makingTask
        case "minutes_all_tasks": self = .makingTasks
        case "minutes_markdown": self = .sendingFile
        default: self = .received
        }
    }

    /// Encoded once.
    var answer: Answer {
        switch self {
        case .stopping: Self.stoppingAnswer
        case .thanks: Self.thanksAnswer
        case .makingTask: Self.makingTaskAnswer
        case .makingTasks: Self.makingTasksAnswer
        case .sendingFile: Self.sendingFileAnswer
        case .received: Self.receivedAnswer
        }
    }

    private static let stoppingAnswer = toast(chinese: "收到，正在停止", english: "Stopping")
    private static let thanksAnswer = toast(chinese: "谢谢反馈", english: "Thanks for your feedback")
    private static let makingTaskAnswer = toast(chinese: "正在建任务…", english: "Making the task…")
    private static let makingTasksAnswer = toast(chinese: "正在为每条待办建任务…", english: "Making a task for each item…")
    private static let sendingFileAnswer = toast(chinese: "正在发送文件…", english: "Sending the file…")
    private static let receivedAnswer = toast(chinese: "收到", english: "Got it")

    private static func toast(chinese: String, english: String) -> Answer {
        let json: JSONValue = [
            "toast": [
                "type": "info", "content": .string(chinese),
                "i18n": ["zh_cn": .string(chinese), "en_us": .string(english)],
            ]
        ]
        return Answer(.ok, json: json.bytes)
    }
}
