import JSON

/// A document's schemas, ready to be held against values. The first one is the document itself.
struct SchemaProgram: Sendable {
    let nodes: [SchemaNode]
    /// Those of `$dynamicAnchor`: by name, and by resource.
    let dynamicAnchors: [String: [Int: Int]]
    let bounds: SchemaBounds
    /// Whether a schema asks what others have seen of a value.
    let tracksEvaluated: Bool
    /// Whether a schema describes a secret.
    let hasSecrets: Bool

    init(nodes: [SchemaNode], dynamicAnchors: [String: [Int: Int]], bounds: SchemaBounds) {
        self.nodes = nodes
        self.dynamicAnchors = dynamicAnchors
        self.bounds = bounds
        tracksEvaluated = nodes.contains { $0.rules.contains(where: \.comesLast) }
        hasSecrets = nodes.contains(where: \.isSecret)
    }

    /// The schemas that hold for the same value wherever this one does; `not` is none of them.
    ///
    /// - Parameters:
    ///   - node: The schema.
    ///   - always: Whether to leave out those that hold in some cases alone.
    /// - Returns: Their numbers.
    func besides(_ node: Int, always: Bool) -> [Int] {
        nodes[node].rules.flatMap { rule -> [Int] in
            switch rule {
            case .reference(let target): [target]
            case .all(let schemas): schemas
            case .dynamicReference(let name, let fallback):
                always ? [fallback] : [fallback] + (dynamicAnchors[name]?.values.sorted() ?? [])
            case .any(let schemas), .one(let schemas): always ? [] : schemas
            case .condition(let condition, let then, let otherwise):
                always ? [] : [condition] + [then, otherwise].compactMap { $0 }
            case .dependent(let schemas): always ? [] : schemas.map(\.schema)
            default: []
            }
        }
    }

    /// Whether holding it against a value may come back to itself with the same value: there would be no end to it.
    /// What `$dynamicRef` comes to is not known here, and bounded when it happens.
    ///
    /// - Returns: A schema on the way, nil where there is no such way.
    func circle() -> Int? {
        enum Mark { case entered, left }
        var marks: [Int: Mark] = [:]
        for start in nodes.indices where marks[start] == nil {
            var way = [(node: start, rest: inPlace(start)[...])]
            marks[start] = .entered
            while let last = way.last {
                guard let next = last.rest.first else {
                    marks[last.node] = .left
                    way.removeLast()
                    continue
                }
                way[way.count - 1].rest.removeFirst()
                if marks[next] == .entered { return next }
                guard marks[next] == nil else { continue }
                marks[next] = .entered
                way.append((next, inPlace(next)[...]))
            }
        }
        return nil
    }

    private func inPlace(_ node: Int) -> [Int] {
        nodes[node].rules.flatMap { rule -> [Int] in
            switch rule {
            case .reference(let target), .none(let target): [target]
            case .all(let schemas), .any(let schemas), .one(let schemas): schemas
            case .condition(let condition, let then, let otherwise): [condition] + [then, otherwise].compactMap { $0 }
            case .dependent(let schemas): schemas.map(\.schema)
            default: []
            }
        }
    }
}
