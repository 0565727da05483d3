import LanguageModel

/// What the assistant says of tokens and money.
extension AssistantTexts {
    /// How a person and their chat stand, for `/usage`.
    package func usage(_ summary: UsageSummary) -> String {
        var lines = [
            say("今天：", "Today: ") + totals(summary.today, summary.currency),
            say("30 天：", "30 days: ") + totals(summary.thirtyDays, summary.currency),
        ]
        if summary.chatToday != summary.today {
            lines.append(say("这个会话今天：", "This chat today: ") + totals(summary.chatToday, summary.currency))
        }
        let ofUser = left(of: summary.budgets.user, after: summary.today, summary.currency)
        if !ofUser.isEmpty { lines.append(say("你今天还剩：", "Left of your budget today: ") + ofUser) }
        let ofChat = left(of: summary.budgets.chat, after: summary.chatToday, summary.currency)
        if !ofChat.isEmpty {
            lines.append(say("这个会话今天还剩：", "Left of this chat's budget today: ") + ofChat)
        }
        return lines.joined(separator: "\n")
    }

    private func left(of bound: UsageBudgets.Bound, after spent: UsageTotals, _ currency: String) -> String {
        let tokens = bound.tokens.map { max(0, $0 - spent.tokens) }
        let cost = bound.microCost.map { max(0, $0 - spent.microCost) }
        return [
            tokens.map { say("\($0) 个 token", "\($0) tokens") }, cost.map { "\(Self.money($0)) \(currency)" },
        ].compactMap { $0 }.joined(separator: say("，", ", "))
    }

    private func totals(_ totals: UsageTotals, _ currency: String) -> String {
        let money = totals.microCost == 0 ? "" : "\(Self.money(totals.microCost)) \(currency)"
        return say(
            "\(totals.requests) 次请求，\(totals.tokens) 个 token",
            "\(totals.requests) requests, \(totals.tokens) tokens"
        )
            + (money.isEmpty ? "" : say("（\(money)）", " (\(money))"))
    }

    /// Why a request was refused, and until when.
    static func cause(_ refusal: BudgetExceeded) -> (chinese: String, english: String) {
        let (whoseChinese, whose): (String, String) =
            switch refusal.subject {
            case .user: ("你", "your")
            case .chat: ("这个会话", "this chat's")
            case .total: ("所有人", "everybody's")
            }
        let again = ("\(refusal.clock) 零点后可以继续。", "We can go on after midnight (\(refusal.clock)).")
        switch refusal.measure {
        case .tokens:
            return (
                "\(whoseChinese)今天的 \(refusal.budget) 个 token 已经用完，\(again.0)",
                "\(whose) \(refusal.budget) tokens of today are spent. \(again.1)"
            )
        case .cost:
            let amount = money(refusal.budget)
            return (
                "\(whoseChinese)今天的预算（\(amount)）已经用完，\(again.0)",
                "\(whose) budget of today, \(amount), is spent. \(again.1)"
            )
        }
    }

    /// An amount of millionths, with cents, or below one with four figures after the point.
    private static func money(_ micro: Int) -> String {
        let (places, unit) = micro < 1_000_000 ? (4, 100) : (2, 10_000)
        let rounded = (micro + unit / 2) / unit
        let scale = places == 4 ? 10_000 : 100
        let fraction = String(rounded % scale)
        return "\(rounded / scale)." + String(repeating: "0", count: places - fraction.count) + fraction
    }
}
