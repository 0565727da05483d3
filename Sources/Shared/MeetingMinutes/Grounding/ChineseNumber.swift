import TimePhrases

/// Numbers in Chinese words.
enum ChineseNumber {
    /// What numbers are made of.
    static let characters = Set("零〇一二两俩三四五六七八九十百千万亿幺廿点".unicodeScalars).subtracting(["点"])
    /// What multiplies what stands before it.
    static let powers: [Unicode.Scalar: Double] = ["百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8]
    private static let digits: [Unicode.Scalar: Double] = [
        "零": 0, "〇": 0, "一": 1, "幺": 1, "二": 2, "两": 2, "俩": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
    ]
    /// What is counted with, so that the one numeral before it is meant as a number.
    static let measures = Set(
        """
        个条天周月年人次件块元万亿项点种名位台套轮期批页倍度款家张份成分秒时小季组部步层级号届版代国句字行篇本辆架间楼室米吨克斤里岁线路站处场节课单笔户只头\
        匹双段道题类口折星礼星把座枚箱包车
        """.unicodeScalars
    )
    /// Words that have a numeral in them and say no number.
    private static let words: [String] = [
        "第三方", "第一时间", "万一", "千万别", "千万不", "千万要", "十分", "一致", "一起", "统一", "一般", "一定", "一些", "一直", "一样", "一旦", "唯一",
        "双十一", "三星", "四川", "三亚", "百度", "万科", "五险一金", "七夕", "八卦", "百货", "千兆", "万兆", "万能", "百科", "九寨", "三明治", "两会",
        "乱七八糟", "五花八门", "四处", "三番", "七嘴八舌", "一五一十", "五一", "十一假", "国庆十一", "六一", "八一", "三八",
    ]

    /// The number that stands at a place, and where it ends, with the measure's `半` of `两个半`; nil where none does.
    static func read(_ text: NumberReader, at start: Int) -> (SpokenNumber, end: Int)? {
        var number = SpokenNumber(range: start..<start, values: [], form: .chinese)
        if text[start] == "半" { return half(text, at: start) }
        // `几十`: nobody knows how many.
        if text[start] == "几" {
            var end = start + 1
            while let next = text[end], characters.contains(next) { end += 1 }
            return end == start + 1
                ? nil : (SpokenNumber(range: start..<end, values: [], form: .chinese, isClaim: false), end)
        }
        var end = start
        while let next = text[end], characters.contains(next) { end += 1 }
        if text[end] == "分", text[end + 1] == "之" { return fraction(text, below: start..<end) }
        let numerals = Array(text.characters[start..<end])
        number.values = values(numerals)
        // `三点五`
        if text[end] == "点", let digit = text[end + 1].flatMap({ digits[$0] }),
            digits[text[end - 1] ?? " "] != nil || numerals.last == "十"
        {
            var (decimals, power, stop) = (0.0, 0.1, end + 1)
            _ = digit
            while let digit = text[stop].flatMap({ digits[$0] }) {
                decimals += digit * power
                power /= 10
                stop += 1
            }
            var value = (number.values.first ?? 0) + decimals
            end = stop
            while let next = text[end], let power = powers[next] {
                value *= power
                end += 1
            }
            // `三点十分` is a time, `三点五` may be one.
            number.values = [value] + number.values
        }
        number.range = start..<end
        number.isOrdinal = text[start - 1] == "第"
        number.isClaim = isClaim(number, numerals, text)
        if let whole = withHalf(number, numerals, text) { return (whole, whole.range.upperBound) }
        return number.values.isEmpty ? nil : (number, end)
    }

    /// `一个半小时`, `两年半`, `一半`; nil where there is no half.
    private static func withHalf(
        _ number: SpokenNumber,
        _ numerals: [Unicode.Scalar],
        _ text: NumberReader
    ) -> SpokenNumber? {
        guard let value = number.values.first else { return nil }
        let end = number.range.upperBound
        let isDirect = text[end] == "半"
        guard isDirect || text[end + 1] == "半", let measure = text[end],
            isDirect || "个年天".unicodeScalars.contains(measure)
        else { return nil }
        var whole = number
        whole.range = number.range.lowerBound..<(isDirect ? end + 1 : end + 2)
        whole.values = [isDirect && numerals == ["一"] ? 0.5 : value + 0.5]
        whole.isClaim = true
        if measure == "年" { (whole.unit, whole.scale) = (.months, 12) }
        if measure == "天" { (whole.unit, whole.scale) = (.minutes, 1_440) }
        return whole
    }

    private static func isClaim(_ number: SpokenNumber, _ numerals: [Unicode.Scalar], _ text: NumberReader) -> Bool {
        let range = number.range
        guard number.values != [1], number.values.first != 0 else { return false }
        for word in words where isInside(range, word, text) { return false }
        if numerals.count > 1 { return !(numerals.allSatisfy { powers[$0] != nil }) }
        if let only = numerals.first, powers[only] != nil { return false }
        if number.isOrdinal { return true }
        return text[range.upperBound].map(measures.contains) ?? false
    }

    /// Whether a word that holds this range stands there.
    private static func isInside(_ range: Range<Int>, _ word: String, _ text: NumberReader) -> Bool {
        let scalars = Array(word.unicodeScalars)
        let first = max(0, range.lowerBound - scalars.count + 1)
        return (first...range.lowerBound).contains { start in
            let end = start + scalars.count
            return end >= range.upperBound && end <= text.characters.count
                && text.characters[start..<end].elementsEqual(scalars)
        }
    }

    /// `半年`, `半小时`; the `半` of `一半` is read here too.
    private static func half(_ text: NumberReader, at start: Int) -> (SpokenNumber, end: Int)? {
        var number = SpokenNumber(range: start..<(start + 1), values: [0.5], form: .chinese)
        let next = text[start + 1]
        number.isClaim = text[start - 1] == "一" || ["年", "天", "小", "个", "月"].contains(next)
        return (number, start + 1)
    }

    /// `百分之二十五`, `三分之一`, `千分之五`.
    private static func fraction(_ text: NumberReader, below: Range<Int>) -> (SpokenNumber, end: Int)? {
        let start = below.upperBound + 2
        var number = SpokenNumber(range: below.lowerBound..<start, values: [], form: .chinese)
        var end = start
        if text[start]?.isDigit == true {
            var digits = ""
            while let next = text[end], next.isDigit || next == "." {
                digits.unicodeScalars.append(next)
                end += 1
            }
            number.values = Double(digits).map { [$0] } ?? []
        } else if let (above, stop) = read(text, at: start), text[start].map(characters.contains) ?? false {
            number.values = above.values
            end = stop
        }
        guard let divisor = values(Array(text.characters[below])).first, divisor > 1, !number.values.isEmpty else {
            return (
                SpokenNumber(
                    range: below,
                    values: values(Array(text.characters[below])),
                    form: .chinese,
                    isClaim: false
                ), below.upperBound
            )
        }
        number.range = below.lowerBound..<end
        if divisor == 100 {
            number.unit = .percent
        } else {
            number.values = number.values.map { $0 / divisor }
        }
        return (number, end)
    }

    /// What numerals may mean: `两三百` is 200 or 300, `三五` 3, 5 or 35.
    static func values(_ numerals: [Unicode.Scalar]) -> [Double] {
        guard !numerals.isEmpty, numerals.count <= 16 else { return [] }
        if numerals.allSatisfy({ digits[$0] != nil }) {
            let each = numerals.compactMap { digits[$0] }
            let whole = each.reduce(0) { $0 * 10 + $1 }
            return each.count == 2 ? [whole] + each : [whole]
        }
        // Two digits in a row are said of what is between: `七八千`, `十七八`.
        for index in numerals.indices.dropLast() {
            if let first = digits[numerals[index]], let second = digits[numerals[index + 1]], first > 0, second > 0 {
                var (low, high) = (numerals, numerals)
                low.remove(at: index + 1)
                high.remove(at: index)
                return [value(low), value(high)]
            }
        }
        return [value(numerals)]
    }

    private static func value(_ numerals: [Unicode.Scalar]) -> Double {
        var (total, section) = (0.0, 0.0)
        var digit: Double?
        var last = 1.0
        var hadZero = false
        for numeral in numerals {
            switch numeral {
            case "亿", "万":
                let power = numeral == "亿" ? 1e8 : 1e4
                section += digit ?? 0
                if power > 1e4 {
                    total = (total + max(section, total == 0 && section == 0 ? 1 : section)) * power
                } else {
                    total += (section == 0 ? 1 : section) * power
                }
                (section, digit, last, hadZero) = (0, nil, power, false)
            case "千", "百", "十", "廿":
                let power = numeral == "千" ? 1e3 : numeral == "百" ? 1e2 : 10.0
                section += (digit ?? (numeral == "廿" ? 2 : 1)) * power
                (digit, last, hadZero) = (nil, power, false)
            default:
                digit = digits[numeral]
                if digit == 0 { hadZero = true }
            }
        }
        // `三千五` is 3,500 where no zero is said.
        if let digit { section += digit * (last >= 100 && !hadZero ? last / 10 : 1) }
        return total + section
    }
}
