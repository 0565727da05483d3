/// Finds when something is due, in the words used: `下周三前`, `by Friday noon`.
///
/// Not `Sendable`, like the expressions in it: made once for each transcript.
struct DuePhrase {
    private let expressions: [Regex<Substring>]

    init() {
        expressions = [
            #/(?:(?:今天|明天|后天|大后天|今晚|明早|明晚|当天|(?:本|这|下下|下)?(?:周|星期|礼拜)(?:[一二三四五六日天末]|(?=[前内之]))|(?:本|这个|下个|下)月(?:初|中|底|末)?|月底|月初|(?:本|这|下)?季度[初末]?|年底|年前|春节前|节前|(?:[0-9]{1,2}\s?|十[一二]?|[一二三四五六七八九])月份?(?:[0-9]{1,2}\s?[日号]|(?:[二三]?十[一二三四五六七八九]?|[一二三四五六七八九])[日号]|[初中底末])|(?:[0-9]{1,2}\s?|[二三]?十[一二三四五六七八九]?|[一二三四五六七八九])[日号](?![楼线机位店院库员码])|(?:[0-9]{1,3}\s?|[二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九两])个?(?:天|小时|工作日|周|星期|月)(?:之?内|以内|后))(?:凌晨|早上|上午|中午|下午|晚上|下班|一早)?(?:(?:[0-9]{1,2}\s?|二?十[一二三四]?|[一二三四五六七八九两])点半?)?(?:之前|以前|前|之内|以内|内)?)/#,
            #/(?i)\b(?:by|before|until|till|on|no later than|due)\s+(?:the\s+)?(?:end\s+of\s+(?:the\s+|this\s+|next\s+)?(?:day|week|month|quarter|year)|(?:this\s+|next\s+)?(?:mon|tues|wednes|thurs|fri|satur|sun)day(?:\s+(?:morning|noon|afternoon|evening))?|tomorrow(?:\s+(?:morning|noon|afternoon|evening))?|tonight|today|noon|lunch|next\s+(?:week|month|quarter)|(?:[0-9]{1,2}(?::[0-9]{2})?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\s?(?:o'clock|am|pm)|eod|eow|cob|[0-9]{1,2}(?:st|nd|rd|th)(?:\s+of\s+[a-z]+)?|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+[0-9]{1,2}(?:st|nd|rd|th)?|q[1-4])\b/#,
            #/(?i)\b(?:tomorrow(?:\s+(?:morning|noon|afternoon|evening))?|tonight|today|this\s+(?:morning|afternoon|evening)|(?:this|next)\s+(?:week|month|quarter|(?:mon|tues|wednes|thurs|fri|satur|sun)day)|(?:with)?in\s+(?:[0-9]{1,2}|one|two|three|four|five|a)\s+(?:hours?|days?|weeks?|months?))\b/#,
            #/(?i)\b(?:mon|tues|wednes|thurs|fri|satur|sun)day(?:\s+(?:morning|noon|afternoon|evening)|\s+at\s+[a-z0-9:]+)?\b/#,
        ]
    }

    /// The first such words of a sentence, or nil.
    func find(in sentence: String) -> String? {
        guard Self.hints.occurs(in: Array(sentence.lowercased().utf8)) else { return nil }
        for expression in expressions {
            let match = sentence.matches(of: expression).first {
                !Self.isCut(before: $0.range.lowerBound, in: sentence)
            }
            if let match { return String(match.output) }
        }
        return nil
    }

    /// One of these is in all that the expressions find: they are slow, and this is not.
    private static let hints = PhraseSet(
        """
        天 晚 早 周 星期 礼拜 月 季 年 节前 日 号 小时 day week month quarter year noon tonight tomorrow eod eow cob hour lunch morning afternoon o'clock 0 1 2 3 4 5 6 7 8 \
        9
        """
        .split(separator: " ").map(String.init)
    )

    /// Whether what stands before a match makes it part of something else: of a longer number (`一百二十号`), an ordinal
    /// (`第三天后`), a time gone by (`上周五`) or one that comes again (`每周一`).
    private static func isCut(before place: String.Index, in sentence: String) -> Bool {
        guard let first = sentence[place...].first, let before = sentence[..<place].last else { return false }
        if first.isWholeNumber { return before.isWholeNumber || "第百千万.".contains(before) }
        if first == "季" { return "一二三四1234上个每".contains(before) }
        return "周星礼".contains(first) && "上每".contains(before)
    }

    /// Whether the words name a day without making it a limit: `今天`, `this week` are said of anything.
    static func isLoose(_ words: String) -> Bool {
        !["前", "内", "之前", "月底", "年底", "后"].contains(where: words.hasSuffix)
            && ["今天", "今晚", "当天", "today", "tonight", "this week", "this month", "this quarter"]
                .contains(where: words.lowercased().hasPrefix)
    }
}
