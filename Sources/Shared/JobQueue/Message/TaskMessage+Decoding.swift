import JSON

extension TaskMessage {
    /// Reads an envelope. Unknown members are passed over and stay in `raw`.
    package init(decoding raw: [UInt8]) throws(UnreadableMessage) {
        var envelope = Envelope()
        let readable = raw.withUnsafeBytes { bytes in
            var scanner = JSONScanner(bytes)
            do throws(JSONError) {
                try envelope.read(&scanner)
                try scanner.end()
                return true
            } catch {
                return false
            }
        }
        let headers = envelope.headers
        func unreadable(_ reason: UnreadableMessage.Reason) -> UnreadableMessage {
            UnreadableMessage(reason: reason, id: headers.id, name: headers.name)
        }
        guard readable else { throw unreadable(.notJSON) }
        guard envelope.hasHeaders else { throw unreadable(.noHeaders) }
        guard let name = headers.name else { throw unreadable(.noTaskName) }
        guard let id = headers.id, !id.rawValue.isEmpty else { throw unreadable(.noID) }
        guard envelope.contentType == "application/json" || envelope.contentType == BodyForm.contentType else {
            throw unreadable(.contentType(envelope.contentType ?? "(none)"))
        }
        guard !headers.hasBadDate else { throw unreadable(.badDate) }
        guard !headers.hasBadTimeLimit else { throw unreadable(.badTimeLimit) }
        guard let text = envelope.body else { throw unreadable(.noBody) }
        let body: [UInt8]
        switch envelope.bodyEncoding {
        case nil, "utf-8": body = text
        case "base64":
            guard let decoded = Base64Body.decode(text) else { throw unreadable(.badBody) }
            body = decoded
        case let other?: throw unreadable(.bodyEncoding(other))
        }
        if headers.form.isPlain {
            guard let parts = BodyParts(scanning: body) else { throw unreadable(.badBody) }
            guard !parts.hasFollowUps else { throw unreadable(.workflow) }
            arguments = parts.arguments
            keywordArguments = parts.keywordArguments
        } else {
            bodyForm = headers.form
            (arguments, keywordArguments) = (0..<0, 0..<0)
        }

        self.raw = raw
        self.body = body
        self.id = id
        self.name = name
        retries = headers.retries
        putOffs = headers.putOffs
        eta = headers.eta
        expires = headers.expires
        timeLimit = headers.timeLimit
        rootID = headers.rootID
        parentID = headers.parentID
        groupID = headers.groupID
        ignoresResult = headers.ignoresResult
        orderingKey = headers.orderingKey
        isForeign = headers.isForeign
        enqueuedAt = headers.enqueuedAt
        uniqueKey = headers.uniqueKey
        isUniqueUntilStart = headers.isUniqueUntilStart
        bodyReference = headers.form.reference
    }

    /// The same message with this body, which was in another form.
    ///
    /// - Throws: `UnreadableMessage` where that is no body.
    func carrying(_ body: [UInt8]) throws(UnreadableMessage) -> TaskMessage {
        guard let parts = BodyParts(scanning: body) else {
            throw UnreadableMessage(reason: .badBody, id: id, name: name)
        }
        guard !parts.hasFollowUps else { throw UnreadableMessage(reason: .workflow, id: id, name: name) }
        var message = self
        message.body = body
        message.arguments = parts.arguments
        message.keywordArguments = parts.keywordArguments
        message.bodyForm = nil
        message.isBodyChanged = true
        return message
    }
}

/// The members of the envelope that a worker needs.
private struct Envelope {
    var body: [UInt8]?
    var contentType: String?
    var bodyEncoding: String?
    var hasHeaders = false
    var headers = Headers()

    mutating func read(_ scanner: inout JSONScanner) throws(JSONError) {
        var envelope = self
        try scanner.object { (key, scanner) throws(JSONError) in
            if scanner.matches(key, "body") {
                guard scanner.peek() == UInt8(ascii: "\"") else {
                    try scanner.skip()
                    return
                }
                var bytes: [UInt8] = []
                scanner.appendUnescaped(try scanner.stringSlice(), to: &bytes)
                envelope.body = bytes
            } else if scanner.matches(key, "content-type") {
                envelope.contentType = try Self.contentType(&scanner)
            } else if scanner.matches(key, "headers"), scanner.peek() == UInt8(ascii: "{") {
                envelope.hasHeaders = true
                try scanner.object { (key, scanner) throws(JSONError) in
                    try envelope.headers.read(key, &scanner)
                }
            } else if scanner.matches(key, "properties"), scanner.peek() == UInt8(ascii: "{") {
                try scanner.object { (key, scanner) throws(JSONError) in
                    if scanner.matches(key, "body_encoding") {
                        envelope.bodyEncoding = try scanner.optionalString()
                    } else {
                        try scanner.skip()
                    }
                }
            } else {
                try scanner.skip()
            }
        }
        self = envelope
    }

    /// The usual one without making a String of it.
    private static func contentType(_ scanner: inout JSONScanner) throws(JSONError) -> String? {
        guard scanner.peek() == UInt8(ascii: "\"") else { return try scanner.optionalString() }
        let text = try scanner.stringSlice()
        return scanner.matches(text, "application/json") ? "application/json" : scanner.text(of: text)
    }
}

/// The headers that a worker needs (celery.app.amqp, `as_task_v2`).
private struct Headers {
    var id: TaskID?
    var name: TaskName?
    var retries = 0
    var putOffs: PutOffs?
    var eta: WireTime?
    var expires: WireTime?
    var hasBadDate = false
    var timeLimit = TaskTimeLimit()
    var hasBadTimeLimit = false
    var rootID: TaskID?
    var parentID: TaskID?
    var groupID: String?
    var ignoresResult: Bool?
    var form = BodyForm()
    var orderingKey: OrderingKey?
    var isForeign = true
    var enqueuedAt: WireTime?
    var uniqueKey: String?
    var isUniqueUntilStart = false

    mutating func read(_ key: JSONStringSlice, _ scanner: inout JSONScanner) throws(JSONError) {
        /// The length first, since most keys are none of these.
        func isKey(_ name: StaticString) -> Bool {
            (key.hasEscapes || key.range.count == name.utf8CodeUnitCount) && scanner.matches(key, name)
        }
        if isKey("task") {
            name = try scanner.optionalString().map { TaskName($0) }
        } else if isKey("id") {
            id = try scanner.optionalString().map { TaskID($0) }
        } else if isKey("retries") {
            retries = Int(clamping: max(0, try scanner.optionalInteger() ?? 0))
        } else if isKey("eta") {
            eta = try date(&scanner)
        } else if isKey("expires") {
            expires = try date(&scanner)
        } else if isKey("timelimit") {
            try readTimeLimit(&scanner)
        } else if isKey("root_id") {
            rootID = try scanner.optionalString().map { TaskID($0) }
        } else if isKey("parent_id") {
            parentID = try scanner.optionalString().map { TaskID($0) }
        } else if isKey("group") {
            groupID = try scanner.optionalString()
        } else if isKey("ignore_result") {
            let value = try scanner.value()
            ignoresResult = value.bool
        } else if isKey("ordering_key") {
            orderingKey = try scanner.optionalString().flatMap { OrderingKey(wire: $0) }
        } else if isKey("lang"), scanner.peek() == UInt8(ascii: "\"") {
            let language = try scanner.stringSlice()
            isForeign = !scanner.matches(language, "swift")
        } else if isKey("enqueued_at") {
            enqueuedAt = try scanner.optionalInteger().map { WireTime(milliseconds: $0) }
        } else if isKey("unique_key") {
            uniqueKey = try scanner.optionalString()
        } else if isKey("unique_until") {
            isUniqueUntilStart = try scanner.optionalString() == Uniqueness.Until.started.rawValue
        } else if isKey("put_offs") {
            let value = try scanner.value()
            if let pair = value.array, pair.count == 2, let count = pair[0].integer, let since = pair[1].integer {
                putOffs = PutOffs(count: Int(clamping: max(0, count)), since: WireTime(milliseconds: since))
            }
        } else if isKey("compression") {
            form.compression = try scanner.optionalString()
        } else if isKey("encryption") {
            form.encryption = try scanner.optionalString()
        } else if isKey("encryption_key") {
            form.keyID = try scanner.optionalString()
        } else if isKey("body_ref") {
            form.reference = try scanner.optionalString()
        } else if isKey("body_bytes") {
            form.storedBytes = Int(clamping: max(0, try scanner.optionalInteger() ?? 0))
        } else {
            try scanner.skip()
        }
    }

    private mutating func date(_ scanner: inout JSONScanner) throws(JSONError) -> WireTime? {
        let value = try scanner.value()
        if value.isNull { return nil }
        guard let text = value.string, let time = WireTime(text) else {
            hasBadDate = true
            return nil
        }
        return time
    }

    private mutating func readTimeLimit(_ scanner: inout JSONScanner) throws(JSONError) {
        guard scanner.peek() == UInt8(ascii: "[") else {
            let value = try scanner.value()
            hasBadTimeLimit = !value.isNull
            return
        }
        var limits = TaskTimeLimit()
        var count = 0
        try scanner.array { (index, scanner) throws(JSONError) in
            count = index + 1
            let value = try scanner.value()
            let limit = value.double.flatMap { $0 > 0 && $0 < 1e9 ? Duration.seconds($0) : nil }
            if index == 0 { limits.hard = limit } else { limits.soft = limit }
        }
        hasBadTimeLimit = count != 2
        if count == 2 { timeLimit = limits }
    }
}

/// Where the parts of a body stand.
private struct BodyParts {
    var arguments = 0..<0
    var keywordArguments = 0..<0
    /// Whether `embed` asks for callbacks, error callbacks, a chain or a chord.
    var hasFollowUps = false

    init?(scanning body: [UInt8]) {
        var parts = BodyParts()
        var count = 0
        let isReadable = body.withUnsafeBytes { bytes in
            var scanner = JSONScanner(bytes)
            do throws(JSONError) {
                try scanner.array { (index, scanner) throws(JSONError) in
                    count += 1
                    let first = scanner.peek()
                    switch index {
                    case 0 where first == UInt8(ascii: "["): parts.arguments = try scanner.skip()
                    case 1 where first == UInt8(ascii: "{"): parts.keywordArguments = try scanner.skip()
                    case 2 where first == UInt8(ascii: "{"): try parts.readEmbed(&scanner)
                    case 2 where first == UInt8(ascii: "n"): try scanner.skip()
                    default: throw JSONError(.unexpectedType, at: scanner.position)
                    }
                }
                try scanner.end()
                return true
            } catch {
                return false
            }
        }
        guard isReadable, count == 3 else { return nil }
        self = parts
    }

    private init() {}

    private mutating func readEmbed(_ scanner: inout JSONScanner) throws(JSONError) {
        var found = false
        try scanner.object { (_, scanner) throws(JSONError) in
            let value = try scanner.value()
            if !value.isNull, value.array?.isEmpty != true { found = true }
        }
        hasFollowUps = found
    }
}
