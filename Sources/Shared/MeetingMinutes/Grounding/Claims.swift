import TimePhrases
import TimeZones

/// What a fact says, held against its evidence.
struct Claims {
    let evidence: Evidence
    let people: People
    /// The day of the meeting, if it is known.
    let today: CivilTime?
    /// Seen from where days are counted: the meeting's day, or any where it is not known.
    private let origin: CivilTime
    private let numbers: [SpokenNumber]
    private let days: [DayPhrase]

    /// A text, with what in it is to be shown.
    struct Text {
        let words: PhraseScanner
        let phrases: [DayPhrase]
        let figures: [SpokenNumber]

        init(_ text: String, seenFrom today: CivilTime?) {
            words = PhraseScanner(text, joinsDigits: true)
            phrases = DayPhrase.all(in: words, seenFrom: today ?? Claims.anyDay)
            figures = NumberReader.numbers(in: words)
        }
    }

    /// Where nobody knows when the meeting was.
    private static let anyDay = CivilTime(year: 2024, month: 5, day: 15)

    /// - Parameters:
    ///   - evidence: What is cited.
    ///   - people: Who was there.
    ///   - today: The day of the meeting, if it is known.
    ///   - hasFigures: Whether numbers are asked for; else those of the evidence are not read.
    ///   - hasDays: As `hasFigures`, of days.
    init(evidence: Evidence, people: People, today: CivilTime?, hasFigures: Bool = true, hasDays: Bool = true) {
        self.evidence = evidence
        self.people = people
        self.today = today
        origin = today ?? Self.anyDay
        numbers = hasFigures ? evidence.numbers : []
        days = hasDays ? evidence.days(seenFrom: origin) : []
    }

    /// What is not shown of a text.
    struct Doubts {
        var found: Set<GroundedFact.Doubt> = []
        /// Whether the text has figures and none of them is shown.
        var isEmptied = false
    }

    // MARK: Text

    func doubts(about said: Text) -> Doubts {
        let (text, phrases, figures) = (said.words, said.phrases, said.figures)
        var doubts = Doubts()
        var (shown, missing) = (0, 0)
        func note(_ isShown: Bool, _ doubt: GroundedFact.Doubt) {
            if isShown { shown += 1 } else { missing += 1 }
            if !isShown { doubts.found.insert(doubt) }
        }
        let named = isTranslated(text) ? [] : EnglishNames(text).ranges + ChineseNames(text).ranges
        let names = named.filter { name in !phrases.contains { $0.range.overlaps(name) } }
        for name in names where !isNamed(text, name) { doubts.found.insert(.name) }
        for phrase in phrases {
            let inside = figures.filter { phrase.range.contains($0.range.lowerBound) }
            note(isShown(phrase, text, inside), .date)
        }
        for figure in figures where figure.isClaim && !isListNumber(figure, text) {
            guard !names.contains(where: { $0.overlaps(figure.range) }),
                !phrases.contains(where: { $0.range.overlaps(figure.range) })
            else { continue }
            note(isShown(figure, text), .number)
        }
        doubts.isEmptied = missing > 0 && shown == 0
        return doubts
    }

    /// Whether the text is in another language than the talk, where names are spelled otherwise.
    private func isTranslated(_ text: PhraseScanner) -> Bool {
        let saysHan = evidence.text.characters.contains { $0.isHan }
        if text.characters.contains(where: { $0.isHan }) { return !saysHan }
        // Three words of English in a row are a sentence, one or two are a product.
        return saysHan && text.characters.split { !$0.isLatin && !$0.isDigit }.count > 2
    }

    private func isShown(_ figure: SpokenNumber, _ text: PhraseScanner) -> Bool {
        numbers.contains { $0.says(figure) } || figure.unit == nil && evidence.says(text.characters[figure.range])
    }

    private func isShown(_ phrase: DayPhrase, _ text: PhraseScanner, _ figures: [SpokenNumber]) -> Bool {
        if evidence.says(text.characters[phrase.range]) { return true }
        if days.contains(where: { $0.shows(phrase, isDated: today != nil) }) { return true }
        // All know the day and the year of the meeting; `by Friday` said of that day is something else.
        if let today, let span = phrase.span, phrase.minute == nil, phrase.weekday == nil, phrase.dayOfMonth == nil,
            phrase.anchor != .length, span.days.count == 1 || span.days.count > 300,
            span.days.contains(today.daysSince1970)
        {
            return true
        }
        // Day and time may be said apart.
        if phrase.minute != nil, phrase.span != nil {
            return days.contains { $0.showsDay(of: phrase, today != nil) }
                && days.contains { $0.showsMinute(of: phrase) }
        }
        // `三点` are points, `三天内` is three days, `2026年` the number alone.
        let isLoose = phrase.isBareHour || phrase.anchor == .length || (phrase.span?.days.count ?? 0) > 300
        return isLoose && !figures.isEmpty && figures.allSatisfy { isShown($0, text) }
    }

    /// `1.`, `2、`, `(3)` before an item, and `#12`.
    private func isListNumber(_ figure: SpokenNumber, _ text: PhraseScanner) -> Bool {
        guard figure.form == .digits else { return false }
        let (start, end) = (figure.range.lowerBound, figure.range.upperBound)
        let before = start > 0 ? text.characters[start - 1] : nil
        let after = end < text.characters.count ? text.characters[end] : nil
        if before == "#" { return true }
        if before == nil, after == "." || after == "、" || after == ")" || after == ":" { return true }
        return before == "(" && after == ")"
    }

    /// The quote, if a cited utterance holds it; `…` stands for words left out.
    func quote(_ words: String) -> String? {
        let pieces = words.replacing("...", with: "…").split(separator: "…").map(String.init).filter {
            !$0.compacted.isEmpty
        }
        return !pieces.isEmpty && pieces.allSatisfy { evidence.says($0, whole: false) } ? words : nil
    }

    // MARK: Names

    private func isNamed(_ text: PhraseScanner, _ range: Range<Int>) -> Bool {
        if evidence.says(text.characters[range]) { return true }
        let words = text.text(range)
        if people.person(called: words) != nil { return true }
        // Each part of `Ann Lee` may be said, or be somebody's.
        let parts = words.split(separator: " ").map(String.init)
        return parts.count > 1 && parts.allSatisfy { evidence.says($0) || people.person(called: $0) != nil }
    }

    /// Who is to do something, as the transcript has the names, and whether all who were given are shown.
    func owner(_ words: String) -> (name: String?, isWhole: Bool) {
        if let name = people.person(called: words) { return (name, true) }
        let separators: Set<Character> = ["、", "，", ",", "/", "＋", "+", "&", ";", "；"]
        var parts = words.split(whereSeparator: separators.contains).map(String.init)
        parts = parts.flatMap { $0.split(separator: " and ").map(String.init) }
        if parts.count == 1 {
            if let name = person(words) { return (name, true) }
            parts = words.split { "和与及跟".contains($0) }.map(String.init)
        }
        guard parts.count > 1 else { return (nil, false) }
        let found = parts.compactMap { person(Self.trimmed($0)) }
        let separator = words.unicodeScalars.contains { $0.isHan } ? "、" : ", "
        return (found.isEmpty ? nil : found.joined(separator: separator), found.count == parts.count)
    }

    private func person(_ words: String) -> String? {
        let lower = words.lowercased()
        if ["我", "本人", "i", "me", "myself"].contains(lower) {
            let speakers = Set(evidence.utterances.compactMap(\.speaker))
            return speakers.count == 1 ? speakers.first : nil
        }
        if let person = people.person(called: words) { return person }
        let compact = words.compacted
        guard compact.count > 1, !Self.noOwners.contains(lower), evidence.says(words) else { return nil }
        return words
    }

    private static func trimmed(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    private static let noOwners: Set = [
        "the", "it", "he", "she", "you", "they", "this", "that", "to", "of", "in", "on", "at", "be", "is", "do", "so",
        "we", "us",
        "你们", "他们", "她们", "它们", "这个", "那个", "什么", "谁来", "没有",
    ]

    // MARK: When it is due

    /// The words that stay, in the transcript's form where another was given, the day that they mean, and whether all that was
    /// given is shown.
    func due(_ words: String) -> (words: String?, day: CivilTime?, isWhole: Bool) {
        let text = PhraseScanner(words, joinsDigits: true)
        let phrases = DayPhrase.all(in: text, seenFrom: origin)
        if evidence.says(words) { return (words, day(phrases), true) }
        guard let phrase = phrases.first(where: { $0.span != nil }) else {
            // `before launch`, `10:30`: only as it was said.
            let isTime = phrases.contains { isShown($0, text, []) }
            return isTime ? (words, nil, true) : (nil, nil, false)
        }
        let inside = NumberReader.numbers(in: text).filter { phrase.range.contains($0.range.lowerBound) }
        if evidence.says(text.characters[phrase.range]) {
            // The day was said, the words around it are the fact's own.
            return (text.text(phrase.range), day([phrase]), true)
        }
        guard let said = days.first(where: { $0.showsDay(of: phrase, today != nil) }) else {
            guard phrase.anchor == .length, !inside.isEmpty, inside.allSatisfy({ isShown($0, text) }) else {
                return (nil, nil, false)
            }
            return (words, day([phrase]), true)
        }
        let isWhole = phrase.minute == nil || days.contains { $0.showsMinute(of: phrase) }
        return (evidence.text.text(said.range), day([said]), isWhole)
    }

    private func day(_ phrases: [DayPhrase]) -> CivilTime? {
        guard let phrase = phrases.first(where: { $0.span != nil }) else { return nil }
        guard let today else { return phrase.isDate ? phrase.dueDay(seenFrom: origin) : nil }
        return phrase.dueDay(seenFrom: today)
    }
}
