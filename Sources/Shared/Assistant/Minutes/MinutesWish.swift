package import LanguageModel

/// How somebody who asks for minutes wants them.
package struct MinutesWish: Sendable, Equatable {
    /// In which language they are.
    package enum Language: Sendable, Equatable {
        /// In the transcript's.
        case transcript
        /// In the one that they named.
        case named(WrittenLanguage)
        /// In the one that they chose for the conversation.
        case own
    }

    /// The name of a template; nil for the chat's.
    package var template: String?
    package var language: Language

    package init(template: String? = nil, language: Language = .transcript) {
        self.template = template
        self.language = language
    }
}
