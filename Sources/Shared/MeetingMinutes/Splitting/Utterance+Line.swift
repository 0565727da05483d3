import LanguageModel

extension Utterance {
    /// As a model reads it: `#12 Bob: words`. One line, as the parser leaves no line breaks in words.
    package var line: String { "#\(number) \(speaker ?? "?"): \(text)" }

    /// What its line costs a model, with the line break, by `TokenEstimate`. Lines that are joined cost no more than their
    /// sum.
    package var lineTokens: Int { TokenEstimate.tokens(in: line) + 1 }
}
