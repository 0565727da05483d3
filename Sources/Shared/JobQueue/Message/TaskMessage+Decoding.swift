import JSON

extension TaskMessage {
    /// Signatures lie in each other, each some levels of JSON.
    static let maximumBodyDepth = 512

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
            UnreadableMessage(
                reason: reason,
                id: headers.id,
                name: headers.name,
                ignoresResult: headers.ignoresResult == true
            )
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
            do throws(UnreadableSignature) {
                workflow = try parts.workflow(in: body)
            } catch {
                throw unreadable(.workflow)
            }
            arguments = parts.arguments
            keywordArguments = parts.keywordArguments
        } else {
            (arguments, keywordArguments) = (0..<0, 0..<0)
            workflow = nil
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
        groupIndex = headers.groupIndex
        replacedTaskNesting = headers.replacedTaskNesting
        ignoresResult = headers.ignoresResult
        orderingKey = headers.orderingKey
        isForeign = headers.isForeign
        enqueuedAt = headers.enqueuedAt
        uniqueKey = headers.uniqueKey
        isUniqueUntilStart = headers.isUniqueUntilStart
        otherForm = headers.form.isPlain ? nil : BodyFormBox(form: headers.form)
    }

    /// The same message with this body, which was in another form.
    ///
    /// - Throws: `UnreadableMessage` where that is no body.
    func carrying(_ body: [UInt8]) throws(UnreadableMessage) -> TaskMessage {
        guard let parts = BodyParts(scanning: body) else {
            throw UnreadableMessage(reason: .badBody, id: id, name: name)
        }
        var message = self
        do throws(UnreadableSignature) {
            message.workflow = try parts.workflow(in: body)
        } catch {
            throw UnreadableMessage(reason: .workflow, id: id, name: name)
        }
        message.body = body
        message.arguments = parts.arguments
        message.keywordArguments = parts.keywordArguments
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
        try scanner.object { (key, scanner) throws(JSONError) in
            if scanner.matches(key, "body") {
                guard scanner.peek() == UInt8(ascii: "\"") else {
                    try scanner.skip()
                    return
                }
                body = scanner.unescaped(try scanner.stringSlice())
            } else if scanner.matches(key, "content-type") {
                contentType = try Self.contentType(&scanner)
            } else if scanner.matches(key, "headers"), scanner.peek() == UInt8(ascii: "{") {
                hasHeaders = true
                try scanner.object { (key, scanner) throws(JSONError) in try headers.read(key, &scanner) }
            } else if scanner.matches(key, "properties"), scanner.peek() == UInt8(ascii: "{") {
                try scanner.object { (key, scanner) throws(JSONError) in
                    if scanner.matches(key, "body_encoding") {
                        bodyEncoding = try scanner.optionalString()
                    } else {
                        try scanner.skip()
                    }
                }
            } else {
                try scanner.skip()
            }
        }
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
    var groupIndex: Int64?
    var replacedTaskNesting = 0
    var ignoresResult: Bool?
    var form = BodyForm()
    var orderingKey: OrderingKey?
    var isForeign = true
    var enqueuedAt: WireTime?
    var uniqueKey: String?
    var isUniqueUntilStart = false

    mutating func read(_ key: JSONStringSlice, _ scanner: inout JSONScanner) throws(JSONError) {
        switch HeaderName(key, scanner) {
        case .task: name = try scanner.optionalString().map { TaskName($0) }
        case .id: id = try scanner.optionalString().map { TaskID($0) }
        case .retries: retries = Int(clamping: max(0, try scanner.optionalInteger() ?? 0))
        case .eta: eta = try date(&scanner)
        case .expires: expires = try date(&scanner)
        case .timelimit: try readTimeLimit(&scanner)
        case .rootID: rootID = try readRootID(&scanner)
        case .parentID: parentID = try scanner.optionalString().map { TaskID($0) }
        case .group: groupID = try scanner.optionalString()
        case .groupIndex: groupIndex = try scanner.optionalInteger()
        case .replacedTaskNesting:
            replacedTaskNesting = Int(clamping: max(0, try scanner.optionalInteger() ?? 0))
        case .ignoreResult: ignoresResult = try scanner.optionalBool()
        case .orderingKey: orderingKey = try scanner.optionalString().flatMap { OrderingKey(wire: $0) }
        case .lang:
            guard scanner.peek() == UInt8(ascii: "\"") else { return _ = try scanner.skip() }
            isForeign = !scanner.matches(try scanner.stringSlice(), "swift")
        case .enqueuedAt: enqueuedAt = try scanner.optionalInteger().map { WireTime(milliseconds: $0) }
        case .uniqueKey: uniqueKey = try scanner.optionalString()
        case .uniqueUntil: isUniqueUntilStart = try scanner.optionalString() == Uniqueness.Until.started.rawValue
        case .putOffs:
            let value = try scanner.value()
            if let pair = value.array, pair.count == 2, let count = pair[0].integer, let since = pair[1].integer {
                putOffs = PutOffs(count: Int(clamping: max(0, count)), since: WireTime(milliseconds: since))
            }
        case .compression: form.compression = try scanner.optionalString()
        case .encryption: form.encryption = try scanner.optionalString()
        case .encryptionKey: form.keyID = try scanner.optionalString()
        case .bodyReference: form.reference = try scanner.optionalString()
        case .bodyBytes: form.storedBytes = Int(clamping: max(0, try scanner.optionalInteger() ?? 0))
        case nil: try scanner.skip()
        }
    }

    /// Mostly the task itself, whose id is shared then.
    private func readRootID(_ scanner: inout JSONScanner) throws(JSONError) -> TaskID? {
        guard scanner.peek() == UInt8(ascii: "\"") else { return try scanner.optionalString().map { TaskID($0) } }
        let text = try scanner.stringSlice()
        if let id, scanner.matches(text, id.rawValue) { return id }
        return TaskID(scanner.text(of: text))
    }

    private mutating func date(_ scanner: inout JSONScanner) throws(JSONError) -> WireTime? {
        if try scanner.skipsNull() { return nil }
        guard let text = try scanner.optionalString(), let time = WireTime(text) else {
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
            let value = try scanner.skipsNull() ? nil : scanner.value().double
            let limit = value.flatMap { $0 > 0 && $0 < 1e9 ? Duration.seconds($0) : nil }
            if index == 0 { limits.hard = limit } else { limits.soft = limit }
        }
        hasBadTimeLimit = count != 2
        if count == 2 { timeLimit = limits }
    }
}

/// The names of those headers.
private enum HeaderName: String {
    case task, id, retries, eta, expires, timelimit, group, lang, compression, encryption
    case rootID = "root_id"
    case parentID = "parent_id"
    case groupIndex = "group_index"
    case replacedTaskNesting = "replaced_task_nesting"
    case ignoreResult = "ignore_result"
    case orderingKey = "ordering_key"
    case enqueuedAt = "enqueued_at"
    case uniqueKey = "unique_key"
    case uniqueUntil = "unique_until"
    case putOffs = "put_offs"
    case encryptionKey = "encryption_key"
    case bodyReference = "body_ref"
    case bodyBytes = "body_bytes"

    /// By length first: a message has some twenty headers, and each is compared with one or two names that way.
    init?(_ key: JSONStringSlice, _ scanner: borrowing JSONScanner) {
        if key.hasEscapes {
            self.init(rawValue: scanner.text(of: key))
            return
        }
        func isKey(_ text: StaticString) -> Bool { scanner.matches(key, text) }
        switch key.range.count {
        case 2 where isKey("id"): self = .id
        case 3 where isKey("eta"): self = .eta
        case 4 where isKey("task"): self = .task
        case 4 where isKey("lang"): self = .lang
        case 5 where isKey("group"): self = .group
        case 7 where isKey("retries"): self = .retries
        case 7 where isKey("expires"): self = .expires
        case 7 where isKey("root_id"): self = .rootID
        case 8 where isKey("put_offs"): self = .putOffs
        case 8 where isKey("body_ref"): self = .bodyReference
        case 9 where isKey("timelimit"): self = .timelimit
        case 9 where isKey("parent_id"): self = .parentID
        case 10 where isKey("unique_key"): self = .uniqueKey
        case 10 where isKey("encryption"): self = .encryption
        case 10 where isKey("body_bytes"): self = .bodyBytes
        case 11 where isKey("group_index"): self = .groupIndex
        case 11 where isKey("enqueued_at"): self = .enqueuedAt
        case 11 where isKey("compression"): self = .compression
        case 12 where isKey("ordering_key"): self = .orderingKey
        case 12 where isKey("unique_until"): self = .uniqueUntil
        case 13 where isKey("ignore_result"): self = .ignoreResult
        case 14 where isKey("encryption_key"): self = .encryptionKey
        case 21 where isKey("replaced_task_nesting"): self = .replacedTaskNesting
        default: return nil
        }
    }
}

/// Where the parts of a body stand.
private struct BodyParts {
    var arguments = 0..<0
    var keywordArguments = 0..<0
    /// Where `embed` stands, if it asks for callbacks, error callbacks, a chain or a chord.
    private var embed: Range<Int>?

    init?(scanning body: [UInt8]) {
        var parts = BodyParts()
        var count = 0
        let isReadable = body.withUnsafeBytes { bytes in
            var scanner = JSONScanner(bytes, maximumDepth: TaskMessage.maximumBodyDepth, allowsNonFinite: true)
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
        let start = scanner.position
        var found = false
        try scanner.object { (_, scanner) throws(JSONError) in
            if try scanner.skipsNull() { return }
            if scanner.peek() == UInt8(ascii: "[") {
                if try scanner.skip().count > 2 { found = true }
            } else {
                try scanner.skip()
                found = true
            }
        }
        if found { embed = start..<scanner.position }
    }

    /// What `embed` asks for; nil for nothing.
    func workflow(in body: [UInt8]) throws(UnreadableSignature) -> Workflow? {
        guard let embed else { return nil }
        let json: JSONValue
        do throws(JSONError) {
            json = try JSONValue(
                parsing: Array(body[embed]),
                maximumDepth: TaskMessage.maximumBodyDepth,
                allowsNonFinite: true
            )
        } catch {
            throw UnreadableSignature(detail: "\(error)")
        }
        let workflow = try Workflow(json: json)
        return workflow.isEmpty ? nil : workflow
    }
}
