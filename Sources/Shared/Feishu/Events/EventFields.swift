import JSON

/// Where the fields of an event's plaintext stand that the gateway needs, found in one pass.
///
/// The pass checks the whole text, so it can be stored as it is. Any field may be missing; a field of another type than
/// expected, or an empty one, counts as missing. Few are ever looked at, so no text is made of them here.
struct EventFields {
    // Both schemas and url_verification, at the top.
    var schema: JSONStringSlice?
    var outerType: JSONStringSlice?
    var uuid: JSONStringSlice?
    var timestamp: JSONStringSlice?
    var token: JSONStringSlice?
    var challenge: JSONStringSlice?
    var hasEncrypt = false
    /// Where tokens of the envelope stand, between their quotes.
    private(set) var tokens: [Range<Int>] = []

    // Schema 2.0, `header`.
    var eventID: JSONStringSlice?
    var headerType: JSONStringSlice?
    var createTime: JSONStringSlice?
    var headerToken: JSONStringSlice?
    var headerAppID: JSONStringSlice?
    var headerTenantKey: JSONStringSlice?

    // `event`, both schemas.
    var innerType: JSONStringSlice?
    var innerAppID: JSONStringSlice?
    var innerTenantKey: JSONStringSlice?
    var messageID: JSONStringSlice?
    var chatID: JSONStringSlice?
    var threadID: JSONStringSlice?
    var rootID: JSONStringSlice?
    var content: JSONStringSlice?
    /// `action.value.action` of a card callback: what our own buttons want.
    var cardAction: JSONStringSlice?

    // The old card callback, flat at the top.
    var hasAction = false
    var openMessageID: JSONStringSlice?
    var openChatID: JSONStringSlice?
    var tenantKey: JSONStringSlice?

    /// - Throws: `.malformed` unless `plaintext` is one JSON object.
    init(_ plaintext: Span<UInt8>) throws(EventRefusal) {
        do {
            try plaintext.withUnsafeBytes { bytes in
                var scanner = JSONScanner(bytes)
                try readTop(&scanner)
                try scanner.end()
            }
        } catch {
            throw .malformed
        }
    }

    private mutating func readTop(_ scanner: inout JSONScanner) throws(JSONError) {
        try scanner.object { (key, scanner) throws(JSONError) in
            if scanner.matches(key, "header") {
                try readHeader(&scanner)
            } else if scanner.matches(key, "event") {
                try readEvent(&scanner)
            } else if scanner.matches(key, "schema") {
                schema = try Self.text(&scanner)
            } else if scanner.matches(key, "type") {
                outerType = try Self.text(&scanner)
            } else if scanner.matches(key, "uuid") {
                uuid = try Self.text(&scanner)
            } else if scanner.matches(key, "ts") {
                timestamp = try Self.text(&scanner)
            } else if scanner.matches(key, "token") {
                token = try readToken(&scanner)
            } else if scanner.matches(key, "challenge") {
                challenge = try Self.string(&scanner)
            } else if scanner.matches(key, "encrypt") {
                hasEncrypt = true
                try scanner.skip()
            } else if scanner.matches(key, "action") {
                hasAction = true
                try readAction(&scanner)
            } else if scanner.matches(key, "open_message_id") {
                openMessageID = try Self.text(&scanner)
            } else if scanner.matches(key, "open_chat_id") {
                openChatID = try Self.text(&scanner)
            } else if scanner.matches(key, "tenant_key") {
                tenantKey = try Self.text(&scanner)
            } else {
                try scanner.skip()
            }
        }
    }

    private mutating func readHeader(_ scanner: inout JSONScanner) throws(JSONError) {
        try Self.members(&scanner) { (key, scanner) throws(JSONError) in
            if scanner.matches(key, "event_id") {
                eventID = try Self.text(&scanner)
            } else if scanner.matches(key, "event_type") {
                headerType = try Self.text(&scanner)
            } else if scanner.matches(key, "create_time") {
                createTime = try Self.text(&scanner)
            } else if scanner.matches(key, "token") {
                headerToken = try readToken(&scanner)
            } else if scanner.matches(key, "app_id") {
                headerAppID = try Self.text(&scanner)
            } else if scanner.matches(key, "tenant_key") {
                headerTenantKey = try Self.text(&scanner)
            } else {
                try scanner.skip()
            }
        }
    }

    private mutating func readEvent(_ scanner: inout JSONScanner) throws(JSONError) {
        try Self.members(&scanner) { (key, scanner) throws(JSONError) in
            if scanner.matches(key, "message") || scanner.matches(key, "context") {
                try readMessage(&scanner)
            } else if scanner.matches(key, "type") {
                innerType = try Self.text(&scanner)
            } else if scanner.matches(key, "app_id") {
                innerAppID = try Self.text(&scanner)
            } else if scanner.matches(key, "tenant_key") {
                innerTenantKey = try Self.text(&scanner)
            } else if scanner.matches(key, "message_id") || scanner.matches(key, "open_message_id") {
                messageID = try Self.text(&scanner)
            } else if scanner.matches(key, "chat_id") || scanner.matches(key, "open_chat_id") {
                chatID = try Self.text(&scanner)
            } else if scanner.matches(key, "action") {
                try readAction(&scanner)
            } else {
                try scanner.skip()
            }
        }
    }

    /// What was done to a card.
    private mutating func readAction(_ scanner: inout JSONScanner) throws(JSONError) {
        try Self.members(&scanner) { (key, scanner) throws(JSONError) in
            guard scanner.matches(key, "value") else {
                try scanner.skip()
                return
            }
            try Self.members(&scanner) { (key, scanner) throws(JSONError) in
                if scanner.matches(key, "action") {
                    cardAction = try Self.text(&scanner)
                } else {
                    try scanner.skip()
                }
            }
        }
    }

    /// A received message, or the context of a card action.
    private mutating func readMessage(_ scanner: inout JSONScanner) throws(JSONError) {
        try Self.members(&scanner) { (key, scanner) throws(JSONError) in
            if scanner.matches(key, "message_id") || scanner.matches(key, "open_message_id") {
                messageID = try Self.text(&scanner)
            } else if scanner.matches(key, "chat_id") || scanner.matches(key, "open_chat_id") {
                chatID = try Self.text(&scanner)
            } else if scanner.matches(key, "thread_id") {
                threadID = try Self.text(&scanner)
            } else if scanner.matches(key, "root_id") {
                rootID = try Self.text(&scanner)
            } else if scanner.matches(key, "content") {
                content = try Self.string(&scanner)
            } else {
                try scanner.skip()
            }
        }
    }

    private mutating func readToken(_ scanner: inout JSONScanner) throws(JSONError) -> JSONStringSlice? {
        guard let slice = try Self.string(&scanner), !slice.range.isEmpty else { return nil }
        tokens.append(slice.range)
        return slice
    }

    /// Walks the value's members if it is an object, and passes over it if not.
    private static func members(
        _ scanner: inout JSONScanner,
        _ member: (JSONStringSlice, inout JSONScanner) throws(JSONError) -> Void
    ) throws(JSONError) {
        guard scanner.peek() == UInt8(ascii: "{") else {
            try scanner.skip()
            return
        }
        try scanner.object(member)
    }

    /// A string that is not empty, or an integer.
    private static func text(_ scanner: inout JSONScanner) throws(JSONError) -> JSONStringSlice? {
        switch scanner.peek() {
        case UInt8(ascii: "\""):
            let slice = try scanner.stringSlice()
            return slice.range.isEmpty ? nil : slice
        case UInt8(ascii: "-"), .some(48...57):
            let range = try scanner.skip()
            let isInteger = scanner.bytes[range].allSatisfy { $0 == UInt8(ascii: "-") || (48...57).contains($0) }
            return isInteger ? JSONStringSlice(range: range, hasEscapes: false) : nil
        default:
            try scanner.skip()
            return nil
        }
    }

    /// A string; nil (and passed over) where it is anything else.
    private static func string(_ scanner: inout JSONScanner) throws(JSONError) -> JSONStringSlice? {
        guard scanner.peek() == UInt8(ascii: "\"") else {
            try scanner.skip()
            return nil
        }
        return try scanner.stringSlice()
    }
}
