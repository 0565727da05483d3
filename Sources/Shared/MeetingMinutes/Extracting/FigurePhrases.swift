import LanguageModel

/// Tells whether a sentence gives a figure: a number with what makes it an amount, a share or a measure.
struct FigurePhrases: Sendable {
    private let units: PhraseSet
    private let numerals: PhraseSet
    /// Numerals and units in one.
    private let amounts: PhraseSet

    init(_ language: WrittenLanguage) {
        units = language == .chinese ? Self.chineseUnits : Self.englishUnits
        amounts = language == .chinese ? Self.chineseAmounts : PhraseSet([])
        numerals = language == .chinese ? Self.chineseNumerals : Self.englishNumerals
    }

    /// Whether a sentence, in lower case and UTF-8, has one.
    func occur(in text: [UInt8]) -> Bool {
        units.occurs(in: text) && (text.contains(where: Self.isDigit) || numerals.occurs(in: text))
            || amounts.occurs(in: text) || Self.hasLongNumber(text)
    }

    /// A number with a decimal point or thousands set apart, or of three digits and more that is no year or time.
    private static func hasLongNumber(_ text: [UInt8]) -> Bool {
        var index = 0
        while index < text.count {
            guard isDigit(text[index]) else {
                index += 1
                continue
            }
            let digits = text[index...].prefix(while: isDigit)
            let end = index + digits.count
            if end + 1 < text.count, text[end] == 0x2C || text[end] == 0x2E, isDigit(text[end + 1]) { return true }
            let isYear = digits.count == 4 && (digits.starts(with: "20".utf8) || digits.starts(with: "19".utf8))
            if digits.count >= 3, !isYear, digits.count < 8 { return true }
            index = end
        }
        return false
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static let englishUnits = PhraseSet([
        "%", "$", "€", "£", " percent", " per cent", " euro", " dollar", " pounds", " million", " billion", " thousand",
        " hundred", " millisecond", " kilobyte", " megabyte", " gigabyte",
    ])
    private static let englishNumerals = PhraseSet([
        "one ", "two ", "three ", "four ", "five ", "six ", "seven ", "eight ", "nine ", "ten ", "eleven ", "twelve ",
        "fifteen ", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "hundred ",
    ])
    private static let chineseUnits = PhraseSet([
        "百分之", "%", "万元", "亿元", "块钱", "美元", "欧元", "万人", "亿", "毫秒", "倍", "百万", "千万", "万条", "千条", "百条", "个百分点",
        "元/", "兆", "平方米", "公里", "千瓦", "成以上",
    ])
    private static let chineseNumerals = PhraseSet([
        "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "两", "百", "千", "万",
    ])
    private static let chineseAmounts = PhraseSet(
        "一二三四五六七八九十两百千0123456789".flatMap { numeral in
            ["万", "百", "千", "元", "块", "倍", "秒", "成", "毫秒"].map { "\(numeral)\($0)" }
        }
    )
}
