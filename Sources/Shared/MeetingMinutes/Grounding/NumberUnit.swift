import TimePhrases

/// What is counted: percent, money, lengths of time.
enum NumberUnit {
    private static let behind: [(words: [String], unit: SpokenNumber.Unit, scale: Double)] = [
        (
            [
                "%", "‰", "percent", "per cent", "pct", "percentage point", "percentage points", "个百分点", "百分点", "个点",
                "趴",
            ], .percent, 1
        ),
        (["成"], .percent, 10),
        (["美元", "美金", "usd", "dollars", "dollar", "bucks"], .money(.dollar), 1),
        (["欧元", "euros", "euro", "eur"], .money(.euro), 1),
        (["英镑", "pounds", "pound", "gbp"], .money(.pound), 1),
        (["日元", "yen", "jpy"], .money(.yen), 1),
        (["港币", "港元", "hkd"], .money(.hongKongDollar), 1),
        (["元", "块钱", "块", "人民币", "rmb", "cny", "yuan"], .money(.yuan), 1),
        (["秒", "seconds", "second", "secs", "sec"], .minutes, 1 / 60),
        (["分钟", "minutes", "minute", "mins", "min"], .minutes, 1),
        (["刻钟"], .minutes, 15),
        (["个小时", "小时", "个钟头", "钟头", "个钟", "hours", "hour", "hrs", "hr"], .minutes, 60),
        (["天", "days", "day"], .minutes, 1_440),
        (["个星期", "个礼拜", "星期", "礼拜", "周", "weeks", "week"], .minutes, 10_080),
        (["个月", "months", "month"], .months, 1),
        (["个季度", "quarters"], .months, 3),
        (["年", "years", "year"], .months, 12),
    ]
    private static let before: [(words: [String], unit: SpokenNumber.Unit)] = [
        (["hk$"], .money(.hongKongDollar)), (["us$", "$", "usd"], .money(.dollar)),
        (["¥", "￥", "rmb", "cny"], .money(.yuan)),
        (["€", "eur"], .money(.euro)), (["£", "gbp"], .money(.pound)),
    ]
    private static let lengths: Set = ["second", "minute", "hour", "day", "week", "month", "year"]

    static func isLength(_ word: String) -> Bool { lengths.contains(word) }

    /// Notes the unit that stands behind a number, or before it.
    static func read(_ text: NumberReader, into number: inout SpokenNumber) {
        guard number.unit == nil, !number.values.isEmpty else { return }
        var place = number.range.upperBound
        while let next = text[place], "多来余几".unicodeScalars.contains(next) { place += 1 }
        while let next = text[place], next.isSpace || next == "-", place - number.range.upperBound < 3 { place += 1 }
        for entry in behind {
            for word in entry.words where stands(word, at: place, text) {
                // The third month is no three months, and `2026年` no length.
                let isLength = entry.unit == .minutes || entry.unit == .months
                if isLength, number.isOrdinal || (number.values.first ?? 0) >= 1_900 { return }
                if entry.unit == .percent, entry.scale > 1 {
                    number.values = number.values.map { $0 * entry.scale }
                } else {
                    number.scale = entry.scale
                }
                number.unit = entry.unit
                return
            }
        }
        var start = number.range.lowerBound
        while start > 0, text.characters[start - 1].isSpace { start -= 1 }
        for entry in before {
            for word in entry.words where stands(word, at: start - word.unicodeScalars.count, text) {
                number.unit = entry.unit
                return
            }
        }
    }

    private static func stands(_ word: String, at place: Int, _ text: NumberReader) -> Bool {
        guard place >= 0 else { return false }
        var index = place
        for scalar in word.unicodeScalars {
            guard text[index] == scalar else { return false }
            index += 1
        }
        guard let last = word.unicodeScalars.last, last.isLatin else { return true }
        return !(text[index]?.isLatin ?? false)
    }
}
