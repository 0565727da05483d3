/// A section of minutes as a template lays them out: what a renderer draws, line by line.
package struct MinutesSection: Sendable, Equatable {
    /// What a line is: one of the kinds of facts, or a line of the summary.
    package enum Kind: String, Sendable, Codable, CaseIterable {
        case summary, topic, decision, action, question, risk, number
    }

    /// What a line says.
    package enum Content: Sendable, Equatable {
        case line(Minutes.Line)
        case topic(Minutes.Topic)
        case action(Minutes.Action)
    }

    /// One line.
    package struct Line: Sendable, Equatable {
        package let kind: Kind
        /// Its place among the minutes' lines of this kind, from 0: what the task of an action item goes by.
        package let place: Int
        package let content: Content
        /// What stands before it, such as `受阻`.
        package let label: String?

        package init(_ kind: Kind, at place: Int, _ content: Content, label: String? = nil) {
            self.kind = kind
            self.place = place
            self.content = content
            self.label = label
        }

        /// Numbers of the utterances that show it.
        package var utterances: [Int] {
            switch content {
            case .line(let line): line.utterances
            case .topic(let topic): topic.utterances
            case .action(let action): action.line.utterances
            }
        }
    }

    /// Lines that belong together.
    package struct Group: Sendable, Equatable {
        /// Whose they are, where the section goes person by person.
        package let person: String?
        package let lines: [Line]

        package init(person: String? = nil, lines: [Line]) {
            self.person = person
            self.lines = lines
        }
    }

    package let heading: String
    /// One without a person where the section does not go by people.
    package let groups: [Group]
    /// What is said below the lines, or in their place: how they came to be, or that there are none.
    package let note: String?

    package init(heading: String, groups: [Group], note: String? = nil) {
        self.heading = heading
        self.groups = groups
        self.note = note
    }

    package var lines: [Line] { groups.flatMap(\.lines) }
}
