/// What may be the name of somebody who speaks.
struct SpeakerName: Hashable, Sendable {
    /// Without its decoration, and without what is in brackets behind it.
    let name: String
    /// What is in brackets behind it, such as a role, a department or the name in another script.
    let qualifier: String?

    init(name: String, qualifier: String? = nil) {
        self.name = name
        self.qualifier = qualifier
    }

    /// The name in what stands before a colon or a time; nil for what is none, such as a date or the beginning of a
    /// sentence with marks.
    static func read(_ head: some StringProtocol) -> SpeakerName? {
        var name = Array(head.unicodeScalars)[...]
        trim(&name)
        while let last = name.last, "*[(（【 \t-".unicodeScalars.contains(last) { name.removeLast() }
        unwrap(&name)
        var qualifier: String?
        if let bracket = name.firstIndex(where: { "(（[【".unicodeScalars.contains($0) }), bracket > name.startIndex {
            // A sentence goes on behind its brackets.
            guard let last = name.last, ")）]】".unicodeScalars.contains(last) else { return nil }
            qualifier = string(name[(bracket + 1)...].dropLast())
            name = name[..<bracket]
        }
        trim(&name)
        if qualifier == nil, let (first, second) = scripts(apart: name) { (name, qualifier) = (first, string(second)) }
        guard (1...32).contains(name.count), name.contains(where: \.properties.isAlphabetic),
            !name.contains(where: { forbidden.contains($0) }),
            name.count(where: { $0.value >= 0x2E80 }) <= 12,
            name.split(separator: " ").count <= 4
        else { return nil }
        let text = String(String.UnicodeScalarView(name))
        return isDate(text) || logLevels.contains(text.lowercased())
            ? nil : SpeakerName(name: text, qualifier: qualifier.flatMap { $0.isEmpty ? nil : $0 })
    }

    /// Whether it reads like a name and not like the beginning of a sentence: `我的建议是` and `My proposal` do not.
    var isPlausible: Bool {
        let lower = name.lowercased()
        let words = lower.split(separator: " ").map(String.init)
        guard !Self.announcements.contains(lower), name.count(where: { $0 >= "\u{2E80}" }) <= 6,
            !name.unicodeScalars.contains(where: { Self.sentenceCharacters.contains($0) })
        else { return false }
        return words.count < 2 || !words.contains(where: Self.sentenceWords.contains)
    }

    private static func isDate(_ name: String) -> Bool {
        let lower = name.lowercased()
        let words = name.split(separator: " ")
        if startsWithDigit(name[...]) || days.contains(where: { lower.hasPrefix($0) }) { return true }
        if words.contains(where: { $0.prefix(while: isDigit).count >= 4 }) { return true }
        return words.count > 1 && months.contains { lower.hasPrefix($0) }
            && words.dropFirst().allSatisfy(startsWithDigit)
    }

    /// `[Bob]` and `【张三】` as exports write them.
    private static func unwrap(_ name: inout ArraySlice<Unicode.Scalar>) {
        guard name.count > 2, let first = name.first, let last = name.last,
            "[【".unicodeScalars.contains(first), "]】".unicodeScalars.contains(last) || last == first
        else { return }
        name = name.dropFirst().dropLast()
        trim(&name)
    }

    /// `张三/Zhang San`: one name in two scripts.
    private static func scripts(
        apart name: ArraySlice<Unicode.Scalar>
    ) -> (ArraySlice<Unicode.Scalar>, ArraySlice<Unicode.Scalar>)? {
        guard let slash = name.firstIndex(of: "/") else { return nil }
        var (first, second) = (name[..<slash], name[(slash + 1)...])
        trim(&first)
        trim(&second)
        guard !second.contains("/"), let isHan = isHan(first), isHan != Self.isHan(second) ?? isHan else { return nil }
        return (first, second)
    }

    /// Whether all letters are Chinese; nil if only some are, or there are none.
    static func isHan(_ name: some Collection<Unicode.Scalar>) -> Bool? {
        let letters = name.filter(\.properties.isAlphabetic)
        let han = letters.count { $0.value >= 0x2E80 }
        return letters.isEmpty || han > 0 && han < letters.count ? nil : han > 0
    }

    private static func startsWithDigit(_ text: Substring) -> Bool { text.first.map(isDigit) ?? false }

    private static func isDigit(_ character: Character) -> Bool { character.isASCII && character.isNumber }

    private static func trim(_ scalars: inout ArraySlice<Unicode.Scalar>) {
        while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
        while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
    }

    private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var scalars = scalars
        trim(&scalars)
        return String(String.UnicodeScalarView(scalars))
    }

    private static let forbidden = Set("，。！？；,!?;/\\\"“”《》<>=@#{}|｜~%$^+…、".unicodeScalars)
    private static let sentenceCharacters = Set("我你您他她它这那哪的了是就要吗呢么谁们".unicodeScalars)
    private static let days = [
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "周一", "周二", "周三", "周四", "周五",
        "周六", "周日", "星期", "上午", "下午", "今天", "明天", "昨天",
    ]
    /// What stands after the time in lines of a log, where nobody speaks.
    private static let logLevels: Set = [
        "trace", "debug", "info", "notice", "warn", "warning", "error", "err", "critical", "fatal", "panic",
    ]
    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]
    /// What people write before a colon when they announce something.
    private static let announcements: Set = [
        "结论", "建议", "问题", "原因", "例如", "比如", "总结", "另外", "注意", "补充", "说明", "决定", "待办", "风险", "方案",
        "conclusion", "proposal", "question", "answer", "reason", "example", "summary", "note", "decision", "result",
        "risk", "plan",
    ]
    private static let sentenceWords = Set(
        """
        the my our your his her its their a an one two three this that these those it we you they he she i is are was \
        were in on at for to of with and or but so if because next first second third last final step point thing
        """
        .split(separator: " ").map(String.init)
    )
}
