import JSON
import Patterns

/// Finds what a schema calls secret in a value. Where schemas differ by case, what one of them calls secret is one.
struct SchemaSecrets {
    private let program: SchemaProgram
    private var steps: Int
    private var path = JSONPointer()
    private(set) var found: [(pointer: JSONPointer, value: JSONValue)] = []
    /// Whether there was too much to look at: then all of the value has to count as secret.
    var isSpent: Bool { steps < 0 }

    init(_ program: SchemaProgram) {
        self.program = program
        steps = program.bounds.steps
    }

    /// A value without its secrets, which `found` then has.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - schemas: The schemas that describe it.
    ///   - mask: What stands for each secret; where it is nil, members are left out and elements become null.
    /// - Returns: What is left, nil where the value itself is secret and has no mask.
    mutating func cleared(_ value: JSONValue, _ schemas: [Int] = [0], mask: JSONValue?) -> JSONValue? {
        let schemas = closure(of: schemas)
        guard !isSpent else { return mask }
        if schemas.contains(where: { program.nodes[$0].isSecret }) {
            found.append((path, value))
            return mask
        }
        switch value {
        case .object(let object):
            var members: [(key: String, value: JSONValue)] = []
            for member in object.members {
                let cleared = inside(member.key) {
                    $0.cleared(member.value, $0.members(schemas, member.key), mask: mask)
                }
                if let cleared { members.append((member.key, cleared)) }
            }
            return .object(JSONObject(members))
        case .array(let values):
            return .array(
                values.enumerated().map { index, value in
                    inside("\(index)") { $0.cleared(value, $0.elements(schemas, index), mask: mask) } ?? .null
                }
            )
        default: return value
        }
    }

    private mutating func inside<Result>(_ token: String, _ body: (inout Self) -> Result) -> Result {
        path.tokens.append(token)
        defer { path.tokens.removeLast() }
        return body(&self)
    }

    /// These schemas and all that may hold for the same value beside them.
    private mutating func closure(of schemas: [Int]) -> [Int] {
        var found = Set(schemas)
        var open = schemas
        while let next = open.popLast() {
            let more = program.besides(next, always: false)
            steps -= 1 + more.count + program.nodes[next].rules.count
            guard steps >= 0 else { break }
            for schema in more where found.insert(schema).inserted { open.append(schema) }
        }
        return found.sorted()
    }

    private mutating func members(_ schemas: [Int], _ name: String) -> [Int] {
        var found: [Int] = []
        for schema in schemas {
            for rule in program.nodes[schema].rules {
                steps -= 1
                switch rule {
                case .members(let named, let matching, let others):
                    var here = named[name].map { [$0] } ?? []
                    for (pattern, schema) in matching where pattern.matches(name, budget: &steps) {
                        here.append(schema)
                    }
                    if here.isEmpty, let others { here = [others] }
                    found += here
                case .unevaluatedMembers(let schema): found.append(schema)
                default: continue
                }
            }
        }
        return found
    }

    private mutating func elements(_ schemas: [Int], _ index: Int) -> [Int] {
        var found: [Int] = []
        for schema in schemas {
            for rule in program.nodes[schema].rules {
                steps -= 1
                switch rule {
                case .elements(let first, let others):
                    if let schema = index < first.count ? first[index] : others { found.append(schema) }
                case .contains(let schema, _, _), .unevaluatedElements(let schema): found.append(schema)
                default: continue
                }
            }
        }
        return found
    }
}
