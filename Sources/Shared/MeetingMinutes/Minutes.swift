package import LanguageModel
package import TimeZones

/// What a meeting came to. Every line cites the utterances it rests on.
package struct Minutes: Sendable, Equatable, Codable {
    /// How they were made, which the reader is told.
    package enum Source: Sendable, Equatable, Codable {
        /// By extraction: the lines are quotes.
        case offline
        /// By a model with this name.
        case model(String)
    }

    /// Why no model made them though there is one.
    package enum Absence: String, Sendable, Codable, CaseIterable {
        /// It could not be had.
        case failed
        /// It declined.
        case refused
        /// Nothing may be spent any more today.
        case budgetSpent
    }

    /// Something that was said, or a model's words for it.
    package struct Line: Sendable, Equatable, Codable {
        package var text: String
        /// Numbers of utterances, ascending, at least one.
        package var utterances: [Int]
        /// Words of one of these that show it.
        package var quote: String?
        /// What of it the transcript does not show.
        package var doubts: [GroundedFact.Doubt]

        package init(text: String, utterances: [Int], quote: String? = nil, doubts: [GroundedFact.Doubt] = []) {
            self.text = text
            self.utterances = utterances
            self.quote = quote
            self.doubts = doubts
        }
    }

    /// Something somebody is to do.
    package struct Action: Sendable, Equatable, Codable {
        package var line: Line
        /// Nil if nobody took it on in so many words.
        package var owner: String?
        /// In the words of the meeting, such as `下周三前`.
        package var due: String?
        /// The day that these mean, where the meeting's day is known.
        package var dueDay: CivilTime?

        package init(line: Line, owner: String?, due: String?, dueDay: CivilTime? = nil) {
            self.line = line
            self.owner = owner
            self.due = due
            self.dueDay = dueDay
        }
    }

    /// What was talked about for a while.
    package struct Topic: Sendable, Equatable, Codable {
        package var text: String
        /// Numbers of the utterances that show it, ascending, at least one.
        package var utterances: [Int]
        /// Seconds from the beginning at which it comes up first, where the transcript has times.
        package var start: Int?
        package var doubts: [GroundedFact.Doubt]

        package init(text: String, utterances: [Int], start: Int? = nil, doubts: [GroundedFact.Doubt] = []) {
            self.text = text
            self.utterances = utterances
            self.start = start
            self.doubts = doubts
        }

        /// A line as a topic of the transcript that it cites.
        package init(_ line: Line, of transcript: Transcript) {
            self.init(
                text: line.text,
                utterances: line.utterances,
                start: line.utterances.first.flatMap { transcript[$0]?.start },
                doubts: line.doubts
            )
        }

        /// From where to where it goes.
        package var range: ClosedRange<Int> {
            let first = utterances.first ?? 0
            return first...max(first, utterances.last ?? 0)
        }
    }

    /// Utterances that a model was to read and did not, so that extraction covered them.
    package struct Part: Sendable, Equatable, Codable {
        /// Numbers of utterances.
        package var first: Int
        package var last: Int
        package var reason: ChunkFacts.Reason

        package init(_ numbers: ClosedRange<Int>, _ reason: ChunkFacts.Reason) {
            first = numbers.lowerBound
            last = numbers.upperBound
            self.reason = reason
        }

        package var numbers: ClosedRange<Int> { first...max(first, last) }
    }

    /// How many facts of a kind are not in the minutes, and why.
    package struct Omission: Sendable, Equatable, Codable {
        package enum Reason: String, Sendable, Codable, CaseIterable {
            /// There are too many for minutes that one reads; these were the weakest.
            case tooMany
            /// A question that a later decision answers.
            case answered
        }

        package var kind: Fact.Kind
        package var reason: Reason
        package var count: Int

        package init(_ kind: Fact.Kind, _ reason: Reason, _ count: Int) {
            self.kind = kind
            self.reason = reason
            self.count = count
        }
    }

    package var source: Source
    package var language: WrittenLanguage
    package var title: String?
    package var summary: [Line]
    /// In the order in which they came up.
    package var topics: [Topic]
    package var decisions: [Line]
    package var actions: [Action]
    /// Asked and, as far as one can tell, not answered.
    package var questions: [Line]
    package var risks: [Line]
    /// Figures that somebody named.
    package var numbers: [Line]
    /// Parts that the model failed on and extraction covered.
    package var parts: [Part]
    package var omissions: [Omission]
    /// Whether the summary of minutes by a model is quotes, since it wrote none.
    package var isSummaryQuoted = false
    /// Of minutes by extraction: why no model made them; nil where none is set up.
    package var absence: Absence?
    /// How they are laid out; nil as those of any meeting.
    package var template: MinutesTemplate?

    package init(
        source: Source,
        language: WrittenLanguage,
        title: String? = nil,
        summary: [Line] = [],
        topics: [Topic] = [],
        decisions: [Line] = [],
        actions: [Action] = [],
        questions: [Line] = [],
        risks: [Line] = [],
        numbers: [Line] = [],
        parts: [Part] = [],
        omissions: [Omission] = []
    ) {
        self.source = source
        self.language = language
        self.title = title
        self.summary = summary
        self.topics = topics
        self.decisions = decisions
        self.actions = actions
        self.questions = questions
        self.risks = risks
        self.numbers = numbers
        self.parts = parts
        self.omissions = omissions
    }
}
