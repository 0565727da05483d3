import JSON
import Patterns

/// Reads what a schema says by itself, without other schemas.
struct SchemaReader {
    /// The version that we know, where a schema says which one it is of.
    private static let dialect = "https://json-schema.org/draft/2020-12/schema"
    static let countExpectation = "expected an integer, 0 or more"

    private let place: SchemaPlace
    private let object: JSONObject
    private(set) var rules: [SchemaRule] = []
    private(set) var isSecret = false
    private(set) var problems: [SchemaProblem] = []

    init(_ place: SchemaPlace, _ object: JSONObject) {
        self.place = place
        self.object = object
    }

    mutating func read() {
        if let value = object["$schema"], value.string.map({ URIReference($0).document }) != Self.dialect {
            note("$schema", "expected \(Self.dialect), the version that is known here")
        }
        types()
        values()
        numbers()
        texts()
        if let value = object["uniqueItems"] { if flag(value, "uniqueItems") { rules.append(.unique) } }
        if let value = object["required"], let names = names(value, "required") { rules.append(.required(names)) }
        dependencies()
        if let value = object["writeOnly"], flag(value, "writeOnly") { isSecret = true }
    }

    /// A count as it may be written: 2.0 is 2. Nil for what is none.
    static func count(_ value: JSONValue) -> Int? {
        guard case .integer(let integer) = SchemaNumber(value), integer >= 0 else { return nil }
        return Int(exactly: integer)
    }

    private mutating func types() {
        guard let value = object["type"] else { return }
        let names = value.array ?? [value]
        let types = names.compactMap { $0.string.flatMap { SchemaType(rawValue: $0) } }
        guard types.count == names.count, !types.isEmpty else {
            let known = SchemaType.allCases.map(\.rawValue).joined(separator: ", ")
            return note("type", "expected one of \(known), or a list of them")
        }
        rules.append(.types(types))
    }

    private mutating func values() {
        if let value = object["const"] {
            rules.append(.values([value.comparable], shown: [value], keyword: "const"))
        }
        guard let value = object["enum"] else { return }
        guard let values = value.array else { return note("enum", "expected a list of values") }
        rules.append(.values(Set(values.map(\.comparable)), shown: values, keyword: "enum"))
    }

    private mutating func numbers() {
        for limit in SchemaLimit.allCases {
            guard let value = object[limit.rawValue] else { continue }
            guard let number = SchemaNumber(value) else {
                note(limit.rawValue, "expected a number")
                continue
            }
            rules.append(.limit(limit, number))
        }
        if let value = object["multipleOf"] {
            if let number = SchemaNumber(value), number.isPositive {
                rules.append(.multiple(of: number))
            } else {
                note("multipleOf", "expected a number above 0")
            }
        }
        for bound in SchemaCount.allCases {
            guard let value = object[bound.rawValue] else { continue }
            guard let count = Self.count(value) else {
                note(bound.rawValue, Self.countExpectation)
                continue
            }
            rules.append(.count(bound, count))
        }
    }

    private mutating func texts() {
        if let value = object["pattern"] {
            do throws(PatternError) {
                if let text = value.string {
                    rules.append(.pattern(try Pattern(text)))
                } else {
                    note("pattern", "expected a regular expression")
                }
            } catch {
                note("pattern", "expected a regular expression; this one \(error)")
            }
        }
        guard let value = object["format"] else { return }
        guard let name = value.string else { return note("format", "expected the name of a format") }
        if name == "password" { isSecret = true }
        // Others only tell people what is meant.
        if let format = SchemaFormat(rawValue: name) { rules.append(.format(format)) }
    }

    private mutating func dependencies() {
        guard let value = object["dependentRequired"] else { return }
        guard let members = value.object?.members else {
            return note("dependentRequired", "expected an object of lists of names")
        }
        rules.append(
            .dependentRequired(
                members.compactMap { member in
                    names(member.value, "dependentRequired").map { (name: member.key, needs: $0) }
                }
            )
        )
    }

    private mutating func names(_ value: JSONValue, _ keyword: String) -> [String]? {
        let names = value.array?.compactMap(\.string)
        guard let names, names.count == value.array?.count, Set(names).count == names.count else {
            note(keyword, "expected a list of names, each once")
            return nil
        }
        return names
    }

    private mutating func flag(_ value: JSONValue, _ keyword: String) -> Bool {
        if value.bool == nil { note(keyword, "expected true or false") }
        return value.bool == true
    }

    private mutating func note(_ keyword: String, _ explanation: String) {
        let pointer = place.pointer.appending(keyword).description
        problems.append(SchemaProblem(pointer: pointer, keyword: keyword, explanation: explanation))
    }
}
