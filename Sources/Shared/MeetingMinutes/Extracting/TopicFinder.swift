import LanguageModel

/// Finds what a part of a meeting keeps coming back to: words, and runs of words or characters, that are said again.
struct TopicFinder {
    /// For each range of utterances the phrase, or the two, that are most its own; nil where nothing is said twice.
    func titles(of ranges: [Range<Int>], in utterances: [Utterance], people: [String]) -> [String?] {
        let counts = ranges.map { PhraseCounts.frequent(in: utterances[$0], atLeast: 2) }
        var totals: [String: Int] = [:]
        for counts in counts { for (phrase, count) in counts { totals[phrase, default: 0] += count } }
        return counts.map { counts in
            let fragments = fragments(of: counts)
            let scored = counts.map { phrase, count in
                // What all of the meeting is about tells no part of it from another.
                let own = Double(count) / Double(totals[phrase] ?? count)
                return (phrase: phrase, score: Double(count).squareRoot() * weight(of: phrase) * own * own)
            }
            .sorted { ($0.score, $1.phrase) > ($1.score, $0.phrase) }
            func isTitle(_ phrase: String) -> Bool { !fragments.contains(phrase) && isSubject(phrase, people: people) }
            guard let place = scored.firstIndex(where: { isTitle($0.phrase) }) else { return nil }
            let first = scored[place]
            let second = scored[(place + 1)...].prefix { $0.score * 2 >= first.score }
                .first { !overlaps($0.phrase, first.phrase) && isTitle($0.phrase) }
            guard let second else { return first.phrase }
            return first.phrase + (first.phrase.unicodeScalars.allSatisfy(\.isASCII) ? ", " : "、") + second.phrase
        }
    }

    /// The phrases that hardly occur but in one and the same longer phrase: `账单导` of `账单导出`.
    private func fragments(of counts: [String: Int]) -> Set<String> {
        var fragments: Set<String> = []
        for (phrase, count) in counts {
            for part in shortened(phrase) {
                guard let whole = counts[part], count * 10 >= whole * 7 else { continue }
                fragments.insert(part)
            }
        }
        return fragments
    }

    /// A phrase without its last, and without its first character or word.
    private func shortened(_ phrase: String) -> [String] {
        guard phrase.unicodeScalars.allSatisfy(\.isASCII) else {
            return [String(phrase.dropLast()), String(phrase.dropFirst())]
        }
        let words = phrase.split(separator: " ")
        return [words.dropLast().joined(separator: " "), words.dropFirst().joined(separator: " ")]
    }

    /// Whether a phrase can be what is talked about: no number, date or name, and cut at no function word.
    private func isSubject(_ phrase: String, people: [String]) -> Bool {
        guard let first = phrase.first, let last = phrase.last, !Self.openings.contains(first),
            !Self.closings.contains(last), !Self.numerals.contains(first), !Self.numerals.contains(last),
            phrase.count(where: Self.numerals.contains) < 2,
            !Self.everyday.occurs(in: Array(phrase.utf8)), !Self.everydayWords.contains(phrase),
            !phrase.split(separator: " ").contains(where: { $0.first.map { $0.isASCII && $0.isNumber } ?? false })
        else { return false }
        return !people.contains { isName(phrase, of: $0) }
    }

    /// Whether a phrase is somebody's name or a part of it, or, in Chinese, a name with more around it.
    private func isName(_ phrase: String, of person: String) -> Bool {
        guard phrase.unicodeScalars.allSatisfy(\.isASCII) else {
            return person.contains(phrase) || person.count > 1 && phrase.contains(person)
        }
        return Set(person.lowercased().split(separator: " ")).isSuperset(of: phrase.split(separator: " "))
    }

    private static let numerals = Set("零〇一二三四五六七八九十百千万亿两几半")
    /// Characters that begin, and that end, a run of two words rather than a word.
    private static let openings = Set("把被给让从但却太每该某另并再号个么")
    private static let closings = Set("把被给让从个些得着到过去来说还再")

    /// Words of any conversation. A phrase that holds one is no subject.
    private static let everyday = PhraseSet([
        "一个", "所以", "因为", "一些", "可能", "现在", "什么", "怎么", "然后", "其实", "如果", "还是", "可以", "就是", "时候", "觉得", "应该",
        "已经", "自己", "大家", "知道", "今天", "明天", "昨天", "非常", "比较", "这样", "那样", "比如", "包括", "进行", "这里", "那里", "东西",
        "来说", "一下", "一定", "如何", "为什", "多少", "对吧", "说话", "开始", "需要", "不是", "没有", "第一", "第二", "问题", "时间", "情况",
        "方面", "一样", "一直", "这种", "那种", "好的", "谢谢", "老师", "一点", "出来", "起来", "下来", "过来", "通过", "里面", "特别", "主要",
        "想法", "事情", "这边", "那边", "最后", "首先", "同时", "而且", "但是", "不同", "很多", "有些", "说的", "下周", "本周", "上周", "这块",
        "么样", "样一", "在一", "刚才", "当中", "实际上",
    ])
    /// The same in English, where a word must be one of them wholly: `time` is, `timeout` is not.
    private static let everydayWords: Set = [
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "morning", "afternoon", "week",
        "month", "percent", "need", "probably", "time", "use", "try", "first", "second", "third", "next", "last",
        "five",
        "six", "nice", "course", "different", "important", "whole", "feel", "terms", "huh", "mmm", "guys", "within",
    ]

    /// Longer phrases are rarer and say more.
    private func weight(of phrase: String) -> Double {
        let parts = phrase.unicodeScalars.allSatisfy(\.isASCII) ? phrase.count { $0 == " " } + 1 : phrase.count - 1
        return [1.0, 1.0, 1.8, 2.6, 2.8][min(parts, 4)]
    }

    private func overlaps(_ first: String, _ second: String) -> Bool {
        if first.contains(second) || second.contains(first) { return true }
        if first.unicodeScalars.allSatisfy(\.isASCII) {
            return !Set(first.split(separator: " ")).isDisjoint(with: second.split(separator: " "))
        }
        let pairs = { (text: String) in Set(zip(text, text.dropFirst()).map { "\($0)\($1)" }) }
        return !pairs(first).isDisjoint(with: pairs(second))
    }
}
