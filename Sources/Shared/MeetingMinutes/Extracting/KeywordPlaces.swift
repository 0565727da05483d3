import LanguageModel

/// Where a transcript speaks of the keywords it names for itself.
struct KeywordPlaces {
    private let transcript: Transcript
    /// The utterances' texts, folded.
    private let texts: [String]

    init(_ transcript: Transcript) {
        self.transcript = transcript
        texts = transcript.keywords.isEmpty ? [] : transcript.utterances.map { Self.folded($0.text) }
    }

    /// At most `limit` keywords, each with up to six utterances; what nobody mentions is left out.
    func topics(atMost limit: Int) -> [Minutes.Line] {
        var topics: [Minutes.Line] = []
        for keyword in transcript.keywords where topics.count < limit {
            let places = places(of: Self.folded(keyword))
            guard !places.isEmpty, !topics.contains(where: { $0.text == keyword }) else { continue }
            topics.append(Minutes.Line(text: keyword, utterances: Array(places.prefix(6))))
        }
        return topics
    }

    /// `On-call` and `on call` are the same.
    private static func folded(_ text: String) -> String { text.lowercased().replacing("-", with: " ") }

    /// Those that say the keyword; if none does, those that say all its parts; if none does, its commonest part.
    private func places(of keyword: String) -> [Int] {
        let whole = numbers { $0.contains(keyword) }
        guard whole.isEmpty else { return whole }
        let parts = parts(of: keyword)
        let all = numbers { text in !parts.isEmpty && parts.allSatisfy(text.contains) }
        guard all.isEmpty else { return all }
        return parts.map { part in numbers { $0.contains(part) } }.reduce([]) { $1.count > $0.count ? $1 : $0 }
    }

    private func numbers(where isPlace: (String) -> Bool) -> [Int] {
        zip(transcript.utterances, texts).filter { isPlace($0.1) }.map(\.0.number)
    }

    /// `值班`, `安排` of `值班安排`; the words of `load test`.
    private func parts(of keyword: String) -> [String] {
        Tokenizer().runs(in: keyword).flatMap { run -> [String] in
            switch run {
            case .ideographs(let characters):
                stride(from: 0, to: characters.count - 1, by: 2).map {
                    String(String.UnicodeScalarView(characters[$0..<$0 + 2]))
                }
            case .words(let words): words
            }
        }
    }
}
