import JSON
import Patterns

extension SchemaCompiler {
    /// What a schema says by other schemas.
    mutating func applicators(_ place: SchemaPlace, _ object: JSONObject) -> [SchemaRule] {
        var rules: [SchemaRule?] = []
        // What nothing refers to has to be right all the same.
        for keyword in ["$defs", "definitions"] { _ = map(place, keyword) }
        if object["$ref"] != nil {
            rules.append(target(of: place, keyword: "$ref").map { .reference(number(of: $0.place, keyword: "$ref")) })
        }
        if object["$dynamicRef"] != nil { rules.append(dynamicReference(place)) }
        rules.append(list(place, "allOf").map { .all($0) })
        rules.append(list(place, "anyOf").map { .any($0) })
        rules.append(list(place, "oneOf").map { .one($0) })
        rules.append(single(place, "not").map { .none($0) })
        let (then, otherwise) = (single(place, "then"), single(place, "else"))
        rules.append(single(place, "if").map { .condition($0, then: then, otherwise: otherwise) })
        rules.append(map(place, "dependentSchemas").map { .dependent($0) })
        rules.append(members(place))
        rules.append(single(place, "propertyNames").map { .names($0) })
        rules.append(elements(place))
        rules.append(contains(place, object))
        rules.append(single(place, "unevaluatedProperties").map { .unevaluatedMembers($0) })
        rules.append(single(place, "unevaluatedItems").map { .unevaluatedElements($0) })
        return rules.compactMap { $0 }
    }

    private mutating func single(_ place: SchemaPlace, _ keyword: String) -> Int? {
        guard let child = place.child(keyword) else { return nil }
        if keyword == "items", child.schema.array != nil {
            note(child.pointer, keyword, "expected a schema; a list of them stands under prefixItems")
            return nil
        }
        return number(of: child, keyword: keyword)
    }

    private mutating func list(_ place: SchemaPlace, _ keyword: String) -> [Int]? {
        guard let child = place.child(keyword) else { return nil }
        guard let schemas = child.schema.array, !schemas.isEmpty else {
            note(child.pointer, keyword, "expected a list of at least one schema")
            return nil
        }
        return schemas.indices.compactMap { child.child(String($0)) }.map { number(of: $0, keyword: keyword) }
    }

    private mutating func map(_ place: SchemaPlace, _ keyword: String) -> [(name: String, schema: Int)]? {
        guard let value = place.schema[keyword] else { return nil }
        let pointer = place.pointer.appending(keyword)
        guard let object = value.object else {
            note(pointer, keyword, "expected an object of schemas")
            return nil
        }
        return object.members.map { member in
            let child = SchemaPlace(member.value, at: pointer.appending(member.key), in: place.base)
            return (member.key, number(of: child, keyword: keyword))
        }
    }

    private mutating func members(_ place: SchemaPlace) -> SchemaRule? {
        let named = map(place, "properties")
        let patterns = map(place, "patternProperties")
        let others = single(place, "additionalProperties")
        guard named != nil || patterns != nil || others != nil else { return nil }
        var matching: [(pattern: Pattern, schema: Int)] = []
        for (text, schema) in patterns ?? [] {
            do throws(PatternError) {
                matching.append((try Pattern(text), schema))
            } catch {
                let pointer = place.pointer.appending("patternProperties").appending(text)
                note(pointer, "patternProperties", "expected a regular expression; this one \(error)")
            }
        }
        let pairs = (named ?? []).map { ($0.name, $0.schema) }
        return .members(named: Dictionary(pairs) { $1 }, matching: matching, others: others)
    }

    private mutating func elements(_ place: SchemaPlace) -> SchemaRule? {
        let first = list(place, "prefixItems")
        let others = single(place, "items")
        return first != nil || others != nil ? .elements(first: first ?? [], others: others) : nil
    }

    private mutating func contains(_ place: SchemaPlace, _ object: JSONObject) -> SchemaRule? {
        var counts: [String: Int] = [:]
        for keyword in ["minContains", "maxContains"] {
            guard let value = object[keyword] else { continue }
            counts[keyword] = SchemaReader.count(value)
            if counts[keyword] == nil {
                note(place.pointer.appending(keyword), keyword, SchemaReader.countExpectation)
            }
        }
        return single(place, "contains").map {
            .contains($0, least: counts["minContains"] ?? 1, most: counts["maxContains"])
        }
    }
}
