import LanguageModel
import TimeZones

/// Headings and notes of minutes.
struct MinutesTexts {
    let language: WrittenLanguage

    private func say(_ chinese: String, _ english: String) -> String { language == .chinese ? chinese : english }

    func title(_ subject: String?, of template: MinutesTemplate) -> String {
        let name = template.heading[language]
        return subject.map { say("\(name)：\($0)", "\(name): \($0)") } ?? name
    }

    /// What the transcript itself says it is about.
    var keywords: String { say("关键词", "Keywords") }

    /// Whose those lines are that are nobody's.
    var nobodyNamed: String { say("未指明", "Nobody named") }
    var noOwner: String { say("负责人待确认", "owner to be confirmed") }
    var separator: String { say("、", ", ") }

    var noDue: String { say("期限待确认", "due date to be confirmed") }

    /// In the words of the meeting, with the day that they mean.
    func due(_ words: String, day: CivilTime? = nil) -> String {
        guard let day else { return say("期限：\(words)", "due \(words)") }
        let date = "\(day.year)-\(day.month < 10 ? "0" : "")\(day.month)-\(day.day < 10 ? "0" : "")\(day.day)"
        return say("期限：\(words)（\(date)）", "due \(words) (\(date))")
    }

    func doubted(_ words: String) -> String { say("\(words)（待确认）", "\(words) (to be confirmed)") }

    /// What of a line is to be confirmed, behind it.
    func doubted(_ doubts: [GroundedFact.Doubt]) -> String {
        let names = doubts.map { doubt in
            switch doubt {
            case .owner: say("负责人", "owner")
            case .due: say("期限", "due date")
            case .number: say("数字", "figure")
            case .date: say("日期", "date")
            case .name: say("名称", "name")
            }
        }
        .joined(separator: separator)
        return say("（待确认：\(names)）", " (to be confirmed: \(names))")
    }

    /// What stands before a line.
    func labelled(_ label: String, _ line: String) -> String { say("\(label)：\(line)", "\(label): \(line)") }

    func quoted(_ words: String) -> String { " — “\(words)”" }

    func omitted(_ omission: Minutes.Omission) -> String {
        let count = omission.count
        let kind =
            switch omission.kind {
            case .topic: say("议题", count == 1 ? "topic" : "topics")
            case .decision: say("决定", count == 1 ? "decision" : "decisions")
            case .action: say("待办", count == 1 ? "action item" : "action items")
            case .question: say("问题", count == 1 ? "question" : "questions")
            case .risk: say("风险", count == 1 ? "risk" : "risks")
            case .number: say("数字", count == 1 ? "figure" : "figures")
            }
        return switch omission.reason {
        case .tooMany: say("另有 \(count) 条\(kind)未列出。", "\(count) more \(kind) not listed.")
        case .answered: say("另有 \(count) 个\(kind)已由后来的决定回答。", "\(count) \(kind) answered by later decisions.")
        }
    }

    var quotedSummary: String {
        say("模型未能写出摘要，以上摘要为原话摘录。", "The model wrote no summary; the one above is quoted.")
    }

    /// How they were made, with what that means.
    ///
    /// - Parameters:
    ///   - minutes: What was made.
    ///   - isTranslated: Whether they are in another language than the talk.
    /// - Returns: A line that ends them.
    func source(_ minutes: Minutes, isTranslated: Bool) -> String {
        let legend = say("#号为记录中的发言序号。", "# is the number of the turn in the transcript.")
        if case .model(let name) = minutes.source {
            let name = name.shownInLine(atMost: 100)
            let note =
                isTranslated
                ? say("引文、人名和期限保持原文。", "Quotes, names and due dates are in the words of the meeting. ") : ""
            return say("由 \(name) 整理，请核对。\(note)\(legend)", "Written by \(name); please check. \(note)\(legend)")
        }
        let note = isTranslated ? say("没有模型，原话未翻译。", "Without a model they are not translated. ") : ""
        return absence(minutes.absence) + note + legend
    }

    /// Why the lines are quotes.
    private func absence(_ absence: Minutes.Absence?) -> String {
        switch absence {
        case .budgetSpent:
            say(
                "今天的模型预算已经用完，以上为离线摘录，均为原话。",
                "Today's budget for models is spent; these are quotes found without one. "
            )
        case .refused:
            say(
                "模型拒绝处理这份记录，以上为离线摘录，均为原话。",
                "The model declined to read this; these are quotes found without it. "
            )
        case .failed:
            say("模型暂时不可用，以上为离线摘录，均为原话。", "The model was not available; these are quotes found without it. ")
        case nil: say("离线摘录，均为原话。", "Extracted offline: quotes, not rewritten. ")
        }
    }

    func extracted(_ parts: [Minutes.Part]) -> String {
        let refused = ranges(parts.filter { $0.reason == .refused })
        let failed = ranges(parts.filter { $0.reason != .refused })
        let notes = [
            failed.map { say("模型未能处理 \($0)，该部分为原话摘录。", "The model failed on \($0); that part is quoted.") },
            refused.map { say("模型拒绝处理 \($0)，该部分为原话摘录。", "The model refused \($0); that part is quoted.") },
        ]
        return notes.compactMap { $0 }.joined(separator: say("", " "))
    }

    private func ranges(_ parts: [Minutes.Part]) -> String? {
        parts.isEmpty ? nil : parts.map { "#\($0.first)–#\($0.last)" }.joined(separator: separator)
    }
}
