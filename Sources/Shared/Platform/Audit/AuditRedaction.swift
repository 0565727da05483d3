import JSON

/// The last line of defence before something is written down for years: bounds sizes, and hides what looks like a secret.
///
/// Whoever makes an entry leaves secrets out. This is for the one that was forgotten.
enum AuditRedaction {
    /// Of any text.
    static let textBytes = 2_000
    /// Of the texts that name something: actor, role, address, action, request.
    static let nameBytes = 256
    /// Of `before` and `after` together: with the other texts, escaped as badly as can be, a record stays within 64 KiB.
    static let valueBytes = 30_000
    private static let depth = 32
    private static let hidden = JSONValue.string("***")

    /// The entry as it may be kept.
    static func cleaned(_ entry: AuditEntry) -> AuditEntry {
        var kept = entry
        kept.actor = cut(entry.actor, to: nameBytes)
        kept.role = entry.role.map { cut($0, to: nameBytes) }
        kept.address = entry.address.map { cut($0, to: nameBytes) }
        kept.action = cut(entry.action, to: nameBytes)
        kept.requestID = entry.requestID.map { cut($0, to: nameBytes) }
        kept.target = entry.target.map { cut($0, to: textBytes) }
        kept.detail = entry.detail.map { cut($0, to: textBytes) }
        kept.before = entry.before.map { clean($0, depth: depth) }
        kept.after = entry.after.map { clean($0, depth: depth) }
        let sizes = [kept.before, kept.after].map { $0?.bytes.count ?? 0 }
        if sizes[0] + sizes[1] > valueBytes {
            kept.before = kept.before.map { _ in omitted(sizes[0]) }
            kept.after = kept.after.map { _ in omitted(sizes[1]) }
        }
        return kept
    }

    private static func omitted(_ bytes: Int) -> JSONValue { ["omitted_bytes": .integer(Int64(bytes))] }

    private static func clean(_ value: JSONValue, depth: Int) -> JSONValue {
        switch value {
        case .null, .bool, .integer: return value
        // What is not finite has no form in JSON, and would be another value when it is read.
        case .double(let number): return number.isFinite ? value : .string("\(number)")
        case .number(let text):
            return (try? JSONValue(parsing: text)) == value ? value : .string(cut(text, to: textBytes))
        case .string(let text): return .string(cut(text, to: textBytes))
        case .array(let values):
            guard depth > 0 else { return "…" }
            return .array(values.map { clean($0, depth: depth - 1) })
        case .object(let object):
            guard depth > 0 else { return "…" }
            var result = JSONObject()
            for member in object.members {
                let key = cut(member.key, to: nameBytes)
                result[key] = hides(key, member.value) ? hidden : clean(member.value, depth: depth - 1)
            }
            return .object(result)
        }
    }

    /// Whether the value under `key` may be a secret. Whether there is one (null, true, false) is none.
    private static func hides(_ key: String, _ value: JSONValue) -> Bool {
        switch value {
        case .null, .bool: return false
        default: break
        }
        let name = key.lowercased().filter { $0.isLetter || $0.isNumber }
        return name.hasSuffix("key") || name.hasSuffix("keys") || words.contains { name.contains($0) }
    }

    private static let words = [
        "password", "passwd", "passphrase", "secret", "token", "authorization", "bearer", "cookie", "credential",
        "privatekey", "apikey", "totp", "recoverycode",
    ]

    /// The first `limit` bytes of a text, to a whole character, with a mark where there was more.
    private static func cut(_ text: String, to limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        var result = ""
        var room = limit - "…".utf8.count
        for scalar in text.unicodeScalars {
            room -= UTF8.width(scalar)
            guard room >= 0 else { break }
            result.unicodeScalars.append(scalar)
        }
        return result + "…"
    }
}
