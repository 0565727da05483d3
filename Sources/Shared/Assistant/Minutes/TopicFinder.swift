import LanguageModel

/// Finds what a meeting keeps coming back to: words, and runs of words or characters, that several turns share.
struct TopicFinder {
    private struct Count {
        var times = 0
        var turns: [Int] = []
    }

    /// At most `limit` topics, the weightiest first, each with up to six utterances that mention it.
    func topics(of transcript: Transcript, atMost limit: Int) -> [Minutes.Line] {
        var counts: [String: Count] = [:]
        let names = Set(transcript.people)
        for utterance in transcript.utterances {
            forEachPhrase(of: utterance.text) { phrase in
                var count = counts[phrase, default: Count()]
                count.times += 1
                if count.turns.last != utterance.number { count.turns.append(utterance.number) }
                counts[phrase] = count
            }
        }
        let threshold = transcript.utterances.count < 12 ? 2 : 3
        let scored = counts.compactMap { phrase, count -> (phrase: String, count: Count, score: Double)? in
            guard count.times >= threshold, count.turns.count >= 2, !names.contains(phrase),
                !Self.everyday.contains(where: phrase.contains)
            else { return nil }
            return (phrase, count, Double(count.times) * weight(of: phrase))
        }
        .sorted { ($0.score, $1.phrase) > ($1.score, $0.phrase) }

        var topics: [Minutes.Line] = []
        for (phrase, count, _) in scored where topics.count < limit {
            // `支付回调` says more than `支付` and `回调`: what overlaps with a weightier topic is the same topic.
            guard !topics.contains(where: { overlaps($0.text, phrase) }) else { continue }
            topics.append(Minutes.Line(text: phrase, utterances: Array(count.turns.prefix(6))))
        }
        return topics
    }

    /// Words of any conversation. A phrase that holds one is no subject.
    private static let everyday = [
        "一个", "所以", "因为", "一些", "可能", "现在", "什么", "怎么", "然后", "其实", "如果", "还是", "可以", "就是", "时候", "觉得", "应该",
        "已经", "自己", "大家", "知道", "今天", "明天", "昨天", "非常", "比较", "这样", "那样", "比如", "包括", "进行", "这里", "那里", "东西",
        "来说", "一下", "一定", "如何", "为什", "多少", "对吧", "说话", "开始", "需要", "不是", "没有", "第一", "第二", "问题", "时间", "情况",
        "方面", "一样", "一直", "这种", "那种", "好的", "谢谢", "老师", "一点", "出来", "起来", "下来", "过来", "通过", "里面", "特别", "主要",
        "想法", "事情", "这边", "那边", "最后", "首先", "同时", "而且", "但是", "不同", "很多", "有些", "说的", "下周", "本周", "上周", "这块",
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

    /// Runs of 2 to 4 Chinese characters, and of 1 to 3 other words, without function words.
    private func forEachPhrase(of text: String, _ body: (String) -> Void) {
        for run in Tokenizer().runs(in: text) {
            switch run {
            case .ideographs(let characters):
                for length in 2...4 where characters.count >= length {
                    for start in 0...(characters.count - length) {
                        body(String(String.UnicodeScalarView(characters[start..<start + length])))
                    }
                }
            case .words(let words):
                for length in 1...3 where words.count >= length {
                    for start in 0...(words.count - length) {
                        body(words[start..<start + length].joined(separator: " "))
                    }
                }
            }
        }
    }
}
