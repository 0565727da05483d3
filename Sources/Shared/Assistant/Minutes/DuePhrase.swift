/// Finds when something is due, in the words used: `下周三前`, `by Friday noon`.
///
/// Not `Sendable`, like the expressions in it: made once for each transcript.
struct DuePhrase {
    private let expressions: [Regex<Substring>]

    init() {
        expressions = [
            #/(?:(?:今天|明天|后天|大后天|今晚|明早|明晚|当天|(?:本|这|下下|下)?(?:周|星期|礼拜)(?:[一二三四五六日天末]|(?=[前内之]))|(?:本|这个|下个|下)月(?:初|中|底|末)?|月底|月初|(?:本|这|下)?季度[初末]?|年底|年前|春节前|节前|\d{1,2}\s?月\s?\d{1,2}\s?[日号]|[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}[日号]|\d{1,2}\s?[日号]|[\d一二三四五六七八九十两]{1,2}\s?个?(?:天|小时|工作日|周|星期|月)(?:之?内|以内|后))(?:早上|上午|中午|下午|晚上|下班|一早)?(?:[\d一二三四五六七八九十两]{1,2}\s?点半?)?(?:之前|以前|前|之内|以内|内)?)/#,
            #/(?i)\b(?:by|before|until|till|on|no later than|due)\s+(?:the\s+)?(?:end\s+of\s+(?:the\s+|this\s+|next\s+)?(?:day|week|month|quarter|year)|(?:this\s+|next\s+)?(?:mon|tues|wednes|thurs|fri|satur|sun)day(?:\s+(?:morning|noon|afternoon|evening))?|tomorrow(?:\s+(?:morning|noon|afternoon|evening))?|tonight|today|noon|next\s+(?:week|month|quarter)|eod|eow|cob|\d{1,2}(?:st|nd|rd|th)(?:\s+of\s+[a-z]+)?|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,2}(?:st|nd|rd|th)?|q[1-4])\b/#,
            #/(?i)\b(?:tomorrow(?:\s+(?:morning|noon|afternoon|evening))?|tonight|today|(?:this|next)\s+(?:week|month|quarter|(?:mon|tues|wednes|thurs|fri|satur|sun)day)|(?:with)?in\s+(?:\d{1,2}|one|two|three|four|five|a)\s+(?:hours?|days?|weeks?|months?))\b/#,
        ]
    }

    /// The first such words of a sentence, or nil.
    func find(in sentence: String) -> String? {
        for expression in expressions {
            if let match = sentence.firstMatch(of: expression) { return String(match.output) }
        }
        return nil
    }

    /// Whether the words name a day without making it a limit: `今天`, `this week` are said of anything.
    static func isLoose(_ words: String) -> Bool {
        !["前", "内", "之前", "月底", "年底", "后"].contains(where: words.hasSuffix)
            && ["今天", "今晚", "当天", "today", "tonight", "this week", "this month", "this quarter"]
                .contains(where: words.lowercased().hasPrefix)
    }
}
