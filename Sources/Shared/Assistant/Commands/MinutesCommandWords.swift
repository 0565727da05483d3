import LanguageModel
package import MeetingMinutes

/// What the words of a command for minutes mean: which template, which language.
package struct MinutesCommandWords: Sendable, Equatable {
    /// Those for the templates that come with the assistant.
    package static let builtIn = MinutesCommandWords(MinutesTemplates())

    /// What a line of such words comes to.
    struct Meaning: Equatable {
        var wish = MinutesWish()
        var asksForTemplates = false
        /// Whether minutes are named at all.
        fileprivate var isCommand = false
        fileprivate var language: MinutesWish.Language?
    }

    private enum Word: Sendable, Equatable {
        /// Minutes.
        case minutes
        case template(String)
        case language(MinutesWish.Language)
        /// The list of templates.
        case templates
        /// A word of asking.
        case please
    }

    private struct Entry: Sendable, Equatable {
        let text: String
        let word: Word
    }

    /// A line that is longer, in characters, is no command.
    private static let longestLine = 60

    /// Folded words and what they mean, the longest first.
    private let words: [Entry]

    /// - Parameter templates: Those that can be named.
    package init(_ templates: MinutesTemplates) {
        let names = templates.foldedNames.map { (text: Self.bare($0.words), word: Word.template($0.name)) }
            .filter { !$0.text.isEmpty }
        words = (Self.fixed + names).sorted { ($0.text.count, $1.text) > ($1.text.count, $0.text) }
            .map { Entry(text: $0.text, word: $0.word) }
    }

    /// What a line means where all of it means something, and it names minutes; nil otherwise.
    func meaning(of line: some StringProtocol) -> Meaning? {
        guard line.utf8.count <= Self.longestLine * 4, line.count <= Self.longestLine else { return nil }
        let folded = Self.bare(MinutesTemplates.folded(line))
        guard !folded.isEmpty, var meaning = read(folded[...], Meaning()), meaning.isCommand else { return nil }
        meaning.wish.language = meaning.language ?? .transcript
        return meaning
    }

    /// Without what stands between words.
    private static func bare(_ text: String) -> String { text.filter { !"/／（）()[]【】,，、的".contains($0) } }

    /// The meaning of words one behind the other. Where a longer word leads nowhere, a shorter one is tried.
    private func read(_ text: Substring, _ before: Meaning) -> Meaning? {
        if text.isEmpty { return before }
        for entry in words where text.hasPrefix(entry.text) {
            guard let next = Self.adding(entry.word, to: before),
                let meaning = read(text.dropFirst(entry.text.count), next)
            else { continue }
            return meaning
        }
        return nil
    }

    /// Nil where it was said before, and otherwise.
    private static func adding(_ word: Word, to meaning: Meaning) -> Meaning? {
        var meaning = meaning
        switch word {
        case .minutes:
            guard !meaning.isCommand else { return nil }
            meaning.isCommand = true
        case .template(let name):
            guard meaning.wish.template == nil else { return nil }
            meaning.wish.template = name
        case .language(let language):
            guard meaning.language == nil else { return nil }
            meaning.language = language
        case .templates:
            guard !meaning.asksForTemplates else { return nil }
            meaning.asksForTemplates = true
        case .please: break
        }
        return meaning
    }

    private static let fixed: [(text: String, word: Word)] =
        [
            ("minutes", .minutes), ("meetingminutes", .minutes), ("纪要", .minutes), ("会议纪要", .minutes),
            ("templates", .templates), ("template", .templates), ("模板", .templates), ("模板列表", .templates),
            ("请", .please), ("帮我", .please), ("整理", .please), ("生成", .please), ("写", .please), ("一份", .please),
            ("please", .please), ("write", .please), ("make", .please), ("the", .please),
            ("用我语言", .language(.own)), ("我语言", .language(.own)), ("inmylanguage", .language(.own)),
            ("mylanguage", .language(.own)),
        ] + languages

    private static let languages = [
        (WrittenLanguage.chinese, ["中文", "汉语", "chinese"]), (.english, ["英文", "英语", "english"]),
    ].flatMap { language, names in
        names.flatMap { ["\($0)", "\($0)版", "用\($0)", "in\($0)"] }
            .map { (text: $0, word: Word.language(.named(language))) }
    }
}
