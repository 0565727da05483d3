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
        func member(_ text: String?, _ place: String) -> String {
            let tokens = text.flatMap { JSONPointer($0)?.tokens } ?? []
            if tokens.count != 1 || tokens == [""] {
                problems.append(ContractProblem(place, "expected a pointer to a member, such as /api_key"))
            }
            return tokens.first ?? ""
        }
        func members(_ name: String) -> [JSONObject.Member] {
            guard let entry = value[name] else { return [] }
            if entry.object == nil { problems.append(ContractProblem("\(pointer)/\(name)", "expected an object")) }
            return entry.object?.members ?? []
        }
        func place(_ name: String, _ key: String) -> String { "\(pointer)/\(name)\(JSONPointer([key]))" }
        let range = value["from"]?.string.flatMap { VersionRange($0) }
        if range == nil {
            problems.append(ContractProblem("\(pointer)/from", "expected a range of versions, such as <2.0.0"))
        }
        renames = members("rename").map { entry in
            (member(entry.key, place("rename", entry.key)), member(entry.value.string, place("rename", entry.key)))
        }
        if let entry = value["remove"], entry.array == nil {
            problems.append(ContractProblem("\(pointer)/remove", "expected a list of pointers to members"))
        }
        removed = (value["remove"]?.array ?? []).enumerated().map { index, entry in
            member(entry.string, "\(pointer)/remove/\(index)")
        }
        var set = JSONObject()
        for entry in members("set") { set[member(entry.key, place("set", entry.key))] = entry.value }
        self.set = set
        guard problems.isEmpty, let range else { throw ContractProblems(problems) }
        from = range
    }

    /// The configuration as the newer version wants it. What is there under a new name already stays.
    package func migrated(_ configuration: JSONObject) -> JSONObject {
        var configuration = configuration
        // All are taken out before any is put back, so that two can change their names.
        let values = renames.map { configuration[$0.old] }
        for (old, _) in renames { configuration[old] = nil }
        for ((_, new), value) in zip(renames, values) where configuration[new] == nil { configuration[new] = value }
        for name in removed { configuration[name] = nil }
        for member in set.members where configuration[member.key] == nil { configuration[member.key] = member.value }
        return configuration
    }
}
