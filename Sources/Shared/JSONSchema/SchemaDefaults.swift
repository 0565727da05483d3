import JSON

/// Adds the values that a schema has for members that are not there.
///
/// Those of schemas that hold always are added: what stands under `properties` and `items`, by `$ref` and `allOf` too.
struct SchemaDefaults {
    private let program: SchemaProgram
    private var steps: Int
    /// Schemas whose default is being filled in: it does not get itself inside of it.
    private var filling: Set<Int> = []

    init(_ program: SchemaProgram) {
        self.program = program
        steps = program.bounds.steps
    }

    /// The value with what was missing; where that would take more steps than there are, with some of it.
    mutating func filled(_ value: JSONValue, _ schemas: [Int] = [0]) -> JSONValue {
        let schemas = closure(of: schemas)
        guard steps >= 0, !schemas.isEmpty else { return value }
        switch value {
        case .object(let object): return .object(filled(object, schemas))
        case .array(let values):
            return .array(values.enumerated().map { index, value in filled(value, elements(schemas, index)) })
        default: return value
        }
    }

    private mutating func filled(_ object: JSONObject, _ schemas: [Int]) -> JSONObject {
        let known = members(schemas)
        var there: Set<String> = []
        var members: [(key: String, value: JSONValue)] = []
        for member in object.members {
            steps -= 1
            there.insert(member.key)
            members.append((member.key, known[member.key].map { filled(member.value, $0) } ?? member.value))
        }
        for name in known.keys.sorted() where !there.contains(name) {
            let schemas = closure(of: known[name] ?? [])
            guard let schema = schemas.first(where: { program.nodes[$0].defaultValue != nil && !filling.contains($0) }),
                let value = program.nodes[schema].defaultValue
            else { continue }
            steps -= value.weight
            guard steps >= 0 else { break }
            filling.insert(schema)
            members.append((name, filled(value, schemas)))
            filling.remove(schema)
        }
        return JSONObject(members)
    }

    /// These schemas and those that hold wherever they do, the nearest first.
    private mutating func closure(of schemas: [Int]) -> [Int] {
        var found = schemas
        var known = Set(schemas)
        var next = 0
        while next < found.count {
            steps -= 1 + program.nodes[found[next]].rules.count
            guard steps >= 0 else { break }
            found += program.besides(found[next], always: true).filter { known.insert($0).inserted }
            next += 1
        }
        return found
    }

    /// The schemas of each member that has a name in them.
    private mutating func members(_ schemas: [Int]) -> [String: [Int]] {
        var members: [String: [Int]] = [:]
        for schema in schemas {
            for case .members(let named, _, _) in program.nodes[schema].rules {
                steps -= named.count
                guard steps >= 0 else { return [:] }
                for (name, schema) in named { members[name, default: []].append(schema) }
            }
        }
        return members
    }

    private func elements(_ schemas: [Int], _ index: Int) -> [Int] {
        schemas.flatMap { schema in
            program.nodes[schema].rules.compactMap { rule in
                guard case .elements(let first, let others) = rule else { return nil }
                return index < first.count ? first[index] : others
            }
        }
    }
}
