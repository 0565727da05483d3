/// One thing that a meeting came to, as it was read out of the transcript: by a model, or by extraction.
///
/// Nothing in it is believed before it was held against the utterances that it cites.
package struct Fact: Sendable, Equatable, Codable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        case topic, decision, action, question, risk, number
    }

    package var kind: Kind
    /// In the language of the minutes.
    package var text: String
    /// Numbers of the utterances that it rests on, ascending, at least one.
    package var utterances: [Int]
    /// Words of one of these that show it.
    package var quote: String?
    /// Who is to do it, in the transcript's words.
    package var owner: String?
    /// When it is due, in the transcript's words.
    package var due: String?

    package init(
        kind: Kind,
        text: String,
        utterances: [Int],
        quote: String? = nil,
        owner: String? = nil,
        due: String? = nil
    ) {
        self.kind = kind
        self.text = text
        self.utterances = utterances
        self.quote = quote
        self.owner = owner
        self.due = due
    }
}
