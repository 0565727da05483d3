import JSON
import LanguageModel

/// A text with places that are filled in: the part of Mustache that has `{{name}}` and nothing else, no sections, no
/// partials, no unescaped form.
///
/// A name is `previous`, `rule`, `date`, `time`, or a JSON pointer into the event. What is not there is filled with nothing.
package struct Template: Sendable, Equatable {
    enum Piece: Sendable, Equatable {
        case text(String)
        case place(Place)
    }

    enum Place: Sendable, Equatable {
        /// The result of the last step that had one.
        case previous
        case rule
        case date
        case time
        case event(JSONPointer)
    }

    /// What the places are filled with.
    struct Values {
        let event: JSONValue?
        let rule: String
        let date: String
        let time: String
        var previous = ""
    }

    /// How the text of an event stands in what is made of it.
    enum Escaping {
        /// As it is: where nothing gives it a meaning.
        case none
        /// With Markdown's marks escaped.
        case markdown
    }

    /// The longest text of an event that is filled in, in characters.
    static let maximumCharacters = 8_000

    let pieces: [Piece]

    /// - Throws: what is wrong with the text, for its author.
    package init(_ text: String) throws(TemplateProblem) {
        var pieces: [Piece] = []
        var rest = text[...]
        while let open = rest.firstRange(of: "{{") {
            if open.lowerBound > rest.startIndex { pieces.append(.text(String(rest[..<open.lowerBound]))) }
            guard let close = rest[open.upperBound...].firstRange(of: "}}") else {
                throw TemplateProblem(description: "has {{ without }}")
            }
            let name = rest[open.upperBound..<close.lowerBound].filter { !$0.isWhitespace }
            pieces.append(.place(try Self.place(named: name)))
            rest = rest[close.upperBound...]
        }
        if !rest.isEmpty { pieces.append(.text(String(rest))) }
        self.pieces = pieces
    }

    private static func place(named name: String) throws(TemplateProblem) -> Place {
        switch name {
        case "previous": return .previous
        case "rule": return .rule
        case "date": return .date
        case "time": return .time
        default:
            guard name.hasPrefix("/"), let pointer = JSONPointer(name) else {
                throw TemplateProblem(
                    description:
                        "has {{\(name)}}, expected previous, rule, date, time or a path into the event such as /event/name"
                )
            }
            return .event(pointer)
        }
    }

    /// Whether it says something of an event, which a schedule has not.
    var needsEvent: Bool {
        pieces.contains { if case .place(.event) = $0 { true } else { false } }
    }

    func filled(with values: Values, escaping: Escaping) -> String {
        pieces.map { piece in
            switch piece {
            case .text(let text): text
            // A model's answer is Markdown, and may be so; the chat makes no mention of what it writes.
            case .place(.previous): values.previous
            case .place(.rule): values.rule
            case .place(.date): values.date
            case .place(.time): values.time
            case .place(.event(let pointer)): Self.escaped(values.event.flatMap(pointer.value), escaping)
            }
        }.joined()
    }

    private static func escaped(_ value: JSONValue?, _ escaping: Escaping) -> String {
        guard let value else { return "" }
        let text = String(value.readable.prefix(maximumCharacters))
        return escaping == .markdown ? text.plainInMarkdown : text
    }
}

/// What is wrong with a template.
package struct TemplateProblem: Error, CustomStringConvertible {
    package let description: String
}
