import LanguageModel

/// What a question asks for, in terms of a transcript.
struct Question {
    struct Term {
        let term: Int32
        /// What it counts in the window itself.
        var weight: Float
        /// What it counts in what surrounds it: there, what the question says of the occasion counts fully.
        var contextWeight: Float
        /// Whether the question does not say it, but a word for the same.
        var isRelated: Bool
    }

    var terms: [Term] = []
    /// Those of the transcript's speakers whom it names.
    var speakers: Set<String> = []
    /// The weight of words that nobody says in the transcript.
    var unknownWeight: Float = 0
}

/// Reads a question to a transcript.
struct QuestionReader {
    /// What words of asking count: nearly nothing, since they are about the question.
    private static let askingWeight: Float = 0.15
    /// What a name counts as a word: it may be that of a subject (`marketing`).
    private static let nameWeight: Float = 0.5
    /// What a word counts that is in the name of somebody else: in `industrial designer`, all are designers.
    private static let roleWeight: Float = 0.3
    /// What counts after `when discussing`, where the question only says on what occasion.
    private static let occasionWeight: Float = 0.3
    /// In characters and terms: a question is not a document.
    private static let longest = 1_000
    private static let mostTerms = 64

    private let index: TranscriptIndex

    init(_ index: TranscriptIndex) {
        self.index = index
    }

    func read(_ question: String) -> Question {
        var draft = Draft()
        var text = String(question.prefix(Self.longest))
        let words = Self.words(of: text)
        var named: Set<Int> = []
        var roles: Set<String> = []
        for speaker in Set(index.transcript.utterances.compactMap(\.speaker)) {
            roles.formUnion(Self.words(of: speaker).map(SearchStem.of))
            if let place = SpeakerMention.find(speaker, in: words) {
                draft.question.speakers.insert(speaker)
                named.formUnion(place)
            } else if let mention = SpeakerMention.find(speaker, inChinese: text) {
                draft.question.speakers.insert(speaker)
                text = text.replacing(mention, with: " ")
            }
        }
        readWords(words, named, roles, &draft)
        readChinese(text, &draft)
        return draft.question
    }

    private func readWords(_ words: [String], _ named: Set<Int>, _ roles: Set<String>, _ draft: inout Draft) {
        var isOccasion = false
        for (place, word) in words.enumerated() {
            // `When did …` asks; `… when discussing …` tells on what occasion.
            if word == "discussing" || word == "when" && place > 2 { isOccasion = true }
            guard word.utf8.count > 1, !StopWords.english.contains(word) else { continue }
            let stem = SearchStem.of(word)
            let weight =
                if named.contains(place) {
                    Self.nameWeight
                } else if AskingWords.english.contains(stem) {
                    Self.askingWeight
                } else {
                    roles.contains(stem) ? Self.roleWeight : 1
                }
            let nearWeight = isOccasion && !named.contains(place) ? weight * Self.occasionWeight : weight
            guard let term = index.vocabulary.term(ofStem: stem) else {
                if weight == 1 { draft.question.unknownWeight += nearWeight }
                addRelated(of: stem, nearWeight, &draft)
                continue
            }
            draft.add(term, nearWeight, weight)
            addRelated(of: stem, nearWeight, &draft)
        }
    }

    private func addRelated(of stem: String, _ weight: Float, _ draft: inout Draft) {
        for related in RelatedWords.english[stem] ?? [] {
            guard let term = index.vocabulary.term(ofStem: related) else { continue }
            draft.add(term, weight * RelatedWords.weight, 0, isRelated: true)
        }
    }

    private func readChinese(_ question: String, _ draft: inout Draft) {
        var text = question
        for word in AskingWords.chinese where text.contains(word) { text = text.replacing(word, with: " ") }
        func add(_ text: String, times factor: Float, isRelated: Bool) {
            for term in index.vocabulary.knownTerms(of: text) {
                let kind = index.vocabulary.kinds[Int(term)]
                guard kind != .word else { continue }
                let weight = kind.weight * factor
                draft.add(term, weight, isRelated ? 0 : weight, isRelated: isRelated)
            }
        }
        add(text, times: 1, isRelated: false)
        for word in RelatedWords.chinese(in: question) { add(word, times: RelatedWords.weight, isRelated: true) }
    }

    /// Words in lower case, without apostrophes.
    static func words(of text: String) -> [String] {
        var words: [String] = []
        TermScanner.scan(text) { piece in
            if case .word(let letters) = piece { words.append(TermScanner.lowercased(letters)) }
        }
        return words
    }

    private struct Draft {
        var question = Question()
        private var places: [Int32: Int] = [:]

        /// A term said twice counts as the weightier of the two.
        mutating func add(_ term: Int32, _ weight: Float, _ contextWeight: Float, isRelated: Bool = false) {
            if let place = places[term] {
                let old = question.terms[place]
                guard !isRelated else { return }
                question.terms[place].weight = max(old.weight, weight)
                question.terms[place].contextWeight = max(old.contextWeight, contextWeight)
                question.terms[place].isRelated = false
            } else if question.terms.count < QuestionReader.mostTerms {
                places[term] = question.terms.count
                question.terms.append(
                    Question.Term(term: term, weight: weight, contextWeight: contextWeight, isRelated: isRelated)
                )
            }
        }
    }
}
