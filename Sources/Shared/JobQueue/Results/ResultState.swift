public import JSON

/// What is stored of a task at one moment (celery.backends.base, `_get_result_meta`).
public struct ResultState: Sendable, Hashable {
    public let status: ResultStatus
    /// The value of a success, the information of a state of the job's own, the exception object of an error.
    public let value: ResultValue
    /// Python's, or in its form.
    public let traceback: String?
    /// What the task led to: tasks and groups.
    public let children: [ResultReference]
    /// When it ended; nil for one that has not.
    public let doneAt: WireTime?
    public let groupID: String?
    public let parentID: TaskID?
    /// What the worker adds where it is told to (`result_extended`): `name`, `args`, `kwargs`, `worker`, `retries`,
    /// `queue`, `stamped_headers` and a field for each stamp.
    public let details: JSONObject

    /// Nothing is stored.
    static let pending = ResultState(
        status: .pending,
        value: ResultValue(bytes: Array("null".utf8)),
        traceback: nil,
        children: [],
        doneAt: nil,
        groupID: nil,
        parentID: nil,
        details: [:]
    )

    public var isFinal: Bool { status.isFinal }
    /// Who ran it, where the worker says so.
    public var worker: String? { details["worker"]?.string }
    /// The task's name, where the worker says so.
    public var name: TaskName? { details["name"]?.string.map { TaskName($0) } }
    /// How often it was retried, where the worker says so.
    public var retries: Int? { details["retries"]?.integer.map { Int(clamping: $0) } }

    /// What the exception object of a failure, a retry or a revocation says; nil for every other state.
    public var failure: TaskFailure? {
        guard status == .failure || status == .retry || status == .revoked else { return nil }
        return TaskFailure(exceptionObject: (try? value.json()) ?? .null)
    }
}

extension ResultState {
    private static let fields: Set<String> = [
        "status", "result", "traceback", "children", "date_done", "group_id", "parent_id", "task_id",
    ]

    /// Reads the text of a result.
    ///
    /// - Throws: `JSONError` where it is no JSON object with a status.
    init(parsing text: [UInt8]) throws(JSONError) {
        var value: Range<Int>?
        var others = JSONObject()
        var failure: JSONError?
        text.withUnsafeBytes { raw in
            var scanner = JSONScanner(raw, allowsNonFinite: true)
            do throws(JSONError) {
                try scanner.object { (key, scanner) throws(JSONError) in
                    let name = scanner.text(of: key)
                    if name == "result" {
                        value = try scanner.skip()
                    } else {
                        others[name] = try scanner.value()
                    }
                }
                try scanner.end()
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        guard let status = others["status"]?.string else { throw JSONError(.malformed, at: 0) }
        self.status = ResultStatus(status)
        self.value = ResultValue(bytes: value.map { Array(text[$0]) } ?? Array("null".utf8))
        traceback = others["traceback"]?.string
        children = (others["children"]?.array ?? []).compactMap { ResultReference($0) }
        doneAt = others["date_done"]?.string.flatMap { WireTime($0) }
        groupID = others["group_id"]?.string
        parentID = others["parent_id"]?.string.map { TaskID($0) }
        var details = JSONObject()
        for member in others.members where !Self.fields.contains(member.key) {
            details[member.key] = member.value
        }
        self.details = details
    }

    /// The same with another value.
    func with(_ value: ResultValue) -> ResultState {
        ResultState(
            status: status,
            value: value,
            traceback: traceback,
            children: children,
            doneAt: doneAt,
            groupID: groupID,
            parentID: parentID,
            details: details
        )
    }
}

extension ResultState {
    /// Reads what stands in Redis, decompressed and decrypted where it has to be.
    ///
    /// - Parameters:
    ///   - stored: As it stands there.
    ///   - id: Whose it is.
    ///   - payload: What decrypts; nil where nobody can.
    /// - Throws: `JobQueueError(.unreadableResult)`.
    init(stored: [UInt8], of id: TaskID, payload: (any PayloadCoding)?) throws(JobQueueError) {
        do {
            let state = try ResultState(parsing: try ResultText.plain(stored))
            guard let payload else {
                self = state
                return
            }
            let opened = try payload.open(state.value.bytes, .result, of: id)
            self =
                opened == state.value.bytes
                ? state : state.with(ResultValue(bytes: opened))
        } catch {
            throw JobQueueError(.unreadableResult, task: nil, cause: error)
        }
    }
}
