import JSON

/// One `@somebody` in a message.
package struct Mention: Sendable, Equatable {
    /// What stands in the text in its place, such as `@_user_1`.
    package let key: String
    package let identity: UserIdentity
    package let name: String?
    package let tenantKey: String?

    package init(key: String, identity: UserIdentity, name: String?, tenantKey: String? = nil) {
        self.key = key
        self.identity = identity
        self.name = name
        self.tenantKey = tenantKey
    }

    /// Nil without a key, since nothing in the text could refer to it.
    init?(_ json: JSONValue) {
        guard let key = json["key"]?.nonEmpty else { return nil }
        self.init(
            key: key,
            identity: UserIdentity(json["id"]),
            name: json["name"]?.nonEmpty,
            tenantKey: json["tenant_key"]?.nonEmpty
        )
    }
}

extension [Mention] {
    /// Replaces each mention's key in `text` by its `@name`, and drops those of `ownOpenID`, with the blank behind.
    ///
    /// One pass with longer keys first: `@_user_1` never eats a part of `@_user_10`, and a name that looks like a key
    /// stays a name.
    func resolve(in text: String, droppingOwn ownOpenID: String?) -> String {
        let byLength = sorted { $0.key.utf8.count > $1.key.utf8.count }
        let everyone = Mention(key: "@_all", identity: UserIdentity(), name: "all")
        let keys = contains { $0.key == everyone.key } ? byLength : byLength + [everyone]
        var output = ""
        var rest = text[...]
        while let at = rest.firstIndex(of: "@") {
            output += rest[..<at]
            rest = rest[at...]
            guard let mention = keys.first(where: { $0.isAtStart(of: rest) }) else {
                output.append(rest.removeFirst())
                continue
            }
            rest = rest.dropFirst(mention.key.count)
            if let ownOpenID, mention.identity.openID == ownOpenID {
                if output.last?.isWhitespace ?? true { rest = rest.drop { $0 == " " || $0 == "\u{A0}" } }
            } else {
                output += "@" + (mention.name ?? mention.key.dropFirst().description)
            }
        }
        output += rest
        return output.trimmed
    }
}

extension Mention {
    /// Whether the text starts with the key and not with a longer one.
    fileprivate func isAtStart(of text: Substring) -> Bool {
        guard text.hasPrefix(key) else { return false }
        return !(text.dropFirst(key.count).first?.isASCIIDigit ?? false)
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}

extension StringProtocol {
    /// Without white space at either end.
    package var trimmed: String {
        let start = drop { $0.isWhitespace }
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}
