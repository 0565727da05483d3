package import JSON

/// How an older version's configuration becomes that of a newer one.
package struct ConfigurationMigration: Sendable, Equatable {
    /// The versions whose configuration it takes.
    package let from: VersionRange
    /// Members by their old names and their new ones; members of the configuration itself only.
    private let renames: [(old: String, new: String)]
    private let removed: [String]
    /// Members that are set where they are not there.
    private let set: JSONObject

    package static func == (left: ConfigurationMigration, right: ConfigurationMigration) -> Bool {
        left.from == right.from && left.removed == right.removed && left.set == right.set
            && left.renames.elementsEqual(right.renames) { $0 == $1 }
    }

    /// - Parameters:
    ///   - value: An entry of the manifest's `migrations`.
    ///   - pointer: Where it stands there.
    /// - Throws: All that is wrong with it.
    init(_ value: JSONValue, at pointer: String) throws(ContractProblems) {
        var problems: [ContractProblem] = []
        func member(_ text: String, _ place: String) -> String {
            let name = String(text.dropFirst().replacing("~1", with: "/").replacing("~0", with: "~"))
            if !text.hasPrefix("/") || text.dropFirst().contains("/") || name.isEmpty {
                problems.append(ContractProblem(place, "expected a pointer to a member, such as /api_key"))
            }
            return name
        }
        let range = value["from"]?.string.flatMap { VersionRange($0) }
        if range == nil {
            problems.append(ContractProblem("\(pointer)/from", "expected a range of versions, such as <2.0.0"))
        }
        renames = (value["rename"]?.object?.members ?? []).map { entry in
            (
                member(entry.key, "\(pointer)/rename"),
                member(entry.value.string ?? "", "\(pointer)/rename/\(entry.key)")
            )
        }
        removed = (value["remove"]?.array ?? []).enumerated().map { index, entry in
            member(entry.string ?? "", "\(pointer)/remove/\(index)")
        }
        var set = JSONObject()
        for entry in value["set"]?.object?.members ?? [] {
            set[member(entry.key, "\(pointer)/set")] = entry.value
        }
        self.set = set
        guard problems.isEmpty, let range else { throw ContractProblems(problems) }
        from = range
    }

    /// The configuration as the newer version wants it. What is there under a new name already stays.
    package func migrated(_ configuration: JSONObject) -> JSONObject {
        var configuration = configuration
        for (old, new) in renames {
            guard let value = configuration[old] else { continue }
            configuration[old] = nil
            if configuration[new] == nil { configuration[new] = value }
        }
        for name in removed { configuration[name] = nil }
        for member in set.members where configuration[member.key] == nil { configuration[member.key] = member.value }
        return configuration
    }
}
