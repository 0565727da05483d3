/// Finds a speaker's name in a question.
enum SpeakerMention {
    /// Words of names that many have in common, or that are titles.
    private static let common: Set = [
        "the", "and", "for", "right", "hon", "phd", "grad", "undergrad", "project", "user", "industrial", "chair",
        "manager",
        "designer", "interface", "mrs", "miss", "sir", "doctor", "speaker",
    ]
    /// What stands behind a Chinese family name in place of the given name.
    private static let chineseTitles = ["总", "工", "老师", "经理", "主任", "哥", "姐", "博士", "教授"]

    /// Which words of a question (lower case) are a speaker's name: the whole name, or one word of it that only names have.
    ///
    /// The ends of long words may differ: `Industrial Design` is the `Industrial Designer`.
    static func find(_ speaker: String, in words: [String]) -> Range<Int>? {
        let name = speaker.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
        guard let last = name.last, last.first?.isASCII == true, words.count >= name.count else { return nil }
        for start in 0...(words.count - name.count) where zip(name, words[start...]).allSatisfy(isSame) {
            return start..<start + name.count
        }
        guard name.count > 1 else { return nil }
        let own = Set(name.filter { $0.count > 2 && !common.contains($0) })
        return words.firstIndex(where: own.contains).map { $0..<$0 + 1 }
    }

    private static func isSame(_ name: String, _ word: String) -> Bool {
        name == word || name.count > 5 && word.hasPrefix(name.prefix(6))
    }

    /// The characters of a Chinese question that name a speaker: `张伟`, or `张总` for him.
    static func find(_ speaker: String, inChinese question: String) -> String? {
        guard let first = speaker.first, !first.isASCII else { return nil }
        if question.contains(speaker) { return speaker }
        guard (2...3).contains(speaker.count) else { return nil }
        return chineseTitles.map { "\(first)\($0)" }.first(where: question.contains)
    }
}
