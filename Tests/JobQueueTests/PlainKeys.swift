@testable import JobQueue

extension QueueKeys {
    /// Those without a prefix, on a single server.
    init(_ queue: QueueName) { self.init(queue, in: .plain) }
}

/// Celery's keys without a prefix.
enum ResultKeys {
    static func result(of id: TaskID) -> String { BrokerNames.plain.result(of: id) }
    static func group(_ id: String) -> String { BrokerNames.plain.group(id) }
}
