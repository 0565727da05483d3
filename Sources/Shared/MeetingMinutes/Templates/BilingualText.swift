package import LanguageModel

/// Words in both languages that people read here.
package struct BilingualText: Sendable, Equatable, Codable {
    package var chinese: String
    package var english: String

    package init(_ chinese: String, _ english: String) {
        self.chinese = chinese
        self.english = english
    }

    package subscript(language: WrittenLanguage) -> String { language == .chinese ? chinese : english }
}
