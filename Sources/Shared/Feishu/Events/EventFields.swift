import JSON

/// The fields of an event's plaintext that the gateway needs, read in one pass without building the rest.
///
/// The pass checks the whole text, so it can be stored as it is. Any field may be missing; a field of another type than
/// expected, or an empty one, counts as missing.
struct EventFields {
    // Both schemas and url_verification, at the top.
    var schema: String?
    var outerType: String?
    var uuid: String?
    var timestamp: String?
    var token: String?
    var challenge: String?
    var hasEncrypt = false
    /// Where tokens of the envelope stand, between their quotes.
    private(set) var tokens: [Range<Int>] = []

    // Schema 2.0, `header`.
    var eventID: String?
    var headerType: String?
    var createTime: String?
    var headerToken: String?
    var headerAppID: String?
    var headerTenantKey: String?

    // `event`, both schemas.
    var innerType: String?
    var innerAppID: String?
    var innerTenantKey: String?
    var messageID: String?
    var chatID: String?
    var threadID: String?
    var rootID: String?

    // The old card callback, flat at the top.
    var hasAction = false
    var openMessageID: String?
    var openChatID: String?
    var tenantKey: String?

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
                challenge = try scanner.optionalString()
            } else if scanner.matches(key, "encrypt") {
                hasEncrypt = true
                try scanner.skip()
            } else if scanner.matches(key, "action") {
                hasAction = true
                try scanner.skip()
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
            } else {
                try scanner.skip()
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
            } else {
                try scanner.skip()
            }
        }
    }

    private mutating func readToken(_ scanner: inout JSONScanner) throws(JSONError) -> String? {
        guard scanner.peek() == UInt8(ascii: "\"") else {
            try scanner.skip()
            return nil
        }
        let slice = try scanner.stringSlice()
        guard !slice.range.isEmpty else { return nil }
        tokens.append(slice.range)
        return scanner.text(of: slice)
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

    /// A string that is not empty, or an integer as text.
    private static func text(_ scanner: inout JSONScanner) throws(JSONError) -> String? {
        switch scanner.peek() {
        case UInt8(ascii: "\""):
            guard let text = try scanner.optionalString(), !text.isEmpty else { return nil }
            return text
        case UInt8(ascii: "-"), .some(48...57): return try scanner.optionalInteger().map(String.init)
        default:
            try scanner.skip()
            return nil
        }
    }
}
