import LanguageModel

/// What a question is about: its words and its pairs of Chinese characters, without those that any question may have.
struct QuestionSubject {
    enum Unit: Equatable {
        /// By stem.
        case word(String)
        /// Two ideographs.
        case pair(String)
    }

    /// In characters and units: a question is not a document.
    private static let longest = 1_000
    private static let mostUnits = 64

    private(set) var units: [Unit] = []
    /// How many of the people who may be asked about it names; their names are no units.
    private(set) var named = 0

    var isEmpty: Bool { units.isEmpty && named == 0 }

    /// - Parameters:
    ///   - question: In Chinese or English.
    ///   - people: Who may be asked about.
    init(of question: String, people: Set<String> = []) {
        var text = String(question.prefix(Self.longest))
        let words = QuestionReader.words(of: text)
        var names: Set<Int> = []
        for person in people {
            if let place = SpeakerMention.find(person, in: words) {
                names.formUnion(place)
                named += 1
            } else if let mention = SpeakerMention.find(person, inChinese: text) {
                text = text.replacing(mention, with: " ")
                named += 1
            }
        }
        for word in MeetingWords.allChinese + AskingWords.chinese + EverydayWords.chinese where text.contains(word) {
            text = text.replacing(word, with: " ")
        }
        var place = 0
        var units: [Unit] = []
        TermScanner.scan(text) { piece in
            switch piece {
            case .ideographs(let key, .pair): units.append(.pair(Self.pair(key)))
            case .ideographs: break
            case .word(let letters):
                if !names.contains(place), let stem = Self.stem(TermScanner.lowercased(letters)) {
                    units.append(.word(stem))
                }
                place += 1
            }
        }
        self.units = Array(units.prefix(Self.mostUnits))
    }

    /// Nil for a word that says nothing of a subject.
    private static func stem(_ word: String) -> String? {
        let stem = SearchStem.of(word)
        guard word.utf8.count > 1, !StopWords.english.contains(word), !AskingWords.english.contains(stem) else {
            return nil
        }
        return EverydayWords.english.contains(stem) ? nil : stem
    }

    private static func pair(_ key: UInt64) -> String {
        let scalars = [key >> 32, key & 0xFFFF_FFFF].compactMap { Unicode.Scalar(UInt32($0)) }
        return String(String.UnicodeScalarView(scalars))
    }
}
