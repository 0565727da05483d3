import JSON
import Patterns

/// Makes a program of a document, and notes all that is wrong with it.
struct SchemaCompiler {
    private let index: SchemaIndex
    private let bounds: SchemaBounds
    private var nodes: [SchemaNode] = []
    private var numbers: [JSONPointer: Int] = [:]
    private var places: [SchemaPlace] = []
    private var resources: [String: Int] = [:]
    private(set) var dynamicAnchors: [String: [Int: Int]] = [:]
    private(set) var problems: [SchemaProblem] = []

    init(_ index: SchemaIndex, bounds: SchemaBounds) {
        self.index = index
        self.bounds = bounds
    }

    /// The program of a document; nil where something is wrong with it, which `problems` says.
    mutating func compile(_ root: SchemaPlace) -> SchemaProgram? {
        _ = number(of: root, keyword: "")
        var next = 0
        // Schemas that are referred to join the end, so nothing is nested here however schemas refer to each other.
        while next < places.count {
            guard places.count <= 2 * bounds.schemas else {
                note(JSONPointer(), "", "refers to more than \(bounds.schemas) places that hold no schema of their own")
                return nil
            }
            read(next)
            next += 1
        }
        let program = SchemaProgram(nodes: nodes, dynamicAnchors: dynamicAnchors, bounds: bounds)
        if let circle = program.circle() {
            note(places[circle].pointer, "$ref", "leads back to itself for one and the same value, without an end")
        }
        return problems.isEmpty ? program : nil
    }

    /// The number of a schema, which is read later on where it is new.
    mutating func number(of place: SchemaPlace, keyword: String) -> Int {
        if let number = numbers[place.pointer] { return number }
        let resource = resources[place.base] ?? resources.count
        resources[place.base] = resource
        nodes.append(SchemaNode(keyword: keyword, resource: resource))
        places.append(place)
        numbers[place.pointer] = nodes.count - 1
        return nodes.count - 1
    }

    mutating func note(_ pointer: JSONPointer, _ keyword: String, _ explanation: String) {
        problems.append(SchemaProblem(pointer: pointer.description, keyword: keyword, explanation: explanation))
    }

    private mutating func read(_ number: Int) {
        let place = places[number]
        switch place.schema {
        case .bool(let verdict): nodes[number].verdict = verdict
        case .object(let object):
            var reader = SchemaReader(place, object)
            reader.read()
            problems += reader.problems
            nodes[number].isSecret = reader.isSecret
            nodes[number].defaultValue = object["default"]
            let rules = reader.rules + applicators(place, object)
            nodes[number].rules = rules.filter { !$0.comesLast } + rules.filter(\.comesLast)
        default: note(place.pointer, nodes[number].keyword, "expected a schema: an object, true or false")
        }
    }

    // MARK: References

    /// The schema that a `$ref` or `$dynamicRef` means.
    mutating func target(of place: SchemaPlace, keyword: String) -> (place: SchemaPlace, fragment: String)? {
        let pointer = place.pointer.appending(keyword)
        guard let text = place.schema[keyword]?.string else {
            note(pointer, keyword, "expected a reference, such as #/$defs/name")
            return nil
        }
        let reference = URIReference(text).resolved(against: place.base)
        guard let root = index.resources[reference.document] else {
            note(pointer, keyword, "refers to something outside of this document, and nothing is fetched")
            return nil
        }
        let fragment = reference.fragment.flatMap { URIReference.decoded($0) } ?? ""
        let target: SchemaPlace?
        if fragment.isEmpty || fragment.hasPrefix("/") {
            target = JSONPointer(fragment).flatMap { tokens in
                tokens.tokens.reduce(root) { (place: SchemaPlace?, token) in place?.child(token) }
            }
        } else {
            target = index.anchors["\(reference.document)#\(fragment)"]
        }
        guard let target else {
            note(pointer, keyword, "refers to a place that is not in this document")
            return nil
        }
        return (target, fragment)
    }

    /// A `$dynamicRef`: where the schema that it means has no `$dynamicAnchor` of the name, an ordinary reference.
    mutating func dynamicReference(_ place: SchemaPlace) -> SchemaRule? {
        guard let (target, name) = target(of: place, keyword: "$dynamicRef") else { return nil }
        let fallback = number(of: target, keyword: "$dynamicRef")
        guard target.schema["$dynamicAnchor"]?.string == name else { return .reference(fallback) }
        if dynamicAnchors[name] == nil {
            for place in index.dynamicAnchors[name] ?? [] {
                let node = number(of: place, keyword: "$dynamicRef")
                dynamicAnchors[name, default: [:]][nodes[node].resource] = node
            }
        }
        return .dynamicReference(name: name, otherwise: fallback)
    }
}
