import JSON
import Patterns

extension SchemaRun {
    /// Whether a value is as a rule wants it that goes by other schemas.
    mutating func followsOthers(_ rule: SchemaRule, _ value: JSONValue, _ seen: inout SchemaCoverage) -> Bool {
        switch rule {
        case .reference(let target): return holds(target, value, &seen)
        case .dynamicReference(let name, let fallback):
            let anchors = program.dynamicAnchors[name] ?? [:]
            return holds(scope.lazy.compactMap { anchors[$0] }.first ?? fallback, value, &seen)
        case .all(let schemas):
            return schemas.reduce(true) { holds($1, value, &seen) && $0 }
        case .any(let schemas): return matches(schemas, value, &seen) > 0 || fail("anyOf", Self.none(schemas.count))
        case .one(let schemas): return matchesOne(schemas, value, &seen)
        case .none(let schema):
            var unseen = SchemaCoverage()
            return !would(schema, value, &unseen) && steps >= 0 || fail("not", "is what is not allowed")
        case .condition(let condition, let then, let otherwise):
            guard let next = would(condition, value, &seen) ? then : otherwise else { return true }
            return holds(next, value, &seen)
        case .dependent(let schemas):
            guard let object = value.object else { return true }
            return schemas.reduce(true) { doesHold, entry in
                guard spend(object.count) else { return false }
                return (object[entry.name] == nil || holds(entry.schema, value, &seen)) && doesHold
            }
        case .members(let named, let matching, let others):
            return members(of: value, named: named, matching: matching, others: others, &seen)
        case .names(let schema): return areNames(value, schema)
        case .elements(let first, let others): return elements(of: value, first: first, others: others, &seen)
        case .contains(let schema, let least, let most): return contains(value, schema, least, most, &seen)
        case .unevaluatedMembers(let schema):
            var doesHold = true
            for member in value.object?.members ?? [] where !seen.members.contains(member.key) {
                if !inside(member.key, schema, member.value) { doesHold = false }
            }
            for member in value.object?.members ?? [] { seen.insert(member: member.key) }
            return doesHold
        case .unevaluatedElements(let schema):
            var doesHold = true
            for (index, element) in (value.array ?? []).enumerated() where !seen.contains(element: index) {
                if !inside(String(index), schema, element) { doesHold = false }
            }
            seen.insert(first: value.array?.count ?? 0)
            return doesHold
        default: return true
        }
    }

    private static func none(_ count: Int) -> String { "is none of the \(count) things that are allowed" }

    /// How many of some schemas hold; where it makes no difference, no more are asked than there have to be.
    private mutating func matches(
        _ schemas: [Int],
        _ value: JSONValue,
        _ seen: inout SchemaCoverage,
        enough: Int = 1
    ) -> Int {
        var count = 0
        for schema in schemas where count < enough || program.tracksEvaluated {
            if would(schema, value, &seen) { count += 1 }
        }
        return count
    }

    private mutating func matchesOne(_ schemas: [Int], _ value: JSONValue, _ seen: inout SchemaCoverage) -> Bool {
        switch matches(schemas, value, &seen, enough: 2) {
        case 0: fail("oneOf", Self.none(schemas.count))
        case 1: true
        default: fail("oneOf", "is more than one of the \(schemas.count) things that are allowed")
        }
    }

    private mutating func members(
        of value: JSONValue,
        named: [String: Int],
        matching: [(pattern: Pattern, schema: Int)],
        others: Int?,
        _ seen: inout SchemaCoverage
    ) -> Bool {
        var doesHold = true
        for member in value.object?.members ?? [] {
            guard spend(1), !isOver else { return false }
            var schemas = named[member.key].map { [$0] } ?? []
            for (pattern, schema) in matching where pattern.matches(member.key, budget: &steps) {
                schemas.append(schema)
            }
            if schemas.isEmpty, let others { schemas = [others] }
            for schema in schemas where !inside(member.key, schema, member.value) { doesHold = false }
            if !schemas.isEmpty, program.tracksEvaluated { seen.insert(member: member.key) }
        }
        return doesHold
    }

    /// Whether the names of all members are as a schema wants them.
    private mutating func areNames(_ value: JSONValue, _ schema: Int) -> Bool {
        var doesHold = true
        for member in value.object?.members ?? [] {
            var unseen = SchemaCoverage()
            guard !isOver else { return false }
            if would(schema, .string(member.key), &unseen) { continue }
            path.append(member.key)
            doesHold = fail("propertyNames", "has a name that is not allowed")
            path.removeLast()
        }
        return doesHold
    }

    private mutating func elements(
        of value: JSONValue,
        first: [Int],
        others: Int?,
        _ seen: inout SchemaCoverage
    ) -> Bool {
        guard let elements = value.array else { return true }
        var doesHold = true
        for (index, element) in elements.enumerated() {
            guard let schema = index < first.count ? first[index] : others else { break }
            guard !isOver else { return false }
            if !inside(String(index), schema, element) { doesHold = false }
        }
        seen.insert(first: others == nil ? min(first.count, elements.count) : elements.count)
        return doesHold
    }

    private mutating func contains(
        _ value: JSONValue,
        _ schema: Int,
        _ least: Int,
        _ most: Int?,
        _ seen: inout SchemaCoverage
    ) -> Bool {
        guard let elements = value.array else { return true }
        var count = 0
        trials += 1
        for (index, element) in elements.enumerated() where inside(String(index), schema, element) {
            count += 1
            if program.tracksEvaluated { seen.insert(element: index) }
        }
        trials -= 1
        if count < least {
            let keyword = least == 1 ? "contains" : "minContains"
            return fail(keyword, "expected at least \(least) elements of the kind that is wanted, not \(count)")
        }
        if let most, count > most {
            return fail("maxContains", "expected at most \(most) elements of the kind that is wanted, not \(count)")
        }
        return true
    }
}
