import Feishu
import LanguageModel
import MeetingMinutes

/// What somebody asks of the assistant itself, by a word: `/new`, `停止`.
///
/// A word without a slash stands alone in its message, so that a question that begins with it stays a question.
package enum Command: Sendable, Equatable {
    case help
    case new
    case stop
    /// The model of this name; nil asks which there are.
    case model(String?)
    /// Minutes of this text, and how they are wanted; an empty one asks how one gets them.
    case minutes(String, MinutesWish = MinutesWish())
    /// The templates of minutes that there are, for somebody who asks, or who named one that there is not.
    case minutesTemplates(unknown: String?)
    /// Whether minutes of one's meetings come to this chat by themselves; nil asks whether they do.
    case autoMinutes(Bool?)
    /// The latest minutes of the chat as a file.
    case minutesFile
    /// What to be reminded of, and when, in words; empty asks how.
    case remind(String)
    case status
    case usage
    /// The language of this name; nil asks which there are.
    case language(String?)
    /// Keeps the file that was sent last, or that the message quotes.
    case remember
    /// The files that the chat keeps.
    case files
    /// Drops the file of this name, or all; nil asks which.
    case forget(String?)

    /// Nil for a text that is no command.
    ///
    /// - Parameters:
    ///   - text: A message.
    ///   - minutesWords: What can be said of minutes.
    package init?(_ text: String, minutesWords: MinutesCommandWords = .builtIn) {
        let trimmed = text.trimmed
        let isSlashed = trimmed.hasPrefix("/") || trimmed.hasPrefix("／")
        let body = isSlashed ? trimmed.dropFirst() : trimmed[...]
        if body.utf8.count <= Self.longestPhrase, let command = Self.phrases[Self.spoken(body)] {
            self = command
            return
        }
        if let command = AutoMinutesCommand(text) {
            self = .autoMinutes(command.isOn)
            return
        }
        if let command = MinutesCommand(text, words: minutesWords) {
            switch command.request {
            case .minutes(let wish): self = .minutes(command.transcript, wish)
            case .templates(let unknown): self = .minutesTemplates(unknown: unknown)
            }
            return
        }
        let word = body.prefix { !$0.isWhitespace && $0 != "：" && $0 != ":" }
        let rest = body[word.endIndex...].drop { $0.isWhitespace || $0 == "：" || $0 == ":" }
        guard let name = Self.names[word.lowercased()],
            isSlashed || rest.isEmpty && Self.bare.contains(word.lowercased())
        else { return nil }
        let argument = rest.isEmpty ? nil : String(rest)
        switch name {
        case .help: self = .help
        case .new: self = .new
        case .stop: self = .stop
        case .model: self = .model(argument)
        case .remind: self = .remind(argument ?? "")
        case .status: self = .status
        case .usage: self = .usage
        case .language: self = .language(argument)
        case .remember: self = .remember
        case .files: self = .files
        case .forget: self = .forget(argument)
        }
    }

    private enum Name { case help, new, stop, model, remind, status, usage, language, remember, files, forget }

    private static let names: [String: Name] = [
        "help": .help, "帮助": .help, "?": .help, "？": .help,
        "new": .new, "新对话": .new, "新会话": .new, "清空对话": .new, "重新开始": .new,
        "stop": .stop, "停止": .stop, "停": .stop, "停下": .stop,
        "model": .model, "模型": .model,
        "remind": .remind, "提醒": .remind,
        "status": .status, "状态": .status,
        "usage": .usage, "用量": .usage,
        "language": .language, "lang": .language, "语言": .language,
        "remember": .remember, "记住": .remember,
        "files": .files, "文件": .files,
        "forget": .forget, "忘记": .forget, "忘掉": .forget,
    ]

    /// Whole messages that need no slash, in small letters and without an end mark.
    private static let phrases: [String: Command] = [
        "记住": .remember, "记住这个文件": .remember, "记住这份文件": .remember, "请记住这个文件": .remember,
        "remember this file": .remember, "please remember this file": .remember,
        "minutes markdown": .minutesFile, "纪要 markdown": .minutesFile, "会议纪要 markdown": .minutesFile,
        "记住了哪些文件": .files, "你记住了哪些文件": .files, "which files do you remember": .files,
    ]

    /// In bytes of UTF-8, with end marks and blanks around it.
    private static let longestPhrase = 100

    private static func spoken(_ text: Substring) -> String {
        var text = text.drop(while: \.isWhitespace)
        while let last = text.last, last.isWhitespace || "。.!！?？".contains(last) { text.removeLast() }
        return text.lowercased()
    }

    /// The words that need no slash where they stand alone.
    private static let bare: Set = [
        "help", "帮助", "?", "？", "新对话", "新会话", "清空对话", "重新开始", "stop", "停止", "停", "停下",
    ]
}

extension WrittenLanguage {
    /// The language that somebody names.
    package init?(named name: String) {
        switch name.lowercased() {
        case "zh", "zh-cn", "chinese", "中文", "汉语": self = .chinese
        case "en", "en-us", "english", "英文", "英语": self = .english
        default: return nil
        }
    }
}
