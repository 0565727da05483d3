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
    /// Size of the whole message.
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
        let body = value["body"]?.string.flatMap { try? JSONValue(parsing: $0) }?.array
        args = headers["argsrepr"]?.string ?? body?.first?.text
        kwargs = headers["kwargsrepr"]?.string ?? body?.dropFirst().first?.text
    }
}
