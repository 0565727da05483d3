import LanguageModel

/// What a question asks for.
enum QueryTerms {
    private static let maximumTerms = 64

    /// What makes a question of words and says nothing of its subject, the longer before what they contain.
    private static let askingWords = [
        "怎么样", "怎么办", "为什么", "是不是", "有没有", "能不能", "可不可以", "请问", "请帮", "帮我", "告诉", "怎么", "怎样", "如何",
        "什么", "多少", "多久", "哪些", "哪里", "哪个", "几个", "几天", "需要", "可以", "一下",
    ]

    /// The different terms of a question, in order.
    static func terms(of question: String) -> [String] {
        var text = String(question.prefix(1_000))
        for word in askingWords where text.contains(word) {
            text = text.split(separator: word, omittingEmptySubsequences: false).joined(separator: " ")
        }
        var seen: Set<String> = []
        let terms = Tokenizer().terms(in: text).filter { seen.insert($0).inserted }
        return Array(terms.prefix(maximumTerms))
    }
}
