import JSON

/// Who a person's message mentions, and its text with the keys in place (interface specification, section 3.1).
struct Address {
    /// Somebody or some bot that can be mentioned.
    struct Target {
        let openID: String
        let unionID: String
        let userID: String
        let name: String
        let isBot: Bool
    }

    private(set) var text: String
    private(set) var targets: [(key: String, target: Target)] = []
    /// Whether everybody is mentioned.
    private(set) var mentionsAll = false

    /// Puts `leading` before the text; where `findsMentions`, replaces each `<at user_id="…">…</at>` whose user
    /// `target` knows.
    init(_ text: String, leading: [Target], findsMentions: Bool, target: (String) -> Target?) {
        self.text = ""
        var keys = leading.map { key(of: $0) + " " }.joined()
        var rest = Substring(text)
        while findsMentions, let start = rest.firstRange(of: "<at user_id=\"") {
            guard let quote = rest[start.upperBound...].firstIndex(of: "\""),
                let end = rest[quote...].firstRange(of: "</at>")
            else { break }
            let id = String(rest[start.upperBound..<quote])
            keys += rest[..<start.lowerBound]
            if id == "all" {
                mentionsAll = true
                keys += "@_all"
            } else if let found = target(id) {
                keys += key(of: found)
            } else {
                keys += rest[start.lowerBound..<end.upperBound]
            }
            rest = rest[end.upperBound...]
        }
        self.text = keys + rest
        if text.contains("@_all") { mentionsAll = true }
    }

    private mutating func key(of target: Target) -> String {
        if let known = targets.first(where: { $0.target.openID == target.openID }) { return known.key }
        let key = "@_user_\(targets.count + 1)"
        targets.append((key, target))
        return key
    }

    var mentions: [Mention] { targets.map { Mention(key: $0.key, id: $0.target.openID, name: $0.target.name) } }

    /// The mentions as an event carries them.
    func inEvent(tenantKey: String, showingUserID: Bool) -> [JSONValue] {
        targets.map { $0.target.inEvent(key: $0.key, tenantKey: tenantKey, showingUserID: showingUserID) }
    }
}

extension Address.Target {
    /// A mention of this one as an event carries it.
    func inEvent(key: String, tenantKey: String, showingUserID: Bool) -> JSONValue {
        [
            "key": .string(key),
            "id": [
                "union_id": .string(unionID), "user_id": .string(showingUserID ? userID : ""),
                "open_id": .string(openID),
            ],
            "mentioned_type": isBot ? "bot" : "user",
            "name": .string(name),
            "tenant_key": .string(tenantKey),
        ]
    }
}
