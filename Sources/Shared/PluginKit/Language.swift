/// A language in which people are answered.
public enum Language: String, Sendable, Hashable, CaseIterable {
    case chinese = "zh-CN"
    case english = "en"
}

/// A text in both languages.
public struct LocalizedText: Sendable, Hashable {
    /// The Chinese one.
    public let chinese: String
    /// The English one.
    public let english: String

    /// A text in both languages.
    ///
    /// - Parameters:
    ///   - chinese: The Chinese one.
    ///   - english: The English one.
    public init(chinese: String, english: String) {
        self.chinese = chinese
        self.english = english
    }

    /// The text in one language.
    public subscript(language: Language) -> String {
        switch language {
        case .chinese: chinese
        case .english: english
        }
    }
}
