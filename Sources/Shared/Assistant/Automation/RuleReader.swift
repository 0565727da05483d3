import Yams

/// A place in a file of rules that is read strictly: every problem is noted with its path, and reading goes on.
final class RuleReader {
    private(set) var problems: [RuleProblem] = []

    func note(_ path: String, _ explanation: String) {
        problems.append(RuleProblem(path: path, explanation: explanation))
    }

    /// The mapping at a path. Keys beyond `keys` are problems, and so are missing ones of `required`.
    func mapping(_ node: Node, at path: String, keys: [String], required: [String] = []) -> RuleMapping? {
        guard let mapping = node.mapping else {
            note(path, "expected a mapping of \(keys.joined(separator: ", "))")
            return nil
        }
        var values: [String: Node] = [:]
        for (key, value) in mapping {
            let key = key.scalar?.string ?? "?"
            if keys.contains(key) {
                values[key] = value
            } else {
                note(Self.path(path, key), "is unknown, expected one of \(keys.joined(separator: ", "))")
            }
        }
        for key in required where values[key] == nil { note(Self.path(path, key), "is missing") }
        return RuleMapping(reader: self, path: path, values: values)
    }

    /// The elements of a list with their paths.
    func list(_ node: Node, at path: String, atMost limit: Int) -> [(node: Node, path: String)] {
        guard let sequence = node.sequence else {
            note(path, "expected a list")
            return []
        }
        if sequence.count > limit { note(path, "has \(sequence.count) elements, at most \(limit) are possible") }
        return sequence.prefix(limit).enumerated().map { ($1, "\(path)[\($0)]") }
    }

    func text(_ node: Node, at path: String) -> String? {
        guard let text = node.scalar?.string, !text.isEmpty, text.utf8.count <= 20_000 else {
            note(path, "expected a text of up to 20,000 bytes")
            return nil
        }
        return text
    }

    func template(_ node: Node, at path: String) -> Template? {
        guard let text = text(node, at: path) else { return nil }
        do throws(TemplateProblem) {
            return try Template(text)
        } catch {
            note(path, error.description)
            return nil
        }
    }

    static func path(_ path: String, _ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
}

/// A mapping whose keys are known.
struct RuleMapping {
    let reader: RuleReader
    let path: String
    let values: [String: Node]

    func has(_ key: String) -> Bool { values[key] != nil }
    func path(_ key: String) -> String { RuleReader.path(path, key) }
    func note(_ key: String, _ explanation: String) { reader.note(path(key), explanation) }

    /// The value of a key with its path; nil where it is not there.
    func node(_ key: String) -> (node: Node, path: String)? { values[key].map { ($0, path(key)) } }

    func text(_ key: String) -> String? { node(key).flatMap { reader.text($0.node, at: $0.path) } }

    func template(_ key: String) -> Template? { node(key).flatMap { reader.template($0.node, at: $0.path) } }

    /// One of these texts; nil, with a problem, for another.
    func choice(_ key: String, _ choices: [String]) -> String? {
        guard let text = text(key) else { return nil }
        guard choices.contains(text) else {
            note(key, "found \(text), expected one of \(choices.joined(separator: ", "))")
            return nil
        }
        return text
    }

    func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let (node, path) = node(key) else { return nil }
        guard let number = node.scalar.flatMap({ Int($0.string) }), range.contains(number) else {
            reader.note(path, "expected an integer from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }

    /// Texts of a list, or the only one.
    func templates(_ key: String, atMost limit: Int) -> [Template] {
        guard let (node, path) = node(key) else { return [] }
        if node.scalar != nil { return [reader.template(node, at: path)].compactMap { $0 } }
        return reader.list(node, at: path, atMost: limit).compactMap { reader.template($0.node, at: $0.path) }
    }
}
