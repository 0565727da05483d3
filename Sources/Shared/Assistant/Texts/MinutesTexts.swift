import LanguageModel

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

    func due(_ words: String) -> String { say("期限：\(words)", "due \(words)") }

    var noDecisions: String { say("记录中没有明确的决定。", "The transcript announces no decision.") }
    var noActions: String { say("记录中没有明确的待办。", "The transcript assigns no task.") }

    func source(_ source: Minutes.Source, without absence: MinutesDocument.Absence?) -> String {
        let legend = say("#号为记录中的发言序号。", "# is the number of the turn in the transcript.")
        switch (source, absence) {
        case (.model(let name), _):
            return say("由 \(name) 整理，请核对。\(legend)", "Written by \(name); please check. \(legend)")
        case (.offline, .budgetSpent):
            return say(
                "今天的模型预算已经用完，以上为离线摘录，均为原话。\(legend)",
                "Today's budget for models is spent; these are quotes found without one. \(legend)"
            )
        case (.offline, .failed):
            return say(
                "模型暂时不可用，以上为离线摘录，均为原话。\(legend)",
                "The model was not available; these are quotes found without it. \(legend)"
            )
        case (.offline, nil): return say("离线摘录，均为原话。\(legend)", "Extracted offline: quotes, not rewritten. \(legend)")
        }
    }

    func extracted(_ parts: [ClosedRange<Int>]) -> String {
        let ranges = parts.map { "#\($0.lowerBound)–#\($0.upperBound)" }.joined(separator: separator)
        return say("模型未能处理 \(ranges)，该部分为原话摘录。", "The model failed on \(ranges); that part is quoted.")
    }
}
