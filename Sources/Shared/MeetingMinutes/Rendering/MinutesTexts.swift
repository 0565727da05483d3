import LanguageModel
import TimeZones

/// Headings and notes of minutes.
struct MinutesTexts {
    let language: WrittenLanguage

    private func say(_ chinese: String, _ english: String) -> String { language == .chinese ? chinese : english }

    func title(_ subject: String?) -> String {
        let name = say("会议纪要", "Minutes")
        return subject.map { say("\(name)：\($0)", "\(name): \($0)") } ?? name
    }

    var summary: String { say("摘要", "Summary") }
    var topics: String { say("议题", "Topics") }
    var decisions: String { say("决定", "Decisions") }
    var actions: String { say("待办", "Action items") }
    var questions: String { say("未决问题", "Open questions") }
    var people: String { say("参会人", "People") }
    var noOwner: String { say("负责人待确认", "owner to be confirmed") }
    var separator: String { say("、", ", ") }

    var noDue: String { say("期限待确认", "due date to be confirmed") }
    var risks: String { say("风险", "Risks") }
    var numbers: String { say("数字", "Figures") }

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

    var noDecisions: String { say("记录中没有明确的决定。", "The transcript announces no decision.") }
    var noActions: String { say("记录中没有明确的待办。", "The transcript assigns no task.") }

    var quotedSummary: String {
        say("模型未能写出摘要，以上摘要为原话摘录。", "The model wrote no summary; the one above is quoted.")
    }

    func source(_ minutes: Minutes) -> String {
        let legend = say("#号为记录中的发言序号。", "# is the number of the turn in the transcript.")
        switch (minutes.source, minutes.absence) {
        case (.model(let name), _):
            let name = name.shownInLine(atMost: 100)
            return say("由 \(name) 整理，请核对。\(legend)", "Written by \(name); please check. \(legend)")
        case (.offline, .budgetSpent):
            return say(
                "今天的模型预算已经用完，以上为离线摘录，均为原话。\(legend)",
                "Today's budget for models is spent; these are quotes found without one. \(legend)"
            )
        case (.offline, .refused):
            return say(
                "模型拒绝处理这份记录，以上为离线摘录，均为原话。\(legend)",
                "The model declined to read this; these are quotes found without it. \(legend)"
            )
        case (.offline, .failed):
            return say(
                "模型暂时不可用，以上为离线摘录，均为原话。\(legend)",
                "The model was not available; these are quotes found without it. \(legend)"
            )
        case (.offline, nil): return say("离线摘录，均为原话。\(legend)", "Extracted offline: quotes, not rewritten. \(legend)")
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
