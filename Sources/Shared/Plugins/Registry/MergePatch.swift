import JSON

extension JSONObject {
    /// The object with a merge patch applied (RFC 7396): members replace, objects merge, null removes.
    func merging(_ patch: JSONObject) -> JSONObject {
        var merged = self
        for member in patch.members {
            switch member.value {
            case .null: merged[member.key] = nil
            case .object(let inner):
                let old = merged[member.key]?.object ?? [:]
                merged[member.key] = .object(old.merging(inner))
            default: merged[member.key] = member.value
            }
        }
        return merged
    }
}
