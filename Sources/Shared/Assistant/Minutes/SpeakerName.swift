/// What may be the name of somebody who speaks.
enum SpeakerName {
    /// The name in front of a turn, without its decoration and role; nil for what is no name, such as a date.
    static func read(_ scalars: ArraySlice<Unicode.Scalar>) -> String? {
        var name = scalars
        trim(&name)
        while let last = name.last, "*[(（【 \t-".unicodeScalars.contains(last) { name.removeLast() }
        if let bracket = name.firstIndex(where: { "(（[【".unicodeScalars.contains($0) }), bracket > name.startIndex {
            name = name[..<bracket]
        }
        trim(&name)
        guard (1...32).contains(name.count), name.contains(where: \.properties.isAlphabetic),
            !name.contains(where: { forbidden.contains($0) }),
            name.count(where: { $0.value >= 0x2E80 }) <= 12,
            name.split(separator: " ").count <= 4
        else { return nil }
        let text = String(String.UnicodeScalarView(name))
        return isDate(text) ? nil : text
    }

    /// Whether it reads like a name and not like the beginning of a sentence: `我的建议是` and `My proposal` do not.
    static func isPlausible(_ name: String) -> Bool {
        let words = name.lowercased().split(separator: " ").map(String.init)
        guard !announcements.contains(name.lowercased()), name.count(where: { $0 >= "\u{2E80}" }) <= 6,
            !name.unicodeScalars.contains(where: { sentenceCharacters.contains($0) })
        else { return false }
        return words.count < 2 || !words.contains(where: sentenceWords.contains)
    }

    private static func isDate(_ name: String) -> Bool {
        let lower = name.lowercased()
        let words = name.split(separator: " ")
        if startsWithDigit(name[...]) || days.contains(where: { lower.hasPrefix($0) }) { return true }
        if words.contains(where: { $0.prefix(while: isDigit).count >= 4 }) { return true }
        return words.count > 1 && months.contains { lower.hasPrefix($0) }
            && words.dropFirst().allSatisfy(startsWithDigit)
    }

    private static func startsWithDigit(_ text: Substring) -> Bool { text.first.map(isDigit) ?? false }

    private static func isDigit(_ character: Character) -> Bool { character.isASCII && character.isNumber }

    private static func trim(_ scalars: inout ArraySlice<Unicode.Scalar>) {
        while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
        while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
    }

    private static let forbidden = Set("，。！？；,!?;/\\\"“”《》<>=@#{}|｜~%$^+…、".unicodeScalars)
    private static let sentenceCharacters = Set("我你您他她它这那哪的了是就要吗呢么谁们".unicodeScalars)
    private static let days = [
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "周一", "周二", "周三", "周四", "周五",
        "周六", "周日", "星期", "上午", "下午", "今天", "明天", "昨天",
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
