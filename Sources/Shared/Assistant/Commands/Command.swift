import Feishu
import LanguageModel

/// What somebody asks of the assistant itself, by a word: `/new`, `停止`.
///
/// A word without a slash stands alone in its message, so that a question that begins with it stays a question.
package enum Command: Sendable, Equatable {
    case help
    case new
    case stop
    /// The model of this name; nil asks which there are.
    case model(String?)
    /// Minutes of this text; an empty one asks how.
    case minutes(String)
    /// What to be reminded of, and when, in words; empty asks how.
    case remind(String)
    case status
    case usage
    /// The language of this name; nil asks which there are.
    case language(String?)

    /// Nil for a text that is no command.
    package init?(_ text: String) {
        if let transcript = MinutesCommand.transcript(in: text) {
            self = .minutes(transcript)
            return
        }
        let trimmed = text.trimmed
        let isSlashed = trimmed.hasPrefix("/") || trimmed.hasPrefix("／")
        let body = isSlashed ? trimmed.dropFirst() : trimmed[...]
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
        }
    }

    private enum Name { case help, new, stop, model, remind, status, usage, language }

    private static let names: [String: Name] = [
        "help": .help, "帮助": .help, "?": .help, "？": .help,
        "new": .new, "新对话": .new, "新会话": .new, "清空对话": .new, "重新开始": .new,
        "stop": .stop, "停止": .stop, "停": .stop, "停下": .stop,
        "model": .model, "模型": .model,
        "remind": .remind, "提醒": .remind,
        "status": .status, "状态": .status,
        "usage": .usage, "用量": .usage,
        "language": .language, "lang": .language, "语言": .language,
    ]

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
