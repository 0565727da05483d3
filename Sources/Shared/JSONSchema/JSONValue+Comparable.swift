import JSON

extension JSONValue {
    /// The value in the form in which schemas compare values: 1.0 as 1, members in the order of their names.
    var comparable: JSONValue {
        switch self {
        case .double, .number: return SchemaNumber(self)?.value ?? self
        case .array(let values): return .array(values.map(\.comparable))
        case .object(let object):
            var members: [String: JSONValue] = [:]
            for member in object.members { members[member.key] = member.value.comparable }
            return .object(JSONObject(members.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) }))
        default: return self
        }
    }

    /// How many values it is made of, text counted by its length.
    var weight: Int {
        switch self {
        case .string(let text): 1 + text.utf8.count / 64
        case .array(let values): values.reduce(1) { $0 + $1.weight }
        case .object(let object): object.members.reduce(1) { $0 + 1 + $1.key.utf8.count / 64 + $1.value.weight }
        default: 1
        }
    }
}
