import JSON

/// One element of a dead list, as far as it can be read.
public struct DeadLetterEntry: Sendable {
    /// Counted from 1, the newest first; later letters move it on.
    public let position: Int
    /// When the task was given up, as it was written.
    public private(set) var at: String?
    public private(set) var errorType: String?
    public private(set) var errorMessage: String?
    public private(set) var deliveries: Int64?
    /// What the task says about itself, also where no worker could run it.
    public let message: QueuedMessage
    /// The element, byte for byte.
    let raw: [UInt8]
    /// The task's message, byte for byte; of an unreadable one, what is left of it as text.
    private let rawMessage: [UInt8]

    init(_ raw: [UInt8], position: Int) {
        self.raw = raw
        self.position = position
        let letter = try? JSONValue(parsing: raw)
        at = letter?["at"]?.string
        errorType = letter?["error"]?["exc_type"]?.string
        errorMessage = letter?["error"]?["exc_message"].flatMap(Self.text)
        deliveries = letter?["deliveries"]?.integer
        rawMessage = letter?["unreadable"]?.string.map { Array($0.utf8) } ?? Self.message(in: raw) ?? []
        message = QueuedMessage(rawMessage)
    }

    /// When the task was given up; nil where nothing readable tells.
    public var time: WireTime? { at.flatMap { WireTime($0) } }

    /// The message with all its attempts before it: no retries, not to wait, a new delivery tag; all else as it was.
    /// Nil for what is no message.
    ///
    /// An expiry that its producer set still holds.
    var afresh: [UInt8]? {
        guard case .object(var envelope)? = try? JSONValue(parsing: rawMessage),
            case .object(var headers)? = envelope["headers"]
        else { return nil }
        headers["retries"] = 0
        headers["eta"] = .null
        for member in ["put_offs", "requeues", "redelivered"] { headers[member] = nil }
        envelope["headers"] = .object(headers)
        if case .object(var properties)? = envelope["properties"] {
            properties["delivery_tag"] = .string(RandomUUID.text())
            envelope["properties"] = .object(properties)
        }
        return JSONValue.object(envelope).bytes
    }

    /// Constructor arguments of an exception; Celery writes any number of them (celery.backends.base).
    private static func text(_ arguments: JSONValue) -> String {
        guard let list = arguments.array else { return arguments.string ?? arguments.text }
        return list.map { $0.string ?? $0.text }.joined(separator: ", ")
    }

    private static func message(in letter: [UInt8]) -> [UInt8]? {
        var found: Range<Int>?
        letter.withUnsafeBytes { bytes in
            var scanner = JSONScanner(bytes)
            do throws(JSONError) {
                try scanner.object { (key, scanner) throws(JSONError) in
                    let isMessage = scanner.matches(key, "message")
                    let range = try scanner.skip()
                    if isMessage { found = range }
                }
            } catch {
                found = nil
            }
        }
        return found.map { Array(letter[$0]) }
    }
}

/// Which letters of a dead list are meant; what is nil lets all pass.
public struct DeadLetterFilter: Sendable {
    public var ids: Set<TaskID>?
    public var task: TaskName?
    /// The class of the error, such as `WorkerLostError`.
    public var errorType: String?
    /// Given up at this time or later.
    public var since: WireTime?

    public init(
        ids: Set<TaskID>? = nil,
        task: TaskName? = nil,
        errorType: String? = nil,
        since: WireTime? = nil
    ) {
        self.ids = ids
        self.task = task
        self.errorType = errorType
        self.since = since
    }

    func matches(_ letter: DeadLetterEntry) -> Bool {
        if let ids, !(letter.message.id.map { ids.contains(TaskID($0)) } ?? false) { return false }
        if let task, letter.message.task != task.rawValue { return false }
        if let errorType, letter.errorType != errorType { return false }
        if let since, !(letter.time.map { $0 >= since } ?? false) { return false }
        return true
    }
}
