package import LanguageModel

/// What a meeting came to. Every line cites the utterances it rests on.
package struct Minutes: Sendable, Equatable {
    /// How they were made, which the reader is told.
    package enum Source: Sendable, Equatable {
        /// By extraction: the lines are quotes.
        case offline
        /// By a model with this name.
        case model(String)
    }

    /// Something that was said, or a model's words for it.
    package struct Line: Sendable, Equatable {
        package var text: String
        /// Numbers of utterances, ascending, at least one.
        package var utterances: [Int]

        package init(text: String, utterances: [Int]) {
            self.text = text
            self.utterances = utterances
        }
    }

    /// Something somebody is to do.
    package struct Action: Sendable, Equatable {
        package var line: Line
        /// Nil if nobody took it on in so many words.
        package var owner: String?
        /// In the words of the meeting, such as `下周三前`.
        package var due: String?

        package init(line: Line, owner: String?, due: String?) {
            self.line = line
            self.owner = owner
            self.due = due
        }
    }

    package var source: Source
    package var language: WrittenLanguage
    package var title: String?
    package var summary: [Line]
    /// Keywords with where they come up.
    package var topics: [Line]
    package var decisions: [Line]
    package var actions: [Action]
    /// Asked and, as far as one can tell, not answered.
    package var questions: [Line]
    /// Parts that the model failed on and extraction covered, as ranges of utterance numbers.
    package var extractedParts: [ClosedRange<Int>]

    package init(
        source: Source,
        language: WrittenLanguage,
        title: String? = nil,
        summary: [Line] = [],
        topics: [Line] = [],
        decisions: [Line] = [],
        actions: [Action] = [],
        questions: [Line] = [],
        extractedParts: [ClosedRange<Int>] = []
    ) {
        self.source = source
        self.language = language
        self.title = title
        self.summary = summary
        self.topics = topics
        self.decisions = decisions
        self.actions = actions
        self.questions = questions
        self.extractedParts = extractedParts
    }
}
