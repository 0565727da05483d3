/// The ways to ask for minutes: `/minutes`, `纪要`, `会议纪要`, with the transcript behind or below.
enum MinutesCommand {
    /// What follows the command, trimmed; nil if the text is no such command.
    static func transcript(in text: String) -> String? {
        let firstLine = text.prefix { !$0.isNewline }
        let rest = text[firstLine.endIndex...]
        let words = firstLine.drop(while: \.isWhitespace)
        if words.lowercased().hasPrefix("/minutes") {
            let behind = words.dropFirst("/minutes".count)
            guard behind.first.map({ !$0.isLetter && !$0.isNumber }) ?? true else { return nil }
            return trimmed(behind + rest)
        }
        // A Chinese command stands alone on its line, or before a colon: `会议纪要怎么写？` is a question.
        let command = words.prefix { $0 != "：" && $0 != ":" }
        let name = command.filter { !$0.isWhitespace && $0 != "/" }
        guard names.contains(name),
            command.count < words.count || !rest.isEmpty || words.hasPrefix("/") || name == words
        else { return nil }
        return trimmed(words[command.endIndex...].drop { $0 == "：" || $0 == ":" } + rest)
    }

    private static let names: Set = [
        "纪要", "会议纪要", "整理纪要", "生成纪要", "写纪要", "整理会议纪要", "生成会议纪要", "请整理会议纪要", "帮我整理会议纪要", "minutes",
    ]

    private static func trimmed(_ text: Substring) -> String {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
