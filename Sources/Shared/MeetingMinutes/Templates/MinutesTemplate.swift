/// How the minutes of a kind of meeting look: which sections there are, and what a model is told to look for.
///
/// Facts are the same six kinds in every meeting. A template says what these are in its own, such as that what somebody has
/// done is the topic of a stand-up, and where they are shown.
package struct MinutesTemplate: Sendable, Equatable, Codable {
    /// What is shown together, under a heading.
    package struct Section: Sendable, Equatable, Codable {
        package var heading: BilingualText
        /// In the order in which they are shown.
        package var parts: [Part]
        /// Whether it goes person by person: whose task it is, else who speaks.
        package var isByPerson = false
        /// What stands there where there is nothing; nil leaves the section out.
        package var otherwise: BilingualText?

        package init(
            _ heading: BilingualText,
            _ parts: [Part],
            isByPerson: Bool = false,
            otherwise: BilingualText? = nil
        ) {
            self.heading = heading
            self.parts = parts
            self.isByPerson = isByPerson
            self.otherwise = otherwise
        }
    }

    /// The lines of one kind within a section.
    package struct Part: Sendable, Equatable, Codable {
        package var kind: MinutesSection.Kind
        /// What stands before each.
        package var label: BilingualText?

        package init(_ kind: MinutesSection.Kind, _ label: BilingualText? = nil) {
            self.kind = kind
            self.label = label
        }
    }

    /// What is taken for a topic where there is no model that could be told.
    package enum TopicForm: String, Sendable, Codable {
        /// A stretch of talk.
        case stretches
        /// What a person says.
        case people
        /// A question with its answer.
        case answers
    }

    /// What a request and a configuration call it: small letters, digits, `-`.
    package let name: String
    /// What people call it.
    package let title: BilingualText
    /// What else they call it; case, blanks and hyphens do not matter.
    package let aliases: [String]
    /// What stands before the names of those who were there.
    package let people: BilingualText
    package let sections: [Section]
    package let topicForm: TopicForm
    /// What the kinds of facts are in such a meeting: told to a model with every chunk.
    package let factGuidance: String
    /// What its summary is to say.
    package let summaryGuidance: String
    /// The most lines of each kind, where that is fewer than minutes have anyway.
    package let mostLines: Int?

    /// What either guidance may cost, by `TokenEstimate`: the first comes with every chunk, within the allowance that
    /// `TokenAccount` states.
    package static let mostGuidanceTokens = 100

    package init(
        name: String,
        title: BilingualText,
        aliases: [String] = [],
        people: BilingualText = BilingualText("参会人", "People"),
        sections: [Section],
        topicForm: TopicForm = .stretches,
        factGuidance: String = "",
        summaryGuidance: String = "",
        mostLines: Int? = nil
    ) {
        self.name = name
        self.title = title
        self.aliases = aliases
        self.people = people
        self.sections = sections
        self.topicForm = topicForm
        self.factGuidance = factGuidance
        self.summaryGuidance = summaryGuidance
        self.mostLines = mostLines
    }

    /// How many lines of each kind minutes keep by it.
    ///
    /// - Parameter limits: How many they keep anyway.
    /// - Returns: No more than these.
    package func limits(within limits: Merging.Limits = Merging.Limits()) -> Merging.Limits {
        guard let mostLines else { return limits }
        var limits = limits
        limits.topics = min(limits.topics, mostLines)
        limits.decisions = min(limits.decisions, mostLines)
        limits.actions = min(limits.actions, mostLines)
        limits.questions = min(limits.questions, mostLines)
        limits.risks = min(limits.risks, mostLines)
        limits.numbers = min(limits.numbers, mostLines)
        return limits
    }

    /// What it is called before the title of a meeting: `站会纪要`, `Stand-up minutes`.
    package var heading: BilingualText {
        self == .standard
            ? BilingualText("会议纪要", "Minutes") : BilingualText("\(title.chinese)纪要", "\(title.english) minutes")
    }
}
