import JSON
import Patterns

extension SchemaRun {
    /// Whether a value is as one rule wants it.
    mutating func follows(_ rule: SchemaRule, _ value: JSONValue, _ seen: inout SchemaCoverage) -> Bool {
        guard spend(1) else { return false }
        switch rule {
        case .types(let types):
            return types.contains { $0.includes(value) }
                || fail("type", "expected \(types.map(\.words).joined(separator: " or "))", quotes: true)
        case .values(let values, let shown, let keyword):
            guard spend(value.weight) else { return false }
            if values.contains(value.comparable) { return true }
            let list = SchemaQuote.list(shown)
            return fail(keyword, "expected \(list)", hidden: "is not one of the values that are allowed", quotes: true)
        case .limit(let limit, let bound):
            guard let number = SchemaNumber(value), !limit.allows(number, bound) else { return true }
            return fail(limit.rawValue, "expected \(limit.words) \(bound.value.text)", quotes: true)
        case .multiple(let divisor):
            guard let number = SchemaNumber(value), !number.isMultiple(of: divisor) else { return true }
            return fail("multipleOf", "expected a multiple of \(divisor.value.text)", quotes: true)
        case .count(let bound, let wanted): return counts(value, bound, wanted)
        case .pattern(let pattern):
            guard let text = value.string else { return true }
            return pattern.matches(text, budget: &steps)
                || fail("pattern", "expected text that matches \(SchemaQuote.cut(pattern.text))", quotes: true)
        case .format(let format):
            guard let text = value.string, spend(text.utf8.count / 8) else { return steps >= 0 }
            return format.includes(text) || fail("format", "expected \(format.words)", quotes: true)
        case .unique: return isUnique(value)
        case .required(let names): return has(names, value, keyword: "required", because: "")
        case .dependentRequired(let dependencies):
            guard let object = value.object else { return true }
            var doesHold = true
            for (name, needs) in dependencies {
                guard spend(object.count) else { return false }
                guard object[name] != nil else { continue }
                if !has(
                    needs,
                    value,
                    keyword: "dependentRequired",
                    because: ", which goes with \(SchemaQuote.cut(name))"
                ) {
                    doesHold = false
                }
            }
            return doesHold
        default: return followsOthers(rule, value, &seen)
        }
    }

    private mutating func counts(_ value: JSONValue, _ bound: SchemaCount, _ wanted: Int) -> Bool {
        guard spend((value.string?.utf8.count ?? 0) / 64) else { return false }
        guard let count = bound.count(of: value) else { return true }
        let isRight = bound.isLeast ? count >= wanted : count <= wanted
        let (words, measure) = (bound.isLeast ? "at least" : "at most", bound.words)
        return isRight
            || fail(
                bound.rawValue,
                "expected \(words) \(wanted) \(measure), not \(count)",
                hidden: "expected \(words) \(wanted) \(measure)"
            )
    }

    private mutating func isUnique(_ value: JSONValue) -> Bool {
        var places: [JSONValue: Int] = [:]
        for (index, element) in (value.array ?? []).enumerated() {
            guard spend(element.weight) else { return false }
            if let first = places.updateValue(index, forKey: element.comparable) {
                return fail("uniqueItems", "has the same element twice: at \(first) and at \(index)")
            }
        }
        return true
    }

    private mutating func has(_ names: [String], _ value: JSONValue, keyword: String, because: String) -> Bool {
        guard let object = value.object else { return true }
        var doesHold = true
        for name in names {
            guard spend(object.count) else { return false }
            if object[name] != nil { continue }
            path.append(name)
            doesHold = fail(keyword, "is missing\(because)")
            path.removeLast()
        }
        return doesHold
    }
}
