/// Which versions a migration is meant for: comparisons, all of which hold, such as `>=1.0.0 <2.0.0`; `*` is any.
package struct VersionRange: Sendable, Equatable {
    private enum Comparison: String, CaseIterable, Sendable {
        // The longer ones first, since they begin as the shorter ones do.
        case atLeast = ">="
        case atMost = "<="
        case below = "<"
        case above = ">"
        case exactly = "="
    }

    private struct Condition: Sendable, Equatable {
        let comparison: Comparison
        let version: SemanticVersion
    }

    private let conditions: [Condition]

    /// Nil for what is no range.
    package init?(_ text: String) {
        guard text.utf8.count <= 512 else { return nil }
        if text == "*" {
            conditions = []
            return
        }
        var conditions: [Condition] = []
        for word in text.split(separator: " ") {
            let comparison = Comparison.allCases.first { word.hasPrefix($0.rawValue) }
            guard let version = SemanticVersion(word.dropFirst(comparison?.rawValue.count ?? 0)) else { return nil }
            conditions.append(Condition(comparison: comparison ?? .exactly, version: version))
        }
        guard !conditions.isEmpty else { return nil }
        self.conditions = conditions
    }

    /// Whether a version is in it.
    package func contains(_ version: SemanticVersion) -> Bool {
        conditions.allSatisfy { condition in
            switch condition.comparison {
            case .atLeast: version >= condition.version
            case .atMost: version <= condition.version
            case .below: version < condition.version
            case .above: version > condition.version
            // What a build is called makes no difference.
            case .exactly: version >= condition.version && version <= condition.version
            }
        }
    }
}
