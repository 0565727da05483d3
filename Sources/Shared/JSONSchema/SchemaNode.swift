import JSON
import Patterns

/// A schema as it is held against values: what it refers to are numbers of other ones.
struct SchemaNode: Sendable {
    /// The keyword under which it stands.
    let keyword: String
    /// Which resource it belongs to.
    let resource: Int
    /// What `true` and `false` say, for one that is nothing else.
    var verdict: Bool?
    /// In the order in which they are asked: those that ask what others have seen come last.
    var rules: [SchemaRule] = []
    /// Whether what it describes is a secret: `writeOnly`, or `format: password`.
    var isSecret = false
    var defaultValue: JSONValue?
}

/// One thing that a schema says.
enum SchemaRule: Sendable {
    case types([SchemaType])
    /// The values that are allowed, as they are compared, and as they are shown.
    case values(Set<JSONValue>, shown: [JSONValue], keyword: String)
    case limit(SchemaLimit, SchemaNumber)
    case multiple(of: SchemaNumber)
    case count(SchemaCount, Int)
    case pattern(Pattern)
    case format(SchemaFormat)
    case unique
    case required([String])
    case dependentRequired([(name: String, needs: [String])])

    case reference(Int)
    /// To the outermost schema of the name on the way, and the one that stands for it where there is none.
    case dynamicReference(name: String, otherwise: Int)
    case all([Int])
    case any([Int])
    case one([Int])
    case none(Int)
    case condition(Int, then: Int?, otherwise: Int?)
    case dependent([(name: String, schema: Int)])
    case members(named: [String: Int], matching: [(pattern: Pattern, schema: Int)], others: Int?)
    case names(Int)
    case elements(first: [Int], others: Int?)
    case contains(Int, least: Int, most: Int?)
    case unevaluatedMembers(Int)
    case unevaluatedElements(Int)

    /// Whether it asks what other rules have seen.
    var comesLast: Bool {
        switch self {
        case .unevaluatedMembers, .unevaluatedElements: true
        default: false
        }
    }
}

/// What bounds a number.
enum SchemaLimit: String, Sendable, CaseIterable {
    case minimum, maximum, exclusiveMinimum, exclusiveMaximum

    func allows(_ number: SchemaNumber, _ limit: SchemaNumber) -> Bool {
        switch self {
        case .minimum: number >= limit
        case .maximum: number <= limit
        case .exclusiveMinimum: number > limit
        case .exclusiveMaximum: number < limit
        }
    }

    /// To stand before the limit.
    var words: String {
        switch self {
        case .minimum: "at least"
        case .maximum: "at most"
        case .exclusiveMinimum: "more than"
        case .exclusiveMaximum: "less than"
        }
    }
}

/// What bounds a length.
enum SchemaCount: String, Sendable, CaseIterable {
    case minLength, maxLength, minItems, maxItems, minProperties, maxProperties

    var isLeast: Bool { self == .minLength || self == .minItems || self == .minProperties }

    /// What is counted.
    var words: String {
        switch self {
        case .minLength, .maxLength: "characters"
        case .minItems, .maxItems: "elements"
        case .minProperties, .maxProperties: "members"
        }
    }

    /// How many a value has; nil where it is of another type.
    func count(of value: JSONValue) -> Int? {
        switch (self, value) {
        case (.minLength, .string(let text)), (.maxLength, .string(let text)): text.unicodeScalars.count
        case (.minItems, .array(let values)), (.maxItems, .array(let values)): values.count
        case (.minProperties, .object(let object)), (.maxProperties, .object(let object)): object.count
        default: nil
        }
    }
}
