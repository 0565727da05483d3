import LanguageModel

/// A part of a meeting that is about one thing.
struct TopicSegment: Sendable, Equatable {
    /// A phrase, or two, of its own.
    let title: String
    /// In the list of utterances.
    let range: Range<Int>
    /// The first and the last of the range, and between, evenly spread, those that say most; ascending.
    let places: [Int]

    /// The most places between the first and the last.
    private static let mostPlaces = 8

    /// The segments of a list of utterances, in order; together they are all of it.
    static func all(of utterances: [Utterance], people: [String], language: WrittenLanguage) -> [TopicSegment] {
        var vocabulary = Vocabulary()
        let terms = utterances.map { vocabulary.terms(of: $0.text) }
        let ranges = TopicBorders.segments(terms, kinds: vocabulary.kinds)
        let titles = TopicFinder().titles(of: ranges, in: utterances, people: people)
        return zip(ranges, titles).compactMap { range, title in
            guard let title = title ?? opening(of: utterances[range], language) else { return nil }
            return TopicSegment(title: title, range: range, places: places(in: range, terms))
        }
    }

    private static func places(in range: Range<Int>, _ terms: [[Int32]]) -> [Int] {
        var places: Set = [range.lowerBound, range.upperBound - 1]
        let parts = min(mostPlaces, range.count)
        for part in 0..<parts {
            let start = range.lowerBound + range.count * part / parts
            let end = range.lowerBound + range.count * (part + 1) / parts
            if let best = (start..<end).max(by: { (terms[$0].count, $1) < (terms[$1].count, $0) }) {
                places.insert(best)
            }
        }
        return places.sorted()
    }

    /// The beginning of the longest sentence, where no phrase comes up twice; nil where nothing is said.
    private static func opening(of utterances: ArraySlice<Utterance>, _ language: WrittenLanguage) -> String? {
        let noise = SpokenNoise(language)
        let sentences = SpokenSentence.all(of: Array(utterances)).map { noise.removed(from: $0.quote) }
        guard let longest = sentences.max(by: { $0.count < $1.count }) else { return nil }
        let pauses = Set("，。！？；：,.!?;:")
        let end = longest.firstIndex(where: pauses.contains) ?? longest.endIndex
        let clause = longest[..<end].count > 3 ? longest[..<end] : longest[...]
        guard language == .english else { return String(clause.prefix(20)) }
        return clause.split(separator: " ").prefix(8).joined(separator: " ")
    }
}
