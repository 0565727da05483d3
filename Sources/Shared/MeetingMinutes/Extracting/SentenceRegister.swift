import LanguageModel

/// How much a sentence reads like something written: names and relations rather than `I`, `you` and `that`.
///
/// In the manner of Heylighen and Dewaele's measure of formality (1999): articles and prepositions speak for it, pronouns
/// and interjections against. What is said so explains itself outside of the talk, which a line of minutes must.
struct SentenceRegister: Sendable {
    /// In words, or in characters of Chinese.
    private(set) var length = 0
    /// From 0.05; about 1 for plain speech.
    private(set) var weight: Float = 1

    init(_ sentence: String, _ language: WrittenLanguage) {
        if language == .chinese {
            let talk = Self.talk.matchedBytes(in: Array(sentence.utf8))
            length = sentence.unicodeScalars.count { !$0.isSpace }
            weight = max(0.05, 1 - 2 * Float(talk) / 3 / Float(max(1, length)))
            return
        }
        var pronouns = 0
        var relations = 0
        TermScanner.scan(sentence) { piece in
            guard case .word(let letters) = piece else { return }
            length += 1
            let hash = TermScanner.hash(letters)
            if Self.pronouns.contains(hash) { pronouns += 1 }
            if Self.relations.contains(hash) { relations += 1 }
        }
        let all = Float(max(1, length))
        weight = max(0.05, 1 - 2 * Float(pronouns) / all + 1.5 * Float(relations) / all)
    }

    private static let pronouns = hashes(
        """
        i you me my your we he she it they us him her them this that these those there here what who i'm i've i'll i'd \
        you're you've you'll we're we've we'll we'd he's she's it's it'll they're they've that's there's here's what's \
        don't didn't doesn't can't isn't wasn't uh um yeah okay oh
        """
    )
    private static let relations = hashes("the a an of to for in on with by from at and")

    private static func hashes(_ words: String) -> Set<UInt64> {
        Set(words.split(separator: " ").map { TermScanner.hash($0.unicodeScalars.filter(\.isWordLetter)) })
    }

    private static let talk = PhraseSet([
        "我们", "你们", "他们", "咱们", "我", "你", "他", "她", "咱", "大家", "谢谢", "这个", "那个", "就是", "嗯", "啊", "吧", "呢", "吗", "嘛",
        "然后", "好的", "老师",
    ])
}
