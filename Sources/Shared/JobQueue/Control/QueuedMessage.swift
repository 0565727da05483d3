import JSON

/// What a message in a queue says about itself.
///
/// Source: Celery, "Message Protocol", version 2: task, id, eta, retries, argsrepr and kwargsrepr are headers. The
/// body is JSON text `[args, kwargs, embed]` where its encoding says so.
public struct QueuedMessage: Sendable, Equatable {
    public private(set) var task: String?
    public private(set) var id: String?
    public private(set) var eta: String?
    public private(set) var retries: Int64?
    public private(set) var args: String?
    public private(set) var kwargs: String?
    /// What it belongs to; of a chord only what it calls.
    private(set) var family = TaskFamily()
    /// In what form the body is, and where, such as `encrypted with key 2026-11, 81920 bytes aside`; nil for a plain one.
    public private(set) var bodyForm: String?
    /// The key of its queue that holds the body ends in this, where one does.
    public private(set) var bodyReference: String?
    /// Size of the whole message, without what stands aside.
    public let bytes: Int
    /// Why the rest is missing; nil for a good message.
    public private(set) var problem: String?

    package init(_ message: [UInt8]) {
        bytes = message.count
        guard let value = try? JSONValue(parsing: message) else {
            problem = "not JSON"
            return
        }
        guard let headers = value["headers"], let task = headers["task"]?.string else {
            problem = "not a task message"
            return
        }
        self.task = task
        id = headers["id"]?.string
        eta = headers["eta"]?.string
        retries = headers["retries"]?.integer
        bodyReference = headers["body_ref"]?.string
        let form = [
            headers["compression"]?.string.map { "compressed as \($0)" },
            headers["encryption"]?.string.map {
                "encrypted (\($0)) with key \(headers["encryption_key"]?.string ?? "?")"
            },
            bodyReference.map { _ in "\(headers["body_bytes"]?.integer ?? 0) bytes aside" },
        ].compactMap { $0 }
        if !form.isEmpty { bodyForm = form.joined(separator: ", ") }
        let body = value["body"]?.string.flatMap { try? CeleryJSON.parse(Array($0.utf8)) }?.array
        family = TaskFamily(headers: headers, body: body)
        args = headers["argsrepr"]?.string ?? body?.first?.text
        kwargs = headers["kwargsrepr"]?.string ?? body?.dropFirst().first?.text
    }
}
