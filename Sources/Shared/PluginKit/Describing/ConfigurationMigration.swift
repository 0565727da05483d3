public import JSON

/// How the configuration of older versions becomes that of this one. Members are named by pointers, such as `/api_key`.
public struct ConfigurationMigration: Sendable, Hashable {
    /// The versions whose configuration it takes, such as `<2.0.0`.
    public let from: String
    /// New names of members, by their old ones.
    public let renamed: [String: String]
    /// Members that are no more.
    public let removed: [String]
    /// Values of members that are new.
    public let set: JSONObject

    /// A migration from these versions.
    ///
    /// - Parameters:
    ///   - from: The versions whose configuration it takes, such as `<2.0.0`.
    ///   - renamed: New names of members, by their old ones.
    ///   - removed: Members that are no more.
    ///   - set: Values of members that are new.
    public init(from: String, renamed: [String: String] = [:], removed: [String] = [], set: JSONObject = [:]) {
        self.from = from
        self.renamed = renamed
        self.removed = removed
        self.set = set
    }

    /// As the manifest has it.
    var document: JSONValue {
        var names = JSONObject()
        for (old, new) in renamed.sorted(by: { $0.key < $1.key }) { names[old] = .string(new) }
        return [
            "from": .string(from), "rename": .object(names), "remove": .array(removed.map { .string($0) }),
            "set": .object(set),
        ]
    }
}
